"""Operations of the API. Made from the OpenAPI document by `make client-types`."""

from certctl_client.api.operation import Operation
from certctl_client.api.schema import (
    AccessPreviewBody,
    AccessPreviewView,
    AccessRuleBody,
    AccessRuleView,
    AcmeAccountView,
    AcmeOrderView,
    AgentBody,
    AgentReportBody,
    AgentView,
    ApiKeyView,
    ArchiveCertificateQuery,
    AttentionView,
    AuditEventView,
    AuthoritiesView,
    AuthorityDetailsView,
    AuthorityUsesView,
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
    DigestPreviewView,
    EabKeyBody,
    EabKeyView,
    EndpointChangeView,
    EndpointView,
    EnrolledAgentView,
    ExpectationBody,
    ExportAuditEventsQuery,
    GetAuthorityUsesQuery,
    GetExpirationTimelineQuery,
    GetInventoryReadinessQuery,
    GetInventorySummaryQuery,
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
    ImportBody,
    ImportChunkBody,
    ImportChunkView,
    ImportView,
    IncidentPage,
    InventorySummaryView,
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
    ListAcmeAccountsQuery,
    ListAcmeOrdersQuery,
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
    ListEabKeysQuery,
    ListEndpointHistoryQuery,
    ListEndpointsQuery,
    ListIdentityProvidersQuery,
    ListInventorySourcesQuery,
    ListIssuersQuery,
    ListJobsQuery,
    ListKeyUsesQuery,
    ListMutesQuery,
    ListNotificationsQuery,
    ListObservedCertificatesQuery,
    ListOwnersQuery,
    ListPlacesOfObservedCertificateQuery,
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
    MintedEabKeyView,
    MintedKeyView,
    MuteView,
    NamesPreviewBody,
    NamesPreviewView,
    NewApiKeyBody,
    NewCertificateBody,
    NewChannelBody,
    NewEabKeyBody,
    NewEndpointBody,
    NewMuteBody,
    NotificationView,
    ObservedBelongingBody,
    ObservedCertificateDetailView,
    ObservedCertificateView,
    OfferedProvidersView,
    OverviewView,
    OwnerBody,
    OwnerView,
    OwnKeyView,
    PolicyBody,
    PolicyPreviewBody,
    PolicyPreviewView,
    PolicyView,
    PreviewDigestQuery,
    ProfileBody,
    ProfileView,
    ReadinessView,
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
    SightingView,
    SignedHeadView,
    SourceView,
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
    TestChannelQuery,
    TestView,
    TokenRequestBody,
    TokenView,
    TrustPreviewBody,
    TrustPreviewView,
    TrustRuleBody,
    TrustRuleView,
    UnholdBody,
    UnsavedTrustPreviewBody,
    UserBody,
    UserSessionsView,
    UserView,
    VersionView,
    ViolationView,
    WorkView,
)

