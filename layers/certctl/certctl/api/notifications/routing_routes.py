"""Routes of routing rules and mutes."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import Response

from certctl.api.idempotency import Replay
from certctl.api.notifications.preview_schemas import (
    ABOUT_PREVIEW,
    RoutingPreviewBody,
    RoutingPreviewView,
    routing_preview_view,
)
from certctl.api.notifications.routing_schemas import (
    ABOUT_MUTES,
    ABOUT_RULES,
    TAKES_EFFECT,
    MuteView,
    NewMuteBody,
    RoutingRuleBody,
    RoutingRuleView,
    mute_view,
    routing_rule_view,
)
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PageView, PerPage, decode_cursor, page_view
from certctl.api.preconditions import expected_revision
from certctl.api.resolver import Api, no_content
from certctl.domain.access.permissions import Permission

if TYPE_CHECKING:
    from certctl.services.notifications.mutes import Mutes
    from certctl.services.notifications.previews import RoutingPreviews
    from certctl.services.notifications.routing_rules import RoutingRules

_RULES = "/api/v1/notifications/routing"
_RULE = f"{_RULES}/<rule_id>"
_MUTES = "/api/v1/notifications/mutes"
_TAGS = ["routing"]


def add_routing_rule_routes(api: Api, rules: "Callable[[], RoutingRules]") -> None:
    """The id of a rule has a colon, which clients may send encoded."""

    @api.get(_RULES, Permission.CHANNELS_READ, summary="List routing rules by id", tags=_TAGS)
    def list_routing_rules(
        per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None
    ) -> PageView[RoutingRuleView]:
        position = decode_cursor(cursor, "after")
        page = rules().page(position["after"] if position else None, per_page)
        after = {"after": page.next_after} if page.next_after else None
        return page_view([routing_rule_view(rule) for rule in page.rules], after, per_page, page.total)

    @api.get(_RULE, Permission.CHANNELS_READ, summary="Read a routing rule", tags=_TAGS)
    def get_routing_rule(rule_id: str) -> RoutingRuleView:
        rule = rules().get(unquote(rule_id))
        return api.at_revision(rule.revision, routing_rule_view(rule))

    @api.put(
        _RULE,
        Permission.CHANNELS_WRITE,
        summary="Make or replace a routing rule",
        description=ABOUT_RULES,
        tags=_TAGS,
    )
    def save_routing_rule(rule_id: str, body: RoutingRuleBody) -> RoutingRuleView:
        wanted = body.parsed(expected_revision(api.call.headers))
        saved = rules().save(api.caller, unquote(rule_id), wanted)
        return api.at_revision(saved.revision, routing_rule_view(saved))

    @api.delete(
        _RULE,
        Permission.CHANNELS_WRITE,
        summary="Delete a routing rule",
        description=TAKES_EFFECT,
        tags=_TAGS,
        status_code=204,
    )
    def delete_routing_rule(rule_id: str) -> Response[None]:
        rules().delete(api.caller, unquote(rule_id))
        return no_content()


def add_routing_preview_routes(
    api: Api, previews: "Callable[[], RoutingPreviews]", now: Callable[[], datetime]
) -> None:
    """Adds a preview, which changes nothing and sends nothing."""

    @api.post(
        f"{_RULES}/preview",
        Permission.NOTIFICATIONS_READ,
        summary="Preview where an alert would go",
        description=ABOUT_PREVIEW,
        tags=_TAGS,
    )
    def preview_routing(body: RoutingPreviewBody) -> RoutingPreviewView:
        return routing_preview_view(previews().preview(api.caller, body.parsed()), now())


def add_mute_routes(api: Api, mutes: "Callable[[], Mutes]", now: Callable[[], datetime]) -> None:
    """Callers mute what they may write."""

    @api.get(_MUTES, Permission.NOTIFICATIONS_READ, summary="List mutes that are not over", tags=_TAGS)
    def list_mutes(per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None) -> PageView[MuteView]:
        position, read_at = decode_cursor(cursor, "before"), now()
        page = mutes().page(api.caller, position["before"] if position else None, per_page)
        before = {"before": page.next_before} if page.next_before else None
        return page_view([mute_view(mute, read_at) for mute in page.mutes], before, per_page)

    @api.post(
        _MUTES,
        Permission.NOTIFICATIONS_WRITE,
        Replay.ANSWER,
        summary="Mute a certificate or a team",
        description=ABOUT_MUTES,
        tags=_TAGS,
        status_code=201,
    )
    def create_mute(body: NewMuteBody) -> MuteView:
        return mute_view(mutes().create(api.caller, body.parsed()), now())

    @api.delete(
        f"{_MUTES}/<mute_id>",
        Permission.NOTIFICATIONS_WRITE,
        summary="End a mute",
        description=TAKES_EFFECT,
        tags=_TAGS,
        status_code=204,
    )
    def end_mute(mute_id: str) -> Response[None]:
        mutes().end(api.caller, mute_id)
        return no_content()
