"""The kinds of catalog records on the wire."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from certctl.api.catalog import bodies, views
from certctl.api.catalog.access_rule_schemas import AccessRuleBody, AccessRuleView
from certctl.api.catalog.account_schemas import (
    ServiceAccountBody,
    ServiceAccountView,
    UserBody,
    UserView,
)
from certctl.api.catalog.routes import CatalogRoutes, Resource
from certctl.api.catalog.trust_schemas import IdentityProviderBody, TrustRuleBody
from certctl.api.catalog.trust_views import IdentityProviderView, TrustRuleView
from certctl.api.published import IssuerTypeName, TargetTypeName
from certctl.api.resolver import Api
from certctl.domain.agents.polls import AgentStatus
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.policies.policy_types import PolicyType

if TYPE_CHECKING:
    from certctl.services.catalog.reading import CatalogReading
    from certctl.services.catalog.records import Catalog

_TEAM = Annotated[str | None, Query(max_length=64, description="Of this team.")]
_AGENT = Annotated[str | None, Query(max_length=64, description="Of this agent.")]
_ACCOUNT = Annotated[str | None, Query(max_length=64, description="That lead to this service account.")]
_ENROLLER = Annotated[
    str | None,
    Query(max_length=64, description="That this key or session made, or a bootstrap token of it."),
]
_WRITER = Annotated[
    str | None,
    Query(max_length=64, description="That this user wrote, directly or by a key that the user made."),
]

ISSUERS = Resource(
    Kind.ISSUER, "issuers", bodies.IssuerBody, views.IssuerView, {"type": IssuerTypeName | None}
)
TARGETS = Resource(
    Kind.TARGET,
    "targets",
    bodies.TargetBody,
    views.TargetView,
    {"type": TargetTypeName | None, "team_id": _TEAM, "agent_id": _AGENT},
)
OWNERS = Resource(Kind.OWNER, "owners", bodies.OwnerBody, views.OwnerView, {"team_id": _TEAM})
TEAMS = Resource(Kind.TEAM, "teams", bodies.TeamBody, views.TeamView, {})
POLICIES = Resource(Kind.POLICY, "policies", bodies.PolicyBody, views.PolicyView, {"type": PolicyType | None})
PROFILES = Resource(Kind.PROFILE, "profiles", bodies.ProfileBody, views.ProfileView, {})
RENEWAL_POLICIES = Resource(
    Kind.RENEWAL_POLICY, "renewal-policies", bodies.RenewalPolicyBody, views.RenewalPolicyView, {}
)
AGENTS = Resource(
    Kind.AGENT,
    "agents",
    bodies.AgentBody,
    views.AgentView,
    {"team_id": _TEAM, "status": AgentStatus | None, "enrolled_by": _ENROLLER},
)
IDENTITY_PROVIDERS = Resource(
    Kind.IDENTITY_PROVIDER, "identity-providers", IdentityProviderBody, IdentityProviderView, {}
)
TRUST_RULES = Resource(
    Kind.TRUST_RULE,
    "trust-rules",
    TrustRuleBody,
    TrustRuleView,
    {"service_account_id": _ACCOUNT, "written_by": _WRITER},
)
ACCESS_RULES = Resource(Kind.ACCESS_RULE, "access-rules", AccessRuleBody, AccessRuleView, {})
SERVICE_ACCOUNTS = Resource(
    Kind.SERVICE_ACCOUNT, "service-accounts", ServiceAccountBody, ServiceAccountView, {"team_id": _TEAM}
)
USERS = Resource(Kind.USER, "users", UserBody, UserView, {})
PLAIN = (
    ISSUERS,
    TARGETS,
    OWNERS,
    TEAMS,
    POLICIES,
    PROFILES,
    RENEWAL_POLICIES,
    IDENTITY_PROVIDERS,
    TRUST_RULES,
    ACCESS_RULES,
    SERVICE_ACCOUNTS,
    USERS,
)
"""The kinds with the common routes; agents are created and deleted with their keys."""


def add_record_routes(
    api: Api,
    reading: "Callable[[], CatalogReading]",
    catalog: "Callable[[], Catalog]",
    now: Callable[[], datetime],
) -> None:
    routes = CatalogRoutes(api, reading, catalog, now)
    for resource in PLAIN:
        routes.add_all(resource)
    routes.add_reading(AGENTS)
    routes.add_editing(AGENTS)
