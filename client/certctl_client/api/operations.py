"""Operations of the API that this client uses. `test_client_operations` compares them with
docs/openapi.json."""

from certctl_client.api.operation import Operation
from certctl_client.api.schema import (
    ApiKeyView,
    ArchiveCertificateQuery,
    AttentionView,
    AuditEventView,
    AuthoritiesView,
    AuthorityDetailsView,
    BulkRequeueBody,
    BulkRequeuedView,
    BulkRevocationPreviewView,
    BulkRevocationStartedView,
    BulkRevokeBody,
    CampaignBody,
    CampaignConfirmBody,
    CampaignItemView,
    CampaignView,
    CertificateDetailsView,
    CertificateEditBody,
    CertificateView,
    ChannelEditBody,
    ChannelKindsView,
    ChannelTestView,
    ChannelView,
    CreatedCertificateView,
    CsrBody,
    DeployBody,
    DeploymentsStartedView,
    DeploymentView,
    GetRevocationRecordQuery,
    JobDetailsView,
    JobStartedView,
    JobView,
    KeyUsesView,
    ListApiKeysQuery,
    ListAuditEventsQuery,
    ListCampaignItemsQuery,
    ListCampaignsQuery,
    ListCertificatesQuery,
    ListChannelsQuery,
    ListDeploymentsQuery,
    ListJobsQuery,
    ListKeyUsesQuery,
    ListMutesQuery,
    ListNotificationsQuery,
    ListRevocationRecordsQuery,
    ListRevocationsQuery,
    ListRoutingRulesQuery,
    ListVersionsQuery,
    MintedKeyView,
    MuteView,
    NewApiKeyBody,
    NewCertificateBody,
    NewChannelBody,
    NewMuteBody,
    NotificationView,
    OfferedProvidersView,
    OwnKeyView,
    RenewBody,
    RevocationBody,
    RevocationRecordDetailsView,
    RevocationRecordView,
    RevokeApiKeyQuery,
    RevokeBody,
    RevokedSerialView,
    RevokedView,
    RoutingPreviewBody,
    RoutingPreviewView,
    RoutingRuleBody,
    RoutingRuleView,
    SessionView,
    StatusView,
    SummaryView,
    TokenRequestBody,
    TokenView,
    UserSessionsView,
    VersionView,
)

_CERTIFICATES = "/api/v1/certificates"
_CERTIFICATE = f"{_CERTIFICATES}/{{certificate_id}}"
_NOTIFICATIONS = "/api/v1/notifications"
_NOTIFICATION = f"{_NOTIFICATIONS}/{{notification_id}}"
_SESSIONS_OF_USER = "/api/v1/auth/users/{user_id}/sessions"
_KEYS = "/api/v1/api-keys"

HEALTH = Operation("GET", "/health", StatusView)
READY = Operation("GET", "/ready", StatusView)
SUMMARY = Operation("GET", "/api/v1/stats/summary", SummaryView)
ATTENTION = Operation("GET", "/api/v1/attention", AttentionView)

