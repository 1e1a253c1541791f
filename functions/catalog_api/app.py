"""Configuration records: issuers, targets, owners, teams, policies, profiles, renewal policies, agents, and
API keys."""

from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from certctl.api.access.schemas import (
    ApiKeyView,
    MintedKeyView,
    NewApiKeyBody,
    OwnKeyView,
    api_key_view,
    own_key_view,
)
from certctl.api.agents.schemas import (
    BootstrapTokenBody,
    BootstrapTokenView,
    LiveTokenView,
    bootstrap_token_view,
    live_token_view,
)
from certctl.api.catalog.bodies import AgentBody, new_agent
from certctl.api.catalog.resources import AGENTS, ISSUERS, PLAIN, TARGETS
from certctl.api.catalog.routes import CatalogRoutes
from certctl.api.catalog.types import add_type_routes
from certctl.api.catalog.views import RegisteredAgentView, TestView, registered_agent_view, test_view
from certctl.api.certificates.schemas import CertificateView, certificate_view
from certctl.api.idempotency import Replay
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PageView, PerPage, decode_cursor, page_view
from certctl.api.policies.routes import add_violation_routes
from certctl.api.preconditions import expected_revision
from certctl.api.resolver import Api, no_content
from certctl.compose.catalog_api import CatalogApi
from certctl.domain.access.permissions import Permission
from certctl.domain.catalog.records import Kind, write_permission
from certctl.domain.errors import InvalidInput
from certctl.observability import with_context
from certctl.services.agents.agents import Retirement

services = CatalogApi()
api = Api(lambda: services.access.api_services, lambda: services.access.edge)
routes = CatalogRoutes(api, lambda: services.catalog, lambda: services.now())
for resource in PLAIN:
    routes.add_all(resource)
routes.add_reading(AGENTS)
routes.add_editing(AGENTS)
add_type_routes(api, lambda: services.catalog_kinds)
add_violation_routes(api, lambda: services.violations)

Force = Annotated[Literal["true"] | None, Query(description="Its targets lose it. Requires a reason.")]
Reason = Annotated[str | None, Query(min_length=1, max_length=256)]


@api.post(
    AGENTS.collection,
    write_permission(Kind.AGENT),
    Replay.REFUSAL,
    summary="Register an agent, with a key of its own",
    tags=AGENTS.tags,
    status_code=201,
)
def register_agent(body: AgentBody) -> RegisteredAgentView:
    registered = services.agents.register(api.caller, new_agent(body))
    view = registered_agent_view(registered.entry, registered.key_text, services.now())
    return api.at_revision(registered.entry.revision, view)


@api.post(
    f"{AGENTS.collection}/bootstrap-tokens",
    write_permission(Kind.AGENT),
    Replay.REFUSAL,
    summary="Make a token by which one agent registers itself within an hour",
    tags=AGENTS.tags,
    status_code=201,
)
def create_bootstrap_token(body: BootstrapTokenBody) -> BootstrapTokenView:
    registration = services.registration
    return bootstrap_token_view(registration.create_token(api.caller, body.hostname_pattern, body.team_id))


@api.get(
    f"{AGENTS.collection}/bootstrap-tokens",
    write_permission(Kind.AGENT),
    summary="List bootstrap tokens that nobody has used yet, newest first",
    tags=AGENTS.tags,
)
def list_bootstrap_tokens(
    per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None
) -> PageView[LiveTokenView]:
    position = decode_cursor(cursor, "before")
    page = services.registration.tokens(api.caller, position["before"] if position else None, per_page)
    following = {"before": page.next_before} if page.next_before else None
    return page_view([live_token_view(token) for token in page.tokens], following, per_page)


@api.delete(
    f"{AGENTS.collection}/bootstrap-tokens/<token_id>",
    write_permission(Kind.AGENT),
    summary="End a bootstrap token: no host registers with it any more",
    tags=AGENTS.tags,
    status_code=204,
)
def end_bootstrap_token(token_id: str) -> Response[None]:
    services.registration.end_token(api.caller, token_id)
    return no_content()


@api.delete(
    AGENTS.one,
    write_permission(Kind.AGENT),
    summary="Retire an agent: its keys are revoked",
    description="409 if targets name it, with their count, unless `force=true` and a `reason` are given.",
    tags=AGENTS.tags,
    status_code=204,
)
def retire_agent(agent_id: str, force: Force = None, reason: Reason = None) -> Response[None]:
    if (force is None) != (reason is None):
        raise InvalidInput.of("query.reason", "goes with force=true: give both or none")
    services.agents.retire(api.caller, agent_id, Retirement(reason, expected_revision(api.call.headers)))
    return no_content()


@api.post(f"{ISSUERS.one}/test", Permission.CATALOG_WRITE, summary="Test an issuer", tags=ISSUERS.tags)
def test_issuer(issuer_id: str) -> TestView:
    return test_view(services.tests.test_issuer(issuer_id))


@api.post(f"{TARGETS.one}/test", Permission.TARGETS_WRITE, summary="Test a target", tags=TARGETS.tags)
def test_target(target_id: str) -> TestView:
    return test_view(services.tests.test_target(api.caller, target_id))


@api.get(
    f"{TARGETS.one}/certificates",
    Permission.CERTIFICATES_READ,
    summary="List certificates that are deployed to a target",
    tags=TARGETS.tags,
)
def list_certificates_of_target(
    target_id: str, per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None
) -> PageView[CertificateView]:
    position = decode_cursor(cursor, "after")
    page = services.tests.certificates_of_target(
        api.caller, target_id, position["after"] if position else None, per_page
    )
    following = {"after": page.next_after} if page.next_after else None
    return page_view([certificate_view(c, services.now()) for c in page.certificates], following, per_page)


@api.get("/api/v1/api-keys", Permission.API_KEYS, summary="List API keys", tags=["api-keys"])
def list_api_keys(per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None) -> PageView[ApiKeyView]:
    position = decode_cursor(cursor, "before")
    page = services.api_keys.page(api.caller, position["before"] if position else None, per_page)
    following = {"before": page.next_before} if page.next_before else None
    return page_view([api_key_view(key) for key in page.keys], following, per_page)


@api.post(
    "/api/v1/api-keys",
    Permission.API_KEYS,
    Replay.REFUSAL,
    summary="Make an API key",
    tags=["api-keys"],
    status_code=201,
)
def create_api_key(body: NewApiKeyBody) -> MintedKeyView:
    minted = services.api_keys.create(api.caller, body.parsed())
    return MintedKeyView(**api_key_view(minted.key), key=minted.text)


@api.get(
    "/api/v1/api-keys/self",
    Permission.API_KEYS,
    summary="Read the key that asks, and what it may do",
    tags=["api-keys"],
)
def get_own_api_key() -> OwnKeyView:
    return own_key_view(services.api_keys.own(api.caller))


@api.get("/api/v1/api-keys/<key_id>", Permission.API_KEYS, summary="Read an API key", tags=["api-keys"])
def get_api_key(key_id: str) -> ApiKeyView:
    return api_key_view(services.api_keys.get(api.caller, key_id))


@api.delete(
    "/api/v1/api-keys/<key_id>",
    Permission.API_KEYS,
    summary="Revoke an API key",
    tags=["api-keys"],
    status_code=204,
)
def revoke_api_key(key_id: str) -> Response[None]:
    services.api_keys.revoke(api.caller, key_id)
    return no_content()


@with_context
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return api.handle(event, context)
