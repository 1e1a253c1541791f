"""Operations of the API. Made from the OpenAPI document by `make client-types`."""

from certctl_client.api.operation import Operation
from certctl_client.api.schema import (
    AccessPreviewBody,
    AccessPreviewView,
    AccessRuleBody,
    AccessRuleView,
    AgentBody,
    AgentReportBody,
    AgentView,
    ApiKeyView,
    ArchiveCertificateQuery,
    AttentionView,
    AuditEventView,
    AuthoritiesView,
    AuthorityDetailsView,
    BootstrapTokenBody,
    BootstrapTokenView,
    BulkRequeueBody,
    BulkRequeuedView,
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
    DayCountSeries,
    DeployableVersionView,
    DeployBody,
    DeploymentsStartedView,
    DeploymentView,
    EnrolledAgentView,
    ExportAuditEventsQuery,
    GetExpirationTimelineQuery,
    GetIssuanceRateQuery,
    GetJobTrendsQuery,
    GetOverviewQuery,
    GetRevocationRecordQuery,
    GroupNotificationsQuery,
    GroupsView,
    HealthView,
    HeartbeatBody,
    HeartbeatView,
    IdentityProviderBody,
    IdentityProviderView,
    IssuerBody,
    IssuerListsView,
    IssuerTypesView,
    IssuerView,
    JobCsrBody,
    JobDaySeries,
    JobDetailsView,
    JobStartedView,
    JobStatusView,
    JobView,
    KeyUsesView,
    ListAccessRulesQuery,
    ListAgentsQuery,
    ListApiKeysQuery,
    ListAuditEventsQuery,
    ListAuditSealsQuery,
    ListBootstrapTokensQuery,
    ListCampaignItemsQuery,
    ListCampaignsQuery,
    ListCertificatesOfTargetQuery,
    ListCertificatesQuery,
    ListChannelsQuery,
    ListDeploymentsQuery,
    ListIdentityProvidersQuery,
    ListIssuersQuery,
    ListJobsQuery,
    ListKeyUsesQuery,
    ListMutesQuery,
    ListNotificationsQuery,
    ListOwnersQuery,
    ListPoliciesQuery,
    ListPolicyViolationsQuery,
    ListProfilesQuery,
    ListRenewalPoliciesQuery,
    ListRevocationRecordsQuery,
    ListRevocationsQuery,
    ListRoutingRulesQuery,
    ListSealedEventsQuery,
    ListServiceAccountsQuery,
    ListTargetsQuery,
    ListTeamsQuery,
    ListTrustRulesQuery,
    ListUsersQuery,
    ListVersionsQuery,
    ListViolationsQuery,
    ListWorkQuery,
    LiveTokenView,
    LoginCodeBody,
    LoginCodeView,
    MetricSeries,
    MintedKeyView,
    MuteView,
    NamesPreviewBody,
    NamesPreviewView,
    NewApiKeyBody,
    NewCertificateBody,
    NewChannelBody,
    NewMuteBody,
    NotificationView,
    OfferedProvidersView,
    OverviewView,
    OwnerBody,
    OwnerView,
    OwnKeyView,
    PolicyBody,
    PolicyPreviewBody,
    PolicyPreviewView,
    PolicyView,
    ProfileBody,
    ProfileView,
    RegisteredAgentView,
    RenewalPolicyBody,
    RenewalPolicyView,
    RenewBody,
    ResultBody,
    RetireAgentQuery,
    RevocationBody,
    RevocationRecordDetailsView,
    RevocationRecordView,
    RevokeApiKeyQuery,
    RevokeBody,
    RevokedSerialView,
    RevokedView,
    RotatedKeyView,
    RoutingPreviewBody,
    RoutingPreviewView,
    RoutingRuleBody,
    RoutingRuleView,
    SealStateView,
    SerialStatusView,
    ServiceAccountBody,
    ServiceAccountView,
    SessionView,
    SignedHeadView,
    StartBody,
    StartedView,
    StatusCountSeries,
    StatusView,
    SummaryView,
    TargetBody,
    TargetTypesView,
    TargetView,
    TeamBody,
    TeamView,
    TestView,
    TokenRequestBody,
    TokenView,
    TrustPreviewBody,
    TrustPreviewView,
    TrustRuleBody,
    TrustRuleView,
    UserBody,
    UserSessionsView,
    UserView,
    VersionView,
    ViolationView,
    WorkView,
)

