"""Operations of the catalog: the same five for each kind, and those that some kinds have besides.
`test_client_operations` compares them with docs/openapi.json."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from certctl_client.api.operation import Operation
from certctl_client.api.schema import (
    AccessPreviewBody,
    AccessPreviewView,
    AccessRuleBody,
    AccessRuleView,
    AgentBody,
    AgentView,
    BootstrapTokenBody,
    BootstrapTokenView,
    CertificateView,
    IdentityProviderBody,
    IdentityProviderView,
    IssuerBody,
    IssuerTypesView,
    IssuerView,
    ListAccessRulesQuery,
    ListAgentsQuery,
    ListBootstrapTokensQuery,
    ListCertificatesOfTargetQuery,
    ListIdentityProvidersQuery,
    ListIssuersQuery,
    ListOwnersQuery,
    ListPoliciesQuery,
    ListProfilesQuery,
    ListRenewalPoliciesQuery,
    ListServiceAccountsQuery,
    ListTargetsQuery,
    ListTeamsQuery,
    ListTrustRulesQuery,
    ListUsersQuery,
    ListViolationsQuery,
    LiveTokenView,
    NamesPreviewBody,
    NamesPreviewView,
    OwnerBody,
    OwnerView,
    PolicyBody,
    PolicyPreviewBody,
    PolicyPreviewView,
    PolicyView,
    ProfileBody,
    ProfileView,
    RegisteredAgentView,
    RenewalPolicyBody,
    RenewalPolicyView,
    RetireAgentQuery,
    ServiceAccountBody,
    ServiceAccountView,
    TargetBody,
    TargetTypesView,
    TargetView,
    TeamBody,
    TeamView,
    TestView,
    TrustPreviewBody,
    TrustPreviewView,
    TrustRuleBody,
    TrustRuleView,
    UserBody,
    UserView,
    ViolationView,
)


@dataclass(frozen=True)
class CatalogOperations:
    """The operations of one kind. `create` may return more than the record."""

    list: Operation[Any]
    get: Operation[Any]
    create: Operation[Any]
    edit: Operation[Any]
    delete: Operation[None]

    @property
    def record(self) -> type[Any]:
        answer: type[Any] = self.get.answer
        return answer

    @property
    def body(self) -> type[Any]:
        """The body that POST and PUT share."""
        return self.create.body or dict


def _operations(
    path: str,
    record: type[Any],
    body: type[Any],
    filters: type[Any],
    created: type[Any] | None = None,
    deletion: type[Any] | None = None,
) -> CatalogOperations:
    every = f"/api/v1/{path}"
    one = f"{every}/{{{_singular(path)}_id}}"
    return CatalogOperations(
        list=Operation("GET", every, record, query=filters, is_list=True),
        get=Operation("GET", one, record),
        create=Operation("POST", every, created or record, body=body, takes_key=True),
        edit=Operation("PUT", one, record, body=body),
        delete=Operation("DELETE", one, type(None), query=deletion),
    )


def _singular(path: str) -> str:
    """`renewal-policies` -> `renewal_policy`."""
    words = path.replace("-", "_")
    return f"{words.removesuffix('ies')}y" if words.endswith("ies") else words.removesuffix("s")


OPERATIONS: Mapping[str, CatalogOperations] = {
    "issuers": _operations("issuers", IssuerView, IssuerBody, ListIssuersQuery),
    "targets": _operations("targets", TargetView, TargetBody, ListTargetsQuery),
    "owners": _operations("owners", OwnerView, OwnerBody, ListOwnersQuery),
    "teams": _operations("teams", TeamView, TeamBody, ListTeamsQuery),
    "profiles": _operations("profiles", ProfileView, ProfileBody, ListProfilesQuery),
    "policies": _operations("policies", PolicyView, PolicyBody, ListPoliciesQuery),
    "renewal-policies": _operations(
        "renewal-policies", RenewalPolicyView, RenewalPolicyBody, ListRenewalPoliciesQuery
    ),
    "identity-providers": _operations(
        "identity-providers", IdentityProviderView, IdentityProviderBody, ListIdentityProvidersQuery
    ),
    "access-rules": _operations("access-rules", AccessRuleView, AccessRuleBody, ListAccessRulesQuery),
    "trust-rules": _operations("trust-rules", TrustRuleView, TrustRuleBody, ListTrustRulesQuery),
    "service-accounts": _operations(
        "service-accounts", ServiceAccountView, ServiceAccountBody, ListServiceAccountsQuery
    ),
    "users": _operations("users", UserView, UserBody, ListUsersQuery),
    "agents": _operations(
        "agents",
        AgentView,
        AgentBody,
        ListAgentsQuery,
        created=RegisteredAgentView,
        deletion=RetireAgentQuery,
    ),
}

CREATE_BOOTSTRAP_TOKEN = Operation(
    "POST",
    "/api/v1/agents/bootstrap-tokens",
    BootstrapTokenView,
    body=BootstrapTokenBody,
    takes_key=True,
)
LIST_BOOTSTRAP_TOKENS = Operation(
    "GET", "/api/v1/agents/bootstrap-tokens", LiveTokenView, query=ListBootstrapTokensQuery, is_list=True
)
END_BOOTSTRAP_TOKEN = Operation("DELETE", "/api/v1/agents/bootstrap-tokens/{token_id}", type(None))
LIST_ISSUER_TYPES = Operation("GET", "/api/v1/issuer-types", IssuerTypesView)
LIST_TARGET_TYPES = Operation("GET", "/api/v1/target-types", TargetTypesView)
TEST_ISSUER = Operation("POST", "/api/v1/issuers/{issuer_id}/test", TestView, is_idempotent=True)
TEST_TARGET = Operation("POST", "/api/v1/targets/{target_id}/test", TestView, is_idempotent=True)
LIST_CERTIFICATES_OF_TARGET = Operation(
    "GET",
    "/api/v1/targets/{target_id}/certificates",
    CertificateView,
    query=ListCertificatesOfTargetQuery,
    is_list=True,
)
PREVIEW_POLICY = Operation(
    "POST", "/api/v1/policies/preview", PolicyPreviewView, body=PolicyPreviewBody, is_idempotent=True
)
PREVIEW_TEAM_NAMES = Operation(
    "POST",
    "/api/v1/teams/{team_id}/names/preview",
    NamesPreviewView,
    body=NamesPreviewBody,
    is_idempotent=True,
)
PREVIEW_TRUST_RULE = Operation(
    "POST",
    "/api/v1/auth/trust-rules/{trust_rule_id}/preview",
    TrustPreviewView,
    body=TrustPreviewBody,
    is_idempotent=True,
)
PREVIEW_ACCESS = Operation(
    "POST", "/api/v1/auth/preview", AccessPreviewView, body=AccessPreviewBody, is_idempotent=True
)
LIST_VIOLATIONS = Operation(
    "GET", "/api/v1/violations", ViolationView, query=ListViolationsQuery, is_list=True
)
LIST_VIOLATIONS_OF_POLICY = Operation(
    "GET",
    "/api/v1/policies/{policy_id}/violations",
    ViolationView,
    query=ListViolationsQuery,
    is_list=True,
)