LIST_CERTIFICATES = Operation(
    "GET", _CERTIFICATES, CertificateView, query=ListCertificatesQuery, is_list=True
)
GET_CERTIFICATE = Operation("GET", _CERTIFICATE, CertificateDetailsView)
CREATE_CERTIFICATE = Operation(
    "POST", _CERTIFICATES, CreatedCertificateView, body=NewCertificateBody, takes_key=True
)
EDIT_CERTIFICATE = Operation("PUT", _CERTIFICATE, CertificateDetailsView, body=CertificateEditBody)
RENEW_CERTIFICATE = Operation("POST", f"{_CERTIFICATE}/renew", JobStartedView, body=RenewBody, takes_key=True)
SUBMIT_CSR = Operation("POST", f"{_CERTIFICATE}/csr", JobStartedView, body=CsrBody, takes_key=True)
ARCHIVE_CERTIFICATE = Operation("DELETE", _CERTIFICATE, type(None), query=ArchiveCertificateQuery)
DEPLOY_CERTIFICATE = Operation(
    "POST", f"{_CERTIFICATE}/deploy", DeploymentsStartedView, body=DeployBody, takes_key=True
)
LIST_DEPLOYMENTS = Operation(
    "GET", f"{_CERTIFICATE}/deployments", DeploymentView, query=ListDeploymentsQuery, is_list=True
)
UNHOLD_CERTIFICATE = Operation("POST", f"{_CERTIFICATE}/unhold", StatusView)
# a repeat with the same reason changes nothing
REVOKE_CERTIFICATE = Operation(
    "POST", f"{_CERTIFICATE}/revoke", RevokedView, body=RevokeBody, is_idempotent=True
)
REVOKE_VERSION = Operation(
    "POST", f"{_CERTIFICATE}/versions/{{serial}}/revoke", RevokedView, body=RevokeBody, is_idempotent=True
)
_BULK_REVOKE = f"{_CERTIFICATES}/bulk-revoke"
BULK_REVOKE = Operation(
    "POST", _BULK_REVOKE, BulkRevocationStartedView, body=BulkRevokeBody, takes_key=True, status=202
)
PREVIEW_BULK_REVOCATION = Operation(
    "POST",
    _BULK_REVOKE,
    BulkRevocationPreviewView,
    body=BulkRevokeBody,
    is_idempotent=True,
    takes_key=True,
    status=200,
)
LIST_VERSIONS = Operation(
    "GET", f"{_CERTIFICATE}/versions", VersionView, query=ListVersionsQuery, is_list=True
)
EXPORT_PEM = Operation("GET", f"{_CERTIFICATE}/export/pem", str)
LIST_REVOCATIONS = Operation(
    "GET", "/api/v1/crl", RevokedSerialView, query=ListRevocationsQuery, is_list=True
)
_REVOCATIONS = "/api/v1/revocations"
LIST_REVOCATION_RECORDS = Operation(
    "GET", _REVOCATIONS, RevocationRecordView, query=ListRevocationRecordsQuery, is_list=True
)
GET_REVOCATION_RECORD = Operation(
    "GET", f"{_REVOCATIONS}/{{serial}}", RevocationRecordDetailsView, query=GetRevocationRecordQuery
)
LIST_AUTHORITIES = Operation("GET", "/api/v1/authorities", AuthoritiesView)
GET_AUTHORITY = Operation("GET", "/api/v1/authorities/{ca_id}", AuthorityDetailsView)

LIST_KEY_USES = Operation("GET", "/api/v1/keys/{spki_sha256}", KeyUsesView, query=ListKeyUsesQuery)
_CAMPAIGNS = "/api/v1/campaigns"
_CAMPAIGN = f"{_CAMPAIGNS}/{{campaign_id}}"
LIST_CAMPAIGNS = Operation("GET", _CAMPAIGNS, CampaignView, query=ListCampaignsQuery, is_list=True)
CREATE_CAMPAIGN = Operation("POST", _CAMPAIGNS, CampaignView, body=CampaignBody, takes_key=True)
GET_CAMPAIGN = Operation("GET", _CAMPAIGN, CampaignView)
LIST_CAMPAIGN_ITEMS = Operation(
    "GET", f"{_CAMPAIGN}/items", CampaignItemView, query=ListCampaignItemsQuery, is_list=True
)
CONFIRM_CAMPAIGN = Operation(
    "POST", f"{_CAMPAIGN}/confirm", CampaignView, body=CampaignConfirmBody, takes_key=True
)
PAUSE_CAMPAIGN = Operation("POST", f"{_CAMPAIGN}/pause", CampaignView, takes_key=True)
RESUME_CAMPAIGN = Operation("POST", f"{_CAMPAIGN}/resume", CampaignView, takes_key=True)
CANCEL_CAMPAIGN = Operation("POST", f"{_CAMPAIGN}/cancel", CampaignView, takes_key=True)
VERIFY_CAMPAIGN_ITEM = Operation(
    "POST", f"{_CAMPAIGN}/items/{{certificate_id}}/verify", CampaignItemView, takes_key=True
)

LIST_JOBS = Operation("GET", "/api/v1/jobs", JobView, query=ListJobsQuery, is_list=True)
_JOB = "/api/v1/jobs/{job_id}"
GET_JOB = Operation("GET", _JOB, JobDetailsView)
APPROVE_JOB = Operation("POST", f"{_JOB}/approve", JobView)
REJECT_JOB = Operation("POST", f"{_JOB}/reject", JobView)
CANCEL_JOB = Operation("POST", f"{_JOB}/cancel", JobView)