SUBMIT_JOB_CSR = Operation(
    method="POST", path="/api/v1/agent/jobs/{job_id}/csr", answer=JobStatusView, body=JobCsrBody
)
START_DEPLOYMENT = Operation(
    method="POST", path="/api/v1/agent/jobs/{job_id}/start", answer=StartedView, body=StartBody
)
REPORT_DEPLOYMENT = Operation(
    method="POST", path="/api/v1/agent/jobs/{job_id}/result", answer=JobStatusView, body=ResultBody
)
GET_DEPLOYABLE_VERSION = Operation(
    method="GET",
    path="/api/v1/agent/certificates/{certificate_id}/versions/{serial}",
    answer=DeployableVersionView,
)
REGISTER_WITH_TOKEN = Operation(
    method="POST", path="/api/v1/agent/register", answer=EnrolledAgentView, body=AgentReportBody
)
SEND_HEARTBEAT = Operation(
    method="POST", path="/api/v1/agent/heartbeat", answer=HeartbeatView, body=HeartbeatBody
)
ROTATE_AGENT_KEY = Operation(
    method="POST", path="/api/v1/agent/key/rotate", answer=RotatedKeyView, takes_key=True
)
LIST_WORK = Operation(
    method="GET", path="/api/v1/agent/work", answer=WorkView, query=ListWorkQuery, is_list=True
)
GET_ISSUER = Operation(method="GET", path="/api/v1/issuers/{issuer_id}", answer=IssuerView)
EDIT_ISSUER = Operation(method="PUT", path="/api/v1/issuers/{issuer_id}", answer=IssuerView, body=IssuerBody)
DELETE_ISSUER = Operation(method="DELETE", path="/api/v1/issuers/{issuer_id}", answer=type(None))
GET_TARGET = Operation(method="GET", path="/api/v1/targets/{target_id}", answer=TargetView)
EDIT_TARGET = Operation(method="PUT", path="/api/v1/targets/{target_id}", answer=TargetView, body=TargetBody)
DELETE_TARGET = Operation(method="DELETE", path="/api/v1/targets/{target_id}", answer=type(None))
GET_OWNER = Operation(method="GET", path="/api/v1/owners/{owner_id}", answer=OwnerView)
EDIT_OWNER = Operation(method="PUT", path="/api/v1/owners/{owner_id}", answer=OwnerView, body=OwnerBody)
DELETE_OWNER = Operation(method="DELETE", path="/api/v1/owners/{owner_id}", answer=type(None))
GET_TEAM = Operation(method="GET", path="/api/v1/teams/{team_id}", answer=TeamView)
EDIT_TEAM = Operation(method="PUT", path="/api/v1/teams/{team_id}", answer=TeamView, body=TeamBody)
DELETE_TEAM = Operation(method="DELETE", path="/api/v1/teams/{team_id}", answer=type(None))
GET_POLICY = Operation(method="GET", path="/api/v1/policies/{policy_id}", answer=PolicyView)
EDIT_POLICY = Operation(method="PUT", path="/api/v1/policies/{policy_id}", answer=PolicyView, body=PolicyBody)
DELETE_POLICY = Operation(method="DELETE", path="/api/v1/policies/{policy_id}", answer=type(None))
GET_PROFILE = Operation(method="GET", path="/api/v1/profiles/{profile_id}", answer=ProfileView)
EDIT_PROFILE = Operation(
    method="PUT", path="/api/v1/profiles/{profile_id}", answer=ProfileView, body=ProfileBody
)
DELETE_PROFILE = Operation(method="DELETE", path="/api/v1/profiles/{profile_id}", answer=type(None))
GET_RENEWAL_POLICY = Operation(
    method="GET", path="/api/v1/renewal-policies/{renewal_policy_id}", answer=RenewalPolicyView
)
EDIT_RENEWAL_POLICY = Operation(
    method="PUT",
    path="/api/v1/renewal-policies/{renewal_policy_id}",
    answer=RenewalPolicyView,
    body=RenewalPolicyBody,
)
DELETE_RENEWAL_POLICY = Operation(
    method="DELETE", path="/api/v1/renewal-policies/{renewal_policy_id}", answer=type(None)
)
GET_IDENTITY_PROVIDER = Operation(
    method="GET", path="/api/v1/identity-providers/{identity_provider_id}", answer=IdentityProviderView
)
EDIT_IDENTITY_PROVIDER = Operation(
    method="PUT",
    path="/api/v1/identity-providers/{identity_provider_id}",
    answer=IdentityProviderView,
    body=IdentityProviderBody,
)
DELETE_IDENTITY_PROVIDER = Operation(
    method="DELETE", path="/api/v1/identity-providers/{identity_provider_id}", answer=type(None)
)
GET_TRUST_RULE = Operation(method="GET", path="/api/v1/trust-rules/{trust_rule_id}", answer=TrustRuleView)
EDIT_TRUST_RULE = Operation(
    method="PUT", path="/api/v1/trust-rules/{trust_rule_id}", answer=TrustRuleView, body=TrustRuleBody
)
DELETE_TRUST_RULE = Operation(method="DELETE", path="/api/v1/trust-rules/{trust_rule_id}", answer=type(None))
GET_ACCESS_RULE = Operation(method="GET", path="/api/v1/access-rules/{access_rule_id}", answer=AccessRuleView)
EDIT_ACCESS_RULE = Operation(
    method="PUT", path="/api/v1/access-rules/{access_rule_id}", answer=AccessRuleView, body=AccessRuleBody
)
DELETE_ACCESS_RULE = Operation(
    method="DELETE", path="/api/v1/access-rules/{access_rule_id}", answer=type(None)
)
GET_SERVICE_ACCOUNT = Operation(
    method="GET", path="/api/v1/service-accounts/{service_account_id}", answer=ServiceAccountView
)
EDIT_SERVICE_ACCOUNT = Operation(
    method="PUT",
    path="/api/v1/service-accounts/{service_account_id}",
    answer=ServiceAccountView,
    body=ServiceAccountBody,
)
DELETE_SERVICE_ACCOUNT = Operation(
    method="DELETE", path="/api/v1/service-accounts/{service_account_id}", answer=type(None)
)
GET_USER = Operation(method="GET", path="/api/v1/users/{user_id}", answer=UserView)
EDIT_USER = Operation(method="PUT", path="/api/v1/users/{user_id}", answer=UserView, body=UserBody)
DELETE_USER = Operation(method="DELETE", path="/api/v1/users/{user_id}", answer=type(None))
GET_AGENT = Operation(method="GET", path="/api/v1/agents/{agent_id}", answer=AgentView)
EDIT_AGENT = Operation(method="PUT", path="/api/v1/agents/{agent_id}", answer=AgentView, body=AgentBody)
RETIRE_AGENT = Operation(
    method="DELETE", path="/api/v1/agents/{agent_id}", answer=type(None), query=RetireAgentQuery
)
PREVIEW_TEAM_NAMES = Operation(
    method="POST",
    path="/api/v1/teams/{team_id}/names/preview",
    answer=NamesPreviewView,
    body=NamesPreviewBody,
    is_idempotent=True,
)
LIST_POLICY_VIOLATIONS = Operation(
    method="GET",
    path="/api/v1/policies/{policy_id}/violations",
    answer=ViolationView,
    query=ListPolicyViolationsQuery,
    is_list=True,
)
GET_AUTHORITY = Operation(method="GET", path="/api/v1/authorities/{ca_id}", answer=AuthorityDetailsView)
END_BOOTSTRAP_TOKEN = Operation(
    method="DELETE", path="/api/v1/agents/bootstrap-tokens/{token_id}", answer=type(None)
)
TEST_ISSUER = Operation(
    method="POST", path="/api/v1/issuers/{issuer_id}/test", answer=TestView, is_idempotent=True
)
TEST_TARGET = Operation(
    method="POST", path="/api/v1/targets/{target_id}/test", answer=TestView, is_idempotent=True
)
LIST_CERTIFICATES_OF_TARGET = Operation(
    method="GET",
    path="/api/v1/targets/{target_id}/certificates",
    answer=CertificateView,
    query=ListCertificatesOfTargetQuery,
    is_list=True,
)
GET_API_KEY = Operation(method="GET", path="/api/v1/api-keys/{key_id}", answer=ApiKeyView)
REVOKE_API_KEY = Operation(
    method="DELETE", path="/api/v1/api-keys/{key_id}", answer=type(None), query=RevokeApiKeyQuery
)
LIST_ISSUERS = Operation(
    method="GET", path="/api/v1/issuers", answer=IssuerView, query=ListIssuersQuery, is_list=True
)
CREATE_ISSUER = Operation(
    method="POST", path="/api/v1/issuers", answer=IssuerView, body=IssuerBody, takes_key=True
)
LIST_TARGETS = Operation(
    method="GET", path="/api/v1/targets", answer=TargetView, query=ListTargetsQuery, is_list=True
)
CREATE_TARGET = Operation(
    method="POST", path="/api/v1/targets", answer=TargetView, body=TargetBody, takes_key=True
)
LIST_OWNERS = Operation(
    method="GET", path="/api/v1/owners", answer=OwnerView, query=ListOwnersQuery, is_list=True
)
CREATE_OWNER = Operation(
    method="POST", path="/api/v1/owners", answer=OwnerView, body=OwnerBody, takes_key=True
)
LIST_TEAMS = Operation(
    method="GET", path="/api/v1/teams", answer=TeamView, query=ListTeamsQuery, is_list=True
)
CREATE_TEAM = Operation(method="POST", path="/api/v1/teams", answer=TeamView, body=TeamBody, takes_key=True)
LIST_POLICIES = Operation(
    method="GET", path="/api/v1/policies", answer=PolicyView, query=ListPoliciesQuery, is_list=True
)
CREATE_POLICY = Operation(
    method="POST", path="/api/v1/policies", answer=PolicyView, body=PolicyBody, takes_key=True
)
LIST_PROFILES = Operation(
    method="GET", path="/api/v1/profiles", answer=ProfileView, query=ListProfilesQuery, is_list=True
)
CREATE_PROFILE = Operation(
    method="POST", path="/api/v1/profiles", answer=ProfileView, body=ProfileBody, takes_key=True
)
LIST_RENEWAL_POLICIES = Operation(
    method="GET",
    path="/api/v1/renewal-policies",
    answer=RenewalPolicyView,
    query=ListRenewalPoliciesQuery,
    is_list=True,
)
CREATE_RENEWAL_POLICY = Operation(
    method="POST",
    path="/api/v1/renewal-policies",
    answer=RenewalPolicyView,
    body=RenewalPolicyBody,
    takes_key=True,
)
LIST_IDENTITY_PROVIDERS = Operation(
    method="GET",
    path="/api/v1/identity-providers",
    answer=IdentityProviderView,
    query=ListIdentityProvidersQuery,
    is_list=True,
)
CREATE_IDENTITY_PROVIDER = Operation(
    method="POST",
    path="/api/v1/identity-providers",
    answer=IdentityProviderView,
    body=IdentityProviderBody,
    takes_key=True,
)
LIST_TRUST_RULES = Operation(
    method="GET", path="/api/v1/trust-rules", answer=TrustRuleView, query=ListTrustRulesQuery, is_list=True
)
CREATE_TRUST_RULE = Operation(
    method="POST", path="/api/v1/trust-rules", answer=TrustRuleView, body=TrustRuleBody, takes_key=True
)
LIST_ACCESS_RULES = Operation(
    method="GET", path="/api/v1/access-rules", answer=AccessRuleView, query=ListAccessRulesQuery, is_list=True
)
CREATE_ACCESS_RULE = Operation(
    method="POST", path="/api/v1/access-rules", answer=AccessRuleView, body=AccessRuleBody, takes_key=True
)
LIST_SERVICE_ACCOUNTS = Operation(
    method="GET",
    path="/api/v1/service-accounts",
    answer=ServiceAccountView,
    query=ListServiceAccountsQuery,
    is_list=True,
)
CREATE_SERVICE_ACCOUNT = Operation(
    method="POST",
    path="/api/v1/service-accounts",
    answer=ServiceAccountView,
    body=ServiceAccountBody,
    takes_key=True,
)
LIST_USERS = Operation(
    method="GET", path="/api/v1/users", answer=UserView, query=ListUsersQuery, is_list=True
)
CREATE_USER = Operation(method="POST", path="/api/v1/users", answer=UserView, body=UserBody, takes_key=True)
LIST_AGENTS = Operation(
    method="GET", path="/api/v1/agents", answer=AgentView, query=ListAgentsQuery, is_list=True
)
REGISTER_AGENT = Operation(
    method="POST", path="/api/v1/agents", answer=RegisteredAgentView, body=AgentBody, takes_key=True
)
LIST_ISSUER_TYPES = Operation(method="GET", path="/api/v1/issuer-types", answer=IssuerTypesView)
LIST_TARGET_TYPES = Operation(method="GET", path="/api/v1/target-types", answer=TargetTypesView)
PREVIEW_POLICY = Operation(
    method="POST",
    path="/api/v1/policies/preview",
    answer=PolicyPreviewView,
    body=PolicyPreviewBody,
    is_idempotent=True,
)
LIST_VIOLATIONS = Operation(
    method="GET", path="/api/v1/violations", answer=ViolationView, query=ListViolationsQuery, is_list=True
)
LIST_AUTHORITIES = Operation(method="GET", path="/api/v1/authorities", answer=AuthoritiesView)
LIST_BOOTSTRAP_TOKENS = Operation(
    method="GET",
    path="/api/v1/agents/bootstrap-tokens",
    answer=LiveTokenView,
    query=ListBootstrapTokensQuery,
    is_list=True,
)
CREATE_BOOTSTRAP_TOKEN = Operation(
    method="POST",
    path="/api/v1/agents/bootstrap-tokens",
    answer=BootstrapTokenView,
    body=BootstrapTokenBody,
    takes_key=True,
)
LIST_API_KEYS = Operation(
    method="GET", path="/api/v1/api-keys", answer=ApiKeyView, query=ListApiKeysQuery, is_list=True
)
CREATE_API_KEY = Operation(
    method="POST", path="/api/v1/api-keys", answer=MintedKeyView, body=NewApiKeyBody, takes_key=True
)
GET_OWN_API_KEY = Operation(method="GET", path="/api/v1/api-keys/self", answer=OwnKeyView)
GET_CERTIFICATE = Operation(
    method="GET", path="/api/v1/certificates/{certificate_id}", answer=CertificateDetailsView
)
EDIT_CERTIFICATE = Operation(
    method="PUT",
    path="/api/v1/certificates/{certificate_id}",
    answer=CertificateDetailsView,
    body=CertificateEditBody,
)
ARCHIVE_CERTIFICATE = Operation(
    method="DELETE",
    path="/api/v1/certificates/{certificate_id}",
    answer=type(None),
    query=ArchiveCertificateQuery,
)
LIST_VERSIONS = Operation(
    method="GET",
    path="/api/v1/certificates/{certificate_id}/versions",
    answer=VersionView,
    query=ListVersionsQuery,
    is_list=True,
)
EXPORT_PEM = Operation(method="GET", path="/api/v1/certificates/{certificate_id}/export/pem", answer=str)
RENEW_CERTIFICATE = Operation(
    method="POST",
    path="/api/v1/certificates/{certificate_id}/renew",
    answer=JobStartedView,
    body=RenewBody,
    takes_key=True,
)
SUBMIT_CSR = Operation(
    method="POST",
    path="/api/v1/certificates/{certificate_id}/csr",
    answer=JobStartedView,
    body=CsrBody,
    takes_key=True,
)
REVOKE_CERTIFICATE = Operation(
    method="POST",
    path="/api/v1/certificates/{certificate_id}/revoke",
    answer=RevokedView,
    body=RevokeBody,
    is_idempotent=True,
)
REVOKE_VERSION = Operation(
    method="POST",
    path="/api/v1/certificates/{certificate_id}/versions/{serial}/revoke",
    answer=RevokedView,
    body=RevokeBody,
    is_idempotent=True,
)
UNHOLD_CERTIFICATE = Operation(
    method="POST", path="/api/v1/certificates/{certificate_id}/unhold", answer=StatusView
)
CONFIRM_CAMPAIGN = Operation(
    method="POST",
    path="/api/v1/campaigns/{campaign_id}/confirm",
    answer=CampaignView,
    body=CampaignConfirmBody,
    takes_key=True,
)
PAUSE_CAMPAIGN = Operation(
    method="POST", path="/api/v1/campaigns/{campaign_id}/pause", answer=CampaignView, takes_key=True
)
RESUME_CAMPAIGN = Operation(
    method="POST", path="/api/v1/campaigns/{campaign_id}/resume", answer=CampaignView, takes_key=True
)
CANCEL_CAMPAIGN = Operation(
    method="POST", path="/api/v1/campaigns/{campaign_id}/cancel", answer=CampaignView, takes_key=True
)
VERIFY_CAMPAIGN_ITEM = Operation(
    method="POST",
    path="/api/v1/campaigns/{campaign_id}/items/{certificate_id}/verify",
    answer=CampaignItemView,
    takes_key=True,
)
GET_CAMPAIGN = Operation(method="GET", path="/api/v1/campaigns/{campaign_id}", answer=CampaignView)
LIST_CAMPAIGN_ITEMS = Operation(
    method="GET",
    path="/api/v1/campaigns/{campaign_id}/items",
    answer=CampaignItemView,
    query=ListCampaignItemsQuery,
    is_list=True,
)
LIST_KEY_USES = Operation(
    method="GET", path="/api/v1/keys/{spki_sha256}", answer=KeyUsesView, query=ListKeyUsesQuery
)
DEPLOY_CERTIFICATE = Operation(
    method="POST",
    path="/api/v1/certificates/{certificate_id}/deploy",
    answer=DeploymentsStartedView,
    body=DeployBody,
    takes_key=True,
)
LIST_DEPLOYMENTS = Operation(
    method="GET",
    path="/api/v1/certificates/{certificate_id}/deployments",
    answer=DeploymentView,
    query=ListDeploymentsQuery,
    is_list=True,
)
GET_REVOCATION_RECORD = Operation(
    method="GET",
    path="/api/v1/revocations/{serial}",
    answer=RevocationRecordDetailsView,
    query=GetRevocationRecordQuery,
)
LIST_CERTIFICATES = Operation(
    method="GET",
    path="/api/v1/certificates",
    answer=CertificateView,
    query=ListCertificatesQuery,
    is_list=True,
)
CREATE_CERTIFICATE = Operation(
    method="POST",
    path="/api/v1/certificates",
    answer=CreatedCertificateView,
    body=NewCertificateBody,
    takes_key=True,
)
BULK_REVOKE = Operation(
    method="POST",
    path="/api/v1/certificates/bulk-revoke",
    answer=BulkRevocationStartedView,
    body=BulkRevokeBody,
    takes_key=True,
)
LIST_CAMPAIGNS = Operation(
    method="GET", path="/api/v1/campaigns", answer=CampaignView, query=ListCampaignsQuery, is_list=True
)
CREATE_CAMPAIGN = Operation(
    method="POST", path="/api/v1/campaigns", answer=CampaignView, body=CampaignBody, takes_key=True
)
LIST_REVOCATIONS = Operation(
    method="GET", path="/api/v1/crl", answer=RevokedSerialView, query=ListRevocationsQuery, is_list=True
)
LIST_REVOCATION_RECORDS = Operation(
    method="GET",
    path="/api/v1/revocations",
    answer=RevocationRecordView,
    query=ListRevocationRecordsQuery,
    is_list=True,
)
PREVIEW_TRUST_RULE = Operation(
    method="POST",
    path="/api/v1/auth/trust-rules/{trust_rule_id}/preview",
    answer=TrustPreviewView,
    body=TrustPreviewBody,
    is_idempotent=True,
)
LIST_USER_SESSIONS = Operation(
    method="GET", path="/api/v1/auth/users/{user_id}/sessions", answer=UserSessionsView
)
END_USER_SESSION = Operation(
    method="DELETE", path="/api/v1/auth/users/{user_id}/sessions/{session_id}", answer=type(None)
)
EXCHANGE_TOKEN = Operation(method="POST", path="/api/v1/auth/token", answer=TokenView, body=TokenRequestBody)
REVOKE_CREDENTIAL = Operation(
    method="POST", path="/api/v1/auth/revoke", answer=type(None), body=RevocationBody, is_idempotent=True
)
CREATE_LOGIN_CODE = Operation(
    method="POST", path="/api/v1/auth/codes", answer=LoginCodeView, body=LoginCodeBody
)
PREVIEW_ACCESS = Operation(
    method="POST",
    path="/api/v1/auth/preview",
    answer=AccessPreviewView,
    body=AccessPreviewBody,
    is_idempotent=True,
)
GET_SESSION = Operation(method="GET", path="/api/v1/auth/session", answer=SessionView)
START_SESSION = Operation(method="POST", path="/api/v1/auth/session", answer=SessionView)
END_SESSION = Operation(method="DELETE", path="/api/v1/auth/session", answer=type(None))
LIST_SIGN_IN_PROVIDERS = Operation(method="GET", path="/api/v1/auth/providers", answer=OfferedProvidersView)
GET_AUDIT_EVENT = Operation(method="GET", path="/api/v1/audit/{event_id}", answer=AuditEventView)
LIST_SEALED_EVENTS = Operation(
    method="GET", path="/api/v1/audit/seals/{seq}/events", answer=str, query=ListSealedEventsQuery
)
GET_JOB = Operation(method="GET", path="/api/v1/jobs/{job_id}", answer=JobDetailsView)
CANCEL_JOB = Operation(method="POST", path="/api/v1/jobs/{job_id}/cancel", answer=JobView)
APPROVE_JOB = Operation(method="POST", path="/api/v1/jobs/{job_id}/approve", answer=JobView)
REJECT_JOB = Operation(method="POST", path="/api/v1/jobs/{job_id}/reject", answer=JobView)
LIST_AUDIT_EVENTS = Operation(
    method="GET", path="/api/v1/audit", answer=AuditEventView, query=ListAuditEventsQuery, is_list=True
)
EXPORT_AUDIT_EVENTS = Operation(
    method="GET", path="/api/v1/audit/export", answer=str, query=ExportAuditEventsQuery
)
LIST_AUDIT_SEALS = Operation(
    method="GET", path="/api/v1/audit/seals", answer=SignedHeadView, query=ListAuditSealsQuery, is_list=True
)
GET_AUDIT_SEAL_KEY = Operation(method="GET", path="/api/v1/audit/key", answer=str)
GET_AUDIT_SEAL_STATE = Operation(method="GET", path="/api/v1/audit/verify", answer=SealStateView)
LIST_JOBS = Operation(method="GET", path="/api/v1/jobs", answer=JobView, query=ListJobsQuery, is_list=True)
GET_SUMMARY = Operation(method="GET", path="/api/v1/stats/summary", answer=SummaryView)
GET_OVERVIEW = Operation(
    method="GET", path="/api/v1/stats/overview", answer=OverviewView, query=GetOverviewQuery
)
COUNT_CERTIFICATES_BY_STATUS = Operation(
    method="GET", path="/api/v1/stats/certificates-by-status", answer=StatusCountSeries
)
GET_EXPIRATION_TIMELINE = Operation(
    method="GET",
    path="/api/v1/stats/expiration-timeline",
    answer=DayCountSeries,
    query=GetExpirationTimelineQuery,
)
GET_JOB_TRENDS = Operation(
    method="GET", path="/api/v1/stats/job-trends", answer=JobDaySeries, query=GetJobTrendsQuery
)
GET_ISSUANCE_RATE = Operation(
    method="GET", path="/api/v1/stats/issuance-rate", answer=DayCountSeries, query=GetIssuanceRateQuery
)
GET_ATTENTION = Operation(method="GET", path="/api/v1/attention", answer=AttentionView)
GET_METRICS = Operation(method="GET", path="/api/v1/metrics", answer=MetricSeries)
GET_PROMETHEUS_METRICS = Operation(method="GET", path="/api/v1/metrics/prometheus", answer=str)
GET_NOTIFICATION = Operation(
    method="GET", path="/api/v1/notifications/{notification_id}", answer=NotificationView
)
MARK_NOTIFICATION_READ = Operation(
    method="POST", path="/api/v1/notifications/{notification_id}/read", answer=StatusView, is_idempotent=True
)
REQUEUE_NOTIFICATION = Operation(
    method="POST", path="/api/v1/notifications/{notification_id}/requeue", answer=StatusView
)
GET_CHANNEL = Operation(method="GET", path="/api/v1/channels/{channel_id}", answer=ChannelView)
EDIT_CHANNEL = Operation(
    method="PUT", path="/api/v1/channels/{channel_id}", answer=ChannelView, body=ChannelEditBody
)
DELETE_CHANNEL = Operation(method="DELETE", path="/api/v1/channels/{channel_id}", answer=type(None))
TEST_CHANNEL = Operation(method="POST", path="/api/v1/channels/{channel_id}/test", answer=ChannelTestView)
GET_ROUTING_RULE = Operation(
    method="GET", path="/api/v1/notifications/routing/{rule_id}", answer=RoutingRuleView
)
SAVE_ROUTING_RULE = Operation(
    method="PUT", path="/api/v1/notifications/routing/{rule_id}", answer=RoutingRuleView, body=RoutingRuleBody
)
DELETE_ROUTING_RULE = Operation(
    method="DELETE", path="/api/v1/notifications/routing/{rule_id}", answer=type(None)
)
END_MUTE = Operation(method="DELETE", path="/api/v1/notifications/mutes/{mute_id}", answer=type(None))
LIST_NOTIFICATIONS = Operation(
    method="GET",
    path="/api/v1/notifications",
    answer=NotificationView,
    query=ListNotificationsQuery,
    is_list=True,
)
GROUP_NOTIFICATIONS = Operation(
    method="GET", path="/api/v1/notifications/groups", answer=GroupsView, query=GroupNotificationsQuery
)
BULK_REQUEUE = Operation(
    method="POST", path="/api/v1/notifications/requeue", answer=BulkRequeuedView, body=BulkRequeueBody
)
LIST_CHANNELS = Operation(
    method="GET", path="/api/v1/channels", answer=ChannelView, query=ListChannelsQuery, is_list=True
)
CREATE_CHANNEL = Operation(
    method="POST", path="/api/v1/channels", answer=ChannelView, body=NewChannelBody, takes_key=True
)
LIST_CHANNEL_KINDS = Operation(method="GET", path="/api/v1/channel-kinds", answer=ChannelKindsView)
LIST_ROUTING_RULES = Operation(
    method="GET",
    path="/api/v1/notifications/routing",
    answer=RoutingRuleView,
    query=ListRoutingRulesQuery,
    is_list=True,
)
PREVIEW_ROUTING = Operation(
    method="POST",
    path="/api/v1/notifications/routing/preview",
    answer=RoutingPreviewView,
    body=RoutingPreviewBody,
    is_idempotent=True,
)
LIST_MUTES = Operation(
    method="GET", path="/api/v1/notifications/mutes", answer=MuteView, query=ListMutesQuery, is_list=True
)
CREATE_MUTE = Operation(
    method="POST", path="/api/v1/notifications/mutes", answer=MuteView, body=NewMuteBody, takes_key=True
)
CRLS = Operation(method="GET", path="/.well-known/pki/crls/{issuer_id}", answer=IssuerListsView)
SERIAL_STATUS = Operation(
    method="GET", path="/.well-known/pki/status/{issuer_id}/{serial_number}", answer=SerialStatusView
)
ACME_CHALLENGE = Operation(method="GET", path="/.well-known/acme-challenge/{token}", answer=str)
HEALTH = Operation(method="GET", path="/health", answer=HealthView)
READY = Operation(method="GET", path="/ready", answer=HealthView)
