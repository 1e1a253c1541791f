"""Routes of bootstrap tokens, by which agents register themselves."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler import Response

from certctl.api.agents.token_schemas import (
    BootstrapTokenBody,
    BootstrapTokenView,
    LiveTokenView,
    bootstrap_token_view,
    live_token_view,
)
from certctl.api.idempotency import Replay
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PageView, PerPage, decode_cursor, page_view
from certctl.api.resolver import Api, no_content
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import write_permission

if TYPE_CHECKING:
    from certctl.services.agents.registration import AgentRegistration

_TOKENS = "/api/v1/agents/bootstrap-tokens"
_TAGS = ["agents"]


def add_token_routes(api: Api, registration: "Callable[[], AgentRegistration]") -> None:
    """Callers who may write agents make tokens for them; a token is shown as text once."""

    @api.post(
        _TOKENS,
        write_permission(Kind.AGENT),
        Replay.REFUSAL,
        summary="Make a token by which one agent registers itself within an hour",
        tags=_TAGS,
        status_code=201,
    )
    def create_bootstrap_token(body: BootstrapTokenBody) -> BootstrapTokenView:
        minted = registration().create_token(api.caller, body.hostname_pattern, body.team_id)
        return bootstrap_token_view(minted)

    @api.get(
        _TOKENS,
        write_permission(Kind.AGENT),
        summary="List bootstrap tokens that nobody has used yet, newest first",
        tags=_TAGS,
    )
    def list_bootstrap_tokens(
        per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None
    ) -> PageView[LiveTokenView]:
        position = decode_cursor(cursor, "before")
        page = registration().tokens(api.caller, position["before"] if position else None, per_page)
        following = {"before": page.next_before} if page.next_before else None
        return page_view([live_token_view(token) for token in page.tokens], following, per_page)

    @api.delete(
        f"{_TOKENS}/<token_id>",
        write_permission(Kind.AGENT),
        summary="End a bootstrap token: no host registers with it any more",
        tags=_TAGS,
        status_code=204,
    )
    def end_bootstrap_token(token_id: str) -> Response[None]:
        registration().end_token(api.caller, token_id)
        return no_content()