SUBMIT_JOB_CSR = Operation(
    method="POST", path="/api/v1/agent/jobs/{job_id}/csr", response=JobStatusView, body=JobCsrBody
)
START_DEPLOYMENT = Operation(
    method="POST", path="/api/v1/agent/jobs/{job_id}/start", response=StartedView, body=StartBody
)
REPORT_DEPLOYMENT = Operation(
    method="POST", path="/api/v1/agent/jobs/{job_id}/result", response=JobStatusView, body=ResultBody
)
GET_DEPLOYABLE_VERSION = Operation(
    method="GET",
    path="/api/v1/agent/certificates/{certificate_id}/versions/{serial}",
    response=DeployableVersionView,
)
REGISTER_WITH_TOKEN = Operation(
    method="POST", path="/api/v1/agent/register", response=EnrolledAgentView, body=AgentReportBody
)
SEND_HEARTBEAT = Operation(
    method="POST", path="/api/v1/agent/heartbeat", response=HeartbeatView, body=HeartbeatBody
)
ROTATE_AGENT_KEY = Operation(
    method="POST", path="/api/v1/agent/key/rotate", response=RotatedKeyView, takes_key=True
)
LIST_WORK = Operation(
    method="GET", path="/api/v1/agent/work", response=WorkView, query=ListWorkQuery, is_list=True
)
GET_ISSUER = Operation(method="GET", path="/api/v1/issuers/{issuer_id}", response=IssuerView)
EDIT_ISSUER = Operation(
    method="PUT", path="/api/v1/issuers/{issuer_id}", response=IssuerView, body=IssuerBody
)
DELETE_ISSUER = Operation(method="DELETE", path="/api/v1/issuers/{issuer_id}", response=type(None))
GET_TARGET = Operation(method="GET", path="/api/v1/targets/{target_id}", response=TargetView)
EDIT_TARGET = Operation(
    method="PUT", path="/api/v1/targets/{target_id}", response=TargetView, body=TargetBody
)
DELETE_TARGET = Operation(method="DELETE", path="/api/v1/targets/{target_id}", response=type(None))
GET_OWNER = Operation(method="GET", path="/api/v1/owners/{owner_id}", response=OwnerView)
EDIT_OWNER = Operation(method="PUT", path="/api/v1/owners/{owner_id}", response=OwnerView, body=OwnerBody)
DELETE_OWNER = Operation(method="DELETE", path="/api/v1/owners/{owner_id}", response=type(None))
GET_TEAM = Operation(method="GET", path="/api/v1/teams/{team_id}", response=TeamView)
EDIT_TEAM = Operation(method="PUT", path="/api/v1/teams/{team_id}", response=TeamView, body=TeamBody)
DELETE_TEAM = Operation(method="DELETE", path="/api/v1/teams/{team_id}", response=type(None))
GET_POLICY = Operation(method="GET", path="/api/v1/policies/{policy_id}", response=PolicyView)
EDIT_POLICY = Operation(
    method="PUT", path="/api/v1/policies/{policy_id}", response=PolicyView, body=PolicyBody
)
DELETE_POLICY = Operation(method="DELETE", path="/api/v1/policies/{policy_id}", response=type(None))
GET_PROFILE = Operation(method="GET", path="/api/v1/profiles/{profile_id}", response=ProfileView)
EDIT_PROFILE = Operation(
    method="PUT", path="/api/v1/profiles/{profile_id}", response=ProfileView, body=ProfileBody
)
DELETE_PROFILE = Operation(method="DELETE", path="/api/v1/profiles/{profile_id}", response=type(None))
GET_RENEWAL_POLICY = Operation(
    method="GET", path="/api/v1/renewal-policies/{renewal_policy_id}", response=RenewalPolicyView
)
EDIT_RENEWAL_POLICY = Operation(
    method="PUT",
    path="/api/v1/renewal-policies/{renewal_policy_id}",
    response=RenewalPolicyView,
    body=RenewalPolicyBody,
)
DELETE_RENEWAL_POLICY = Operation(
    method="DELETE", path="/api/v1/renewal-policies/{renewal_policy_id}", response=type(None)
)
GET_IDENTITY_PROVIDER = Operation(
    method="GET", path="/api/v1/identity-providers/{identity_provider_id}", response=IdentityProviderView
)
EDIT_IDENTITY_PROVIDER = Operation(
    method="PUT",
    path="/api/v1/identity-providers/{identity_provider_id}",
    response=IdentityProviderView,
    body=IdentityProviderBody,
)
DELETE_IDENTITY_PROVIDER = Operation(
    method="DELETE", path="/api/v1/identity-providers/{identity_provider_id}", response=type(None)
)
GET_TRUST_RULE = Operation(method="GET", path="/api/v1/trust-rules/{trust_rule_id}", response=TrustRuleView)
EDIT_TRUST_RULE = Operation(
    method="PUT", path="/api/v1/trust-rules/{trust_rule_id}", response=TrustRuleView, body=TrustRuleBody
)
DELETE_TRUST_RULE = Operation(
    method="DELETE", path="/api/v1/trust-rules/{trust_rule_id}", response=type(None)
)
GET_ACCESS_RULE = Operation(
    method="GET", path="/api/v1/access-rules/{access_rule_id}", response=AccessRuleView
)
EDIT_ACCESS_RULE = Operation(
    method="PUT", path="/api/v1/access-rules/{access_rule_id}", response=AccessRuleView, body=AccessRuleBody
)
DELETE_ACCESS_RULE = Operation(
    method="DELETE", path="/api/v1/access-rules/{access_rule_id}", response=type(None)
)
GET_SERVICE_ACCOUNT = Operation(
    method="GET", path="/api/v1/service-accounts/{service_account_id}", response=ServiceAccountView
)
EDIT_SERVICE_ACCOUNT = Operation(
    method="PUT",
    path="/api/v1/service-accounts/{service_account_id}",
    response=ServiceAccountView,
    body=ServiceAccountBody,
)
DELETE_SERVICE_ACCOUNT = Operation(
    method="DELETE", path="/api/v1/service-accounts/{service_account_id}", response=type(None)
)
GET_USER = Operation(method="GET", path="/api/v1/users/{user_id}", response=UserView)
EDIT_USER = Operation(method="PUT", path="/api/v1/users/{user_id}", response=UserView, body=UserBody)
DELETE_USER = Operation(method="DELETE", path="/api/v1/users/{user_id}", response=type(None))
GET_AGENT = Operation(method="GET", path="/api/v1/agents/{agent_id}", response=AgentView)
EDIT_AGENT = Operation(method="PUT", path="/api/v1/agents/{agent_id}", response=AgentView, body=AgentBody)
RETIRE_AGENT = Operation(
    method="DELETE", path="/api/v1/agents/{agent_id}", response=type(None), query=RetireAgentQuery
)
PREVIEW_TEAM_NAMES = Operation(
    method="POST",
    path="/api/v1/teams/{team_id}/names/preview",
    response=NamesPreviewView,
    body=NamesPreviewBody,
    is_idempotent=True,
)
LIST_POLICY_VIOLATIONS = Operation(
    method="GET",
    path="/api/v1/policies/{policy_id}/violations",
    response=ViolationView,
    query=ListPolicyViolationsQuery,
    is_list=True,
)
GET_AUTHORITY = Operation(method="GET", path="/api/v1/authorities/{ca_id}", response=AuthorityDetailsView)
GET_AUTHORITY_USES = Operation(
    method="GET",
    path="/api/v1/authorities/{ca_id}/uses",
    response=AuthorityUsesView,
    query=GetAuthorityUsesQuery,
)
END_BOOTSTRAP_TOKEN = Operation(
    method="DELETE", path="/api/v1/agents/bootstrap-tokens/{token_id}", response=type(None)
)
TEST_ISSUER = Operation(
    method="POST", path="/api/v1/issuers/{issuer_id}/test", response=TestView, is_idempotent=True
)
TEST_TARGET = Operation(
    method="POST", path="/api/v1/targets/{target_id}/test", response=TestView, is_idempotent=True
)
LIST_CERTIFICATES_OF_TARGET = Operation(
    method="GET",
    path="/api/v1/targets/{target_id}/certificates",
    response=CertificateView,
    query=ListCertificatesOfTargetQuery,
    is_list=True,
)
GET_API_KEY = Operation(method="GET", path="/api/v1/api-keys/{key_id}", response=ApiKeyView)
REVOKE_API_KEY = Operation(
    method="DELETE", path="/api/v1/api-keys/{key_id}", response=type(None), query=RevokeApiKeyQuery
)
GET_EAB_KEY = Operation(method="GET", path="/api/v1/acme/eab-keys/{eab_key_id}", response=EabKeyView)
EDIT_EAB_KEY = Operation(
    method="PUT", path="/api/v1/acme/eab-keys/{eab_key_id}", response=EabKeyView, body=EabKeyBody
)
DELETE_EAB_KEY = Operation(method="DELETE", path="/api/v1/acme/eab-keys/{eab_key_id}", response=type(None))
ROTATE_EAB_KEY = Operation(
    method="POST", path="/api/v1/acme/eab-keys/{eab_key_id}/rotate", response=MintedEabKeyView
)
REVOKE_EAB_KEY = Operation(
    method="POST", path="/api/v1/acme/eab-keys/{eab_key_id}/revoke", response=EabKeyView
)
GET_ACME_ACCOUNT = Operation(
    method="GET", path="/api/v1/acme/accounts/{account_id}", response=AcmeAccountView
)
REVOKE_ACME_ACCOUNT = Operation(
    method="POST", path="/api/v1/acme/accounts/{account_id}/revoke", response=AcmeAccountView
)
LIST_ISSUERS = Operation(
    method="GET", path="/api/v1/issuers", response=IssuerView, query=ListIssuersQuery, is_list=True
)
CREATE_ISSUER = Operation(
    method="POST", path="/api/v1/issuers", response=IssuerView, body=IssuerBody, takes_key=True
)
LIST_TARGETS = Operation(
    method="GET", path="/api/v1/targets", response=TargetView, query=ListTargetsQuery, is_list=True
)
CREATE_TARGET = Operation(
    method="POST", path="/api/v1/targets", response=TargetView, body=TargetBody, takes_key=True
)
LIST_OWNERS = Operation(
    method="GET", path="/api/v1/owners", response=OwnerView, query=ListOwnersQuery, is_list=True
)
CREATE_OWNER = Operation(
    method="POST", path="/api/v1/owners", response=OwnerView, body=OwnerBody, takes_key=True
)
LIST_TEAMS = Operation(
    method="GET", path="/api/v1/teams", response=TeamView, query=ListTeamsQuery, is_list=True
)
CREATE_TEAM = Operation(method="POST", path="/api/v1/teams", response=TeamView, body=TeamBody, takes_key=True)
LIST_POLICIES = Operation(
    method="GET", path="/api/v1/policies", response=PolicyView, query=ListPoliciesQuery, is_list=True
)
CREATE_POLICY = Operation(
    method="POST", path="/api/v1/policies", response=PolicyView, body=PolicyBody, takes_key=True
)
LIST_PROFILES = Operation(
    method="GET", path="/api/v1/profiles", response=ProfileView, query=ListProfilesQuery, is_list=True
)
CREATE_PROFILE = Operation(
    method="POST", path="/api/v1/profiles", response=ProfileView, body=ProfileBody, takes_key=True
)
LIST_RENEWAL_POLICIES = Operation(
    method="GET",
    path="/api/v1/renewal-policies",
    response=RenewalPolicyView,
    query=ListRenewalPoliciesQuery,
    is_list=True,
)
CREATE_RENEWAL_POLICY = Operation(
    method="POST",
    path="/api/v1/renewal-policies",
    response=RenewalPolicyView,
    body=RenewalPolicyBody,
    takes_key=True,
)
LIST_IDENTITY_PROVIDERS = Operation(
    method="GET",
    path="/api/v1/identity-providers",
    response=IdentityProviderView,
    query=ListIdentityProvidersQuery,
    is_list=True,
)
CREATE_IDENTITY_PROVIDER = Operation(
    method="POST",
    path="/api/v1/identity-providers",
    response=IdentityProviderView,
    body=IdentityProviderBody,
    takes_key=True,
)
LIST_TRUST_RULES = Operation(
    method="GET", path="/api/v1/trust-rules", response=TrustRuleView, query=ListTrustRulesQuery, is_list=True
)
CREATE_TRUST_RULE = Operation(
    method="POST", path="/api/v1/trust-rules", response=TrustRuleView, body=TrustRuleBody, takes_key=True
)
LIST_ACCESS_RULES = Operation(
    method="GET",
    path="/api/v1/access-rules",
    response=AccessRuleView,
    query=ListAccessRulesQuery,
    is_list=True,
)
CREATE_ACCESS_RULE = Operation(
    method="POST", path="/api/v1/access-rules", response=AccessRuleView, body=AccessRuleBody, takes_key=True
)
LIST_SERVICE_ACCOUNTS = Operation(
    method="GET",
    path="/api/v1/service-accounts",
    response=ServiceAccountView,
    query=ListServiceAccountsQuery,
    is_list=True,
)
CREATE_SERVICE_ACCOUNT = Operation(
    method="POST",
    path="/api/v1/service-accounts",
    response=ServiceAccountView,
    body=ServiceAccountBody,
    takes_key=True,
)
LIST_USERS = Operation(
    method="GET", path="/api/v1/users", response=UserView, query=ListUsersQuery, is_list=True
)
CREATE_USER = Operation(method="POST", path="/api/v1/users", response=UserView, body=UserBody, takes_key=True)
LIST_AGENTS = Operation(
    method="GET", path="/api/v1/agents", response=AgentView, query=ListAgentsQuery, is_list=True
)
REGISTER_AGENT = Operation(
    method="POST", path="/api/v1/agents", response=RegisteredAgentView, body=AgentBody, takes_key=True
)
LIST_ISSUER_TYPES = Operation(method="GET", path="/api/v1/issuer-types", response=IssuerTypesView)
LIST_TARGET_TYPES = Operation(method="GET", path="/api/v1/target-types", response=TargetTypesView)
PREVIEW_POLICY = Operation(
    method="POST",
    path="/api/v1/policies/preview",
    response=PolicyPreviewView,
    body=PolicyPreviewBody,
    is_idempotent=True,
)
LIST_VIOLATIONS = Operation(
    method="GET", path="/api/v1/violations", response=ViolationView, query=ListViolationsQuery, is_list=True
)
LIST_AUTHORITIES = Operation(method="GET", path="/api/v1/authorities", response=AuthoritiesView)
LIST_BOOTSTRAP_TOKENS = Operation(
    method="GET",
    path="/api/v1/agents/bootstrap-tokens",
    response=LiveTokenView,
    query=ListBootstrapTokensQuery,
    is_list=True,
)
CREATE_BOOTSTRAP_TOKEN = Operation(
    method="POST",
    path="/api/v1/agents/bootstrap-tokens",
    response=BootstrapTokenView,
    body=BootstrapTokenBody,
    takes_key=True,
)
LIST_API_KEYS = Operation(
    method="GET", path="/api/v1/api-keys", response=ApiKeyView, query=ListApiKeysQuery, is_list=True
)
CREATE_API_KEY = Operation(
    method="POST", path="/api/v1/api-keys", response=MintedKeyView, body=NewApiKeyBody, takes_key=True
)
GET_OWN_API_KEY = Operation(method="GET", path="/api/v1/api-keys/self", response=OwnKeyView)
LIST_EAB_KEYS = Operation(
    method="GET", path="/api/v1/acme/eab-keys", response=EabKeyView, query=ListEabKeysQuery, is_list=True
)
CREATE_EAB_KEY = Operation(
    method="POST", path="/api/v1/acme/eab-keys", response=MintedEabKeyView, body=NewEabKeyBody, takes_key=True
)
LIST_ACME_ACCOUNTS = Operation(
    method="GET",
    path="/api/v1/acme/accounts",
    response=AcmeAccountView,
    query=ListAcmeAccountsQuery,
    is_list=True,
)
LIST_ACME_ORDERS = Operation(
    method="GET", path="/api/v1/acme/orders", response=AcmeOrderView, query=ListAcmeOrdersQuery, is_list=True
)
GET_CERTIFICATE = Operation(
    method="GET", path="/api/v1/certificates/{certificate_id}", response=CertificateDetailsView
)
EDIT_CERTIFICATE = Operation(
    method="PUT",
    path="/api/v1/certificates/{certificate_id}",
    response=CertificateDetailsView,
    body=CertificateEditBody,
)
ARCHIVE_CERTIFICATE = Operation(
    method="DELETE",
    path="/api/v1/certificates/{certificate_id}",
    response=type(None),
    query=ArchiveCertificateQuery,
)
LIST_VERSIONS = Operation(
    method="GET",
    path="/api/v1/certificates/{certificate_id}/versions",
    response=VersionView,
    query=ListVersionsQuery,
    is_list=True,
)
EXPORT_PEM = Operation(method="GET", path="/api/v1/certificates/{certificate_id}/export/pem", response=str)
RENEW_CERTIFICATE = Operation(
    method="POST",
    path="/api/v1/certificates/{certificate_id}/renew",
    response=JobStartedView,
    body=RenewBody,
    takes_key=True,
)
SUBMIT_CSR = Operation(
    method="POST",
    path="/api/v1/certificates/{certificate_id}/csr",
    response=JobStartedView,
    body=CsrBody,
    takes_key=True,
)
REVOKE_CERTIFICATE = Operation(
    method="POST",
    path="/api/v1/certificates/{certificate_id}/revoke",
    response=RevokedView,
    body=RevokeBody,
    is_idempotent=True,
)
REVOKE_VERSION = Operation(
    method="POST",
    path="/api/v1/certificates/{certificate_id}/versions/{serial}/revoke",
    response=RevokedView,
    body=RevokeBody,
    is_idempotent=True,
)
UNHOLD_CERTIFICATE = Operation(
    method="POST", path="/api/v1/certificates/{certificate_id}/unhold", response=StatusView, body=UnholdBody
)
CONFIRM_CAMPAIGN = Operation(
    method="POST",
    path="/api/v1/campaigns/{campaign_id}/confirm",
    response=CampaignView,
    body=CampaignConfirmBody,
    takes_key=True,
)
PAUSE_CAMPAIGN = Operation(
    method="POST", path="/api/v1/campaigns/{campaign_id}/pause", response=CampaignView, takes_key=True
)
RESUME_CAMPAIGN = Operation(
    method="POST", path="/api/v1/campaigns/{campaign_id}/resume", response=CampaignView, takes_key=True
)
CANCEL_CAMPAIGN = Operation(
    method="POST", path="/api/v1/campaigns/{campaign_id}/cancel", response=CampaignView, takes_key=True
)
VERIFY_CAMPAIGN_ITEM = Operation(
    method="POST",
    path="/api/v1/campaigns/{campaign_id}/items/{certificate_id}/verify",
    response=CampaignItemView,
    takes_key=True,
)
GET_CAMPAIGN = Operation(method="GET", path="/api/v1/campaigns/{campaign_id}", response=CampaignView)
LIST_CAMPAIGN_ITEMS = Operation(
    method="GET",
    path="/api/v1/campaigns/{campaign_id}/items",
    response=CampaignItemView,
    query=ListCampaignItemsQuery,
    is_list=True,
)
LIST_KEY_USES = Operation(
    method="GET", path="/api/v1/keys/{spki_sha256}", response=KeyUsesView, query=ListKeyUsesQuery
)
DEPLOY_CERTIFICATE = Operation(
    method="POST",
    path="/api/v1/certificates/{certificate_id}/deploy",
    response=DeploymentsStartedView,
    body=DeployBody,
    takes_key=True,
)
LIST_DEPLOYMENTS = Operation(
    method="GET",
    path="/api/v1/certificates/{certificate_id}/deployments",
    response=DeploymentView,
    query=ListDeploymentsQuery,
    is_list=True,
)
GET_REVOCATION_RECORD = Operation(
    method="GET",
    path="/api/v1/revocations/{serial}",
    response=RevocationRecordDetailsView,
    query=GetRevocationRecordQuery,
)
LIST_CERTIFICATES = Operation(
    method="GET",
    path="/api/v1/certificates",
    response=CertificateView,
    query=ListCertificatesQuery,
    is_list=True,
)
CREATE_CERTIFICATE = Operation(
    method="POST",
    path="/api/v1/certificates",
    response=CreatedCertificateView,
    body=NewCertificateBody,
    takes_key=True,
)
BULK_REVOKE = Operation(
    method="POST",
    path="/api/v1/certificates/bulk-revoke",
    response=BulkRevocationStartedView,
    body=BulkRevokeBody,
    takes_key=True,
)
LIST_CAMPAIGNS = Operation(
    method="GET", path="/api/v1/campaigns", response=CampaignView, query=ListCampaignsQuery, is_list=True
)
CREATE_CAMPAIGN = Operation(
    method="POST", path="/api/v1/campaigns", response=CampaignView, body=CampaignBody, takes_key=True
)
LIST_REVOCATIONS = Operation(
    method="GET", path="/api/v1/crl", response=RevokedSerialView, query=ListRevocationsQuery, is_list=True
)
LIST_REVOCATION_RECORDS = Operation(
    method="GET",
    path="/api/v1/revocations",
    response=RevocationRecordView,
    query=ListRevocationRecordsQuery,
    is_list=True,
)
PREVIEW_TRUST_RULE = Operation(
    method="POST",
    path="/api/v1/auth/trust-rules/{trust_rule_id}/preview",
    response=TrustPreviewView,
    body=TrustPreviewBody,
    is_idempotent=True,
)
LIST_USER_SESSIONS = Operation(
    method="GET", path="/api/v1/auth/users/{user_id}/sessions", response=UserSessionsView
)
END_USER_SESSION = Operation(
    method="DELETE", path="/api/v1/auth/users/{user_id}/sessions/{session_id}", response=type(None)
)
EXCHANGE_TOKEN = Operation(
    method="POST", path="/api/v1/auth/token", response=TokenView, body=TokenRequestBody
)
REVOKE_CREDENTIAL = Operation(
    method="POST", path="/api/v1/auth/revoke", response=type(None), body=RevocationBody, is_idempotent=True
)
PREVIEW_UNSAVED_TRUST_RULE = Operation(
    method="POST",
    path="/api/v1/auth/trust-rules/preview",
    response=TrustPreviewView,
    body=UnsavedTrustPreviewBody,
    is_idempotent=True,
)
CREATE_LOGIN_CODE = Operation(
    method="POST", path="/api/v1/auth/codes", response=LoginCodeView, body=LoginCodeBody
)
PREVIEW_ACCESS = Operation(
    method="POST",
    path="/api/v1/auth/preview",
    response=AccessPreviewView,
    body=AccessPreviewBody,
    is_idempotent=True,
)
GET_SESSION = Operation(method="GET", path="/api/v1/auth/session", response=SessionView)
START_SESSION = Operation(method="POST", path="/api/v1/auth/session", response=SessionView)
END_SESSION = Operation(method="DELETE", path="/api/v1/auth/session", response=type(None))
LIST_SIGN_IN_PROVIDERS = Operation(method="GET", path="/api/v1/auth/providers", response=OfferedProvidersView)
GET_AUDIT_EVENT = Operation(method="GET", path="/api/v1/audit/{event_id}", response=AuditEventView)
LIST_SEALED_EVENTS = Operation(
    method="GET", path="/api/v1/audit/seals/{seq}/events", response=str, query=ListSealedEventsQuery
)
GET_JOB = Operation(method="GET", path="/api/v1/jobs/{job_id}", response=JobDetailsView)
CANCEL_JOB = Operation(method="POST", path="/api/v1/jobs/{job_id}/cancel", response=JobView)
APPROVE_JOB = Operation(method="POST", path="/api/v1/jobs/{job_id}/approve", response=JobView)
REJECT_JOB = Operation(method="POST", path="/api/v1/jobs/{job_id}/reject", response=JobView)
LIST_AUDIT_EVENTS = Operation(
    method="GET", path="/api/v1/audit", response=AuditEventView, query=ListAuditEventsQuery, is_list=True
)
EXPORT_AUDIT_EVENTS = Operation(
    method="GET", path="/api/v1/audit/export", response=str, query=ExportAuditEventsQuery
)
LIST_AUDIT_SEALS = Operation(
    method="GET", path="/api/v1/audit/seals", response=SignedHeadView, query=ListAuditSealsQuery, is_list=True
)
GET_AUDIT_SEAL_KEY = Operation(method="GET", path="/api/v1/audit/key", response=str)
GET_AUDIT_SEAL_STATE = Operation(method="GET", path="/api/v1/audit/verify", response=SealStateView)
LIST_JOBS = Operation(method="GET", path="/api/v1/jobs", response=JobView, query=ListJobsQuery, is_list=True)
GET_SUMMARY = Operation(method="GET", path="/api/v1/stats/summary", response=SummaryView)
GET_OVERVIEW = Operation(
    method="GET", path="/api/v1/stats/overview", response=OverviewView, query=GetOverviewQuery
)
COUNT_CERTIFICATES_BY_STATUS = Operation(
    method="GET", path="/api/v1/stats/certificates-by-status", response=StatusCountSeries
)
GET_EXPIRATION_TIMELINE = Operation(
    method="GET",
    path="/api/v1/stats/expiration-timeline",
    response=DayCountSeries,
    query=GetExpirationTimelineQuery,
)
GET_JOB_TRENDS = Operation(
    method="GET", path="/api/v1/stats/job-trends", response=JobDaySeries, query=GetJobTrendsQuery
)
GET_ISSUANCE_RATE = Operation(
    method="GET", path="/api/v1/stats/issuance-rate", response=DayCountSeries, query=GetIssuanceRateQuery
)
GET_ATTENTION = Operation(method="GET", path="/api/v1/attention", response=AttentionView)
GET_METRICS = Operation(method="GET", path="/api/v1/metrics", response=MetricSeries)
GET_PROMETHEUS_METRICS = Operation(method="GET", path="/api/v1/metrics/prometheus", response=str)
GET_OBSERVED_CERTIFICATE = Operation(
    method="GET", path="/api/v1/inventory/certificates/{fingerprint}", response=ObservedCertificateDetailView
)
CHANGE_OBSERVED_CERTIFICATE = Operation(
    method="PUT",
    path="/api/v1/inventory/certificates/{fingerprint}",
    response=ObservedCertificateView,
    body=ObservedBelongingBody,
)
LIST_PLACES_OF_OBSERVED_CERTIFICATE = Operation(
    method="GET",
    path="/api/v1/inventory/certificates/{fingerprint}/places",
    response=SightingView,
    query=ListPlacesOfObservedCertificateQuery,
    is_list=True,
)
SEND_IMPORT_CHUNK = Operation(
    method="PUT",
    path="/api/v1/inventory/imports/{import_id}/chunks/{number}",
    response=ImportChunkView,
    body=ImportChunkBody,
)
COMPLETE_IMPORT = Operation(
    method="POST", path="/api/v1/inventory/imports/{import_id}/complete", response=ImportView
)
GET_IMPORT = Operation(method="GET", path="/api/v1/inventory/imports/{import_id}", response=ImportView)
GET_ENDPOINT = Operation(method="GET", path="/api/v1/endpoints/{endpoint_id}", response=EndpointView)
REMOVE_ENDPOINT = Operation(method="DELETE", path="/api/v1/endpoints/{endpoint_id}", response=type(None))
ATTACH_ENDPOINT = Operation(
    method="PUT",
    path="/api/v1/endpoints/{endpoint_id}/expectation",
    response=EndpointView,
    body=ExpectationBody,
)
LIST_ENDPOINT_HISTORY = Operation(
    method="GET",
    path="/api/v1/endpoints/{endpoint_id}/history",
    response=EndpointChangeView,
    query=ListEndpointHistoryQuery,
    is_list=True,
)
LIST_ENDPOINT_INCIDENTS = Operation(
    method="GET", path="/api/v1/endpoints/{endpoint_id}/incidents", response=IncidentPage
)
LIST_OBSERVED_CERTIFICATES = Operation(
    method="GET",
    path="/api/v1/inventory/certificates",
    response=ObservedCertificateView,
    query=ListObservedCertificatesQuery,
    is_list=True,
)
LIST_INVENTORY_SOURCES = Operation(
    method="GET",
    path="/api/v1/inventory/sources",
    response=SourceView,
    query=ListInventorySourcesQuery,
    is_list=True,
)
GET_INVENTORY_SUMMARY = Operation(
    method="GET",
    path="/api/v1/inventory/summary",
    response=InventorySummaryView,
    query=GetInventorySummaryQuery,
)
GET_INVENTORY_READINESS = Operation(
    method="GET", path="/api/v1/inventory/readiness", response=ReadinessView, query=GetInventoryReadinessQuery
)
BEGIN_IMPORT = Operation(
    method="POST", path="/api/v1/inventory/imports", response=ImportView, body=ImportBody, takes_key=True
)
LIST_ENDPOINTS = Operation(
    method="GET", path="/api/v1/endpoints", response=EndpointView, query=ListEndpointsQuery, is_list=True
)
CREATE_ENDPOINT = Operation(
    method="POST", path="/api/v1/endpoints", response=EndpointView, body=NewEndpointBody, takes_key=True
)
GET_NOTIFICATION = Operation(
    method="GET", path="/api/v1/notifications/{notification_id}", response=NotificationView
)
MARK_NOTIFICATION_READ = Operation(
    method="POST",
    path="/api/v1/notifications/{notification_id}/read",
    response=StatusView,
    is_idempotent=True,
)
REQUEUE_NOTIFICATION = Operation(
    method="POST", path="/api/v1/notifications/{notification_id}/requeue", response=StatusView
)
GET_CHANNEL = Operation(method="GET", path="/api/v1/channels/{channel_id}", response=ChannelView)
EDIT_CHANNEL = Operation(
    method="PUT", path="/api/v1/channels/{channel_id}", response=ChannelView, body=ChannelEditBody
)
DELETE_CHANNEL = Operation(method="DELETE", path="/api/v1/channels/{channel_id}", response=type(None))
TEST_CHANNEL = Operation(
    method="POST", path="/api/v1/channels/{channel_id}/test", response=ChannelTestView, query=TestChannelQuery
)
GET_ROUTING_RULE = Operation(
    method="GET", path="/api/v1/notifications/routing/{rule_id}", response=RoutingRuleView
)
SAVE_ROUTING_RULE = Operation(
    method="PUT",
    path="/api/v1/notifications/routing/{rule_id}",
    response=RoutingRuleView,
    body=RoutingRuleBody,
)
DELETE_ROUTING_RULE = Operation(
    method="DELETE", path="/api/v1/notifications/routing/{rule_id}", response=type(None)
)
END_MUTE = Operation(method="DELETE", path="/api/v1/notifications/mutes/{mute_id}", response=type(None))
LIST_NOTIFICATIONS = Operation(
    method="GET",
    path="/api/v1/notifications",
    response=NotificationView,
    query=ListNotificationsQuery,
    is_list=True,
)
GROUP_NOTIFICATIONS = Operation(
    method="GET", path="/api/v1/notifications/groups", response=GroupsView, query=GroupNotificationsQuery
)
BULK_REQUEUE = Operation(
    method="POST", path="/api/v1/notifications/requeue", response=BulkRequeuedView, body=BulkRequeueBody
)
LIST_CHANNELS = Operation(
    method="GET", path="/api/v1/channels", response=ChannelView, query=ListChannelsQuery, is_list=True
)
CREATE_CHANNEL = Operation(
    method="POST", path="/api/v1/channels", response=ChannelView, body=NewChannelBody, takes_key=True
)
LIST_CHANNEL_KINDS = Operation(method="GET", path="/api/v1/channel-kinds", response=ChannelKindsView)
LIST_ROUTING_RULES = Operation(
    method="GET",
    path="/api/v1/notifications/routing",
    response=RoutingRuleView,
    query=ListRoutingRulesQuery,
    is_list=True,
)
PREVIEW_ROUTING = Operation(
    method="POST",
    path="/api/v1/notifications/routing/preview",
    response=RoutingPreviewView,
    body=RoutingPreviewBody,
    is_idempotent=True,
)
PREVIEW_DIGEST = Operation(
    method="GET",
    path="/api/v1/notifications/digest-preview",
    response=DigestPreviewView,
    query=PreviewDigestQuery,
)
LIST_MUTES = Operation(
    method="GET", path="/api/v1/notifications/mutes", response=MuteView, query=ListMutesQuery, is_list=True
)
CREATE_MUTE = Operation(
    method="POST", path="/api/v1/notifications/mutes", response=MuteView, body=NewMuteBody, takes_key=True
)
CRLS = Operation(method="GET", path="/.well-known/pki/crls/{issuer_id}", response=IssuerListsView)
SERIAL_STATUS = Operation(
    method="GET", path="/.well-known/pki/status/{issuer_id}/{serial_number}", response=SerialStatusView
)
ACME_CHALLENGE = Operation(method="GET", path="/.well-known/acme-challenge/{token}", response=str)
HEALTH = Operation(method="GET", path="/health", response=HealthView)
READY = Operation(method="GET", path="/ready", response=HealthView)