LIST_NOTIFICATIONS = Operation(
    "GET", _NOTIFICATIONS, NotificationView, query=ListNotificationsQuery, is_list=True
)
GET_NOTIFICATION = Operation("GET", _NOTIFICATION, NotificationView)
READ_NOTIFICATION = Operation("POST", f"{_NOTIFICATION}/read", StatusView, is_idempotent=True)
REQUEUE_NOTIFICATION = Operation("POST", f"{_NOTIFICATION}/requeue", StatusView)
REQUEUE_MANY = Operation("POST", f"{_NOTIFICATIONS}/requeue", BulkRequeuedView, body=BulkRequeueBody)

_RULES = f"{_NOTIFICATIONS}/routing"
_RULE = f"{_RULES}/{{rule_id}}"
LIST_RULES = Operation("GET", _RULES, RoutingRuleView, query=ListRoutingRulesQuery, is_list=True)
GET_RULE = Operation("GET", _RULE, RoutingRuleView)
SAVE_RULE = Operation("PUT", _RULE, RoutingRuleView, body=RoutingRuleBody)
DELETE_RULE = Operation("DELETE", _RULE, type(None))
PREVIEW_ROUTING = Operation(
    "POST",
    f"{_RULES}/preview",
    RoutingPreviewView,
    body=RoutingPreviewBody,
    is_idempotent=True,
)

_MUTES = f"{_NOTIFICATIONS}/mutes"
LIST_MUTES = Operation("GET", _MUTES, MuteView, query=ListMutesQuery, is_list=True)
CREATE_MUTE = Operation("POST", _MUTES, MuteView, body=NewMuteBody, takes_key=True)
END_MUTE = Operation("DELETE", f"{_MUTES}/{{mute_id}}", type(None))

_CHANNELS = "/api/v1/channels"
_CHANNEL = f"{_CHANNELS}/{{channel_id}}"
LIST_CHANNELS = Operation("GET", _CHANNELS, ChannelView, query=ListChannelsQuery, is_list=True)
LIST_CHANNEL_KINDS = Operation("GET", "/api/v1/channel-kinds", ChannelKindsView)
CREATE_CHANNEL = Operation("POST", _CHANNELS, ChannelView, body=NewChannelBody, takes_key=True)
GET_CHANNEL = Operation("GET", _CHANNEL, ChannelView)
EDIT_CHANNEL = Operation("PUT", _CHANNEL, ChannelView, body=ChannelEditBody)
DELETE_CHANNEL = Operation("DELETE", _CHANNEL, type(None))
TEST_CHANNEL = Operation("POST", f"{_CHANNEL}/test", ChannelTestView)

LIST_KEYS = Operation("GET", _KEYS, ApiKeyView, query=ListApiKeysQuery, is_list=True)
CREATE_KEY = Operation("POST", _KEYS, MintedKeyView, body=NewApiKeyBody, takes_key=True)
OWN_KEY = Operation("GET", f"{_KEYS}/self", OwnKeyView)
EXCHANGE_TOKEN = Operation("POST", "/api/v1/auth/token", TokenView, body=TokenRequestBody)
REVOKE_CREDENTIAL = Operation(
    "POST", "/api/v1/auth/revoke", type(None), body=RevocationBody, is_idempotent=True
)
LIST_SIGN_IN_PROVIDERS = Operation("GET", "/api/v1/auth/providers", OfferedProvidersView)
GET_SESSION = Operation("GET", "/api/v1/auth/session", SessionView)
END_SESSION = Operation("DELETE", "/api/v1/auth/session", type(None))
REVOKE_KEY = Operation("DELETE", f"{_KEYS}/{{key_id}}", type(None), query=RevokeApiKeyQuery)
LIST_SESSIONS_OF_USER = Operation("GET", _SESSIONS_OF_USER, UserSessionsView)
END_SESSION_OF_USER = Operation("DELETE", f"{_SESSIONS_OF_USER}/{{session_id}}", type(None))

LIST_AUDIT_EVENTS = Operation(
    "GET", "/api/v1/audit", AuditEventView, query=ListAuditEventsQuery, is_list=True
)
GET_AUDIT_EVENT = Operation("GET", "/api/v1/audit/{event_id}", AuditEventView)
