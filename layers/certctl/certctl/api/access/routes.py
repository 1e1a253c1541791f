"""Routes that list, make and revoke API keys."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Literal

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
from certctl.api.idempotency import Replay
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PageView, PerPage, decode_cursor, page_view
from certctl.api.resolver import Api, no_content
from certctl.domain.access.permissions import Permission
from certctl.domain.errors import InvalidInput

if TYPE_CHECKING:
    from certctl.services.access.api_keys import ApiKeys

_KEYS = "/api/v1/api-keys"
_ONE = f"{_KEYS}/<key_id>"
_TAGS = ["api-keys"]
_Reason = Annotated[
    Literal["leaked"] | None,
    Query(description="leaked: ends its successor, too, and all keys that it ever made."),
]
_Subject = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=64,
        description="Of this service account or user: those that were not revoked.",
    ),
]

_Maker = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=64,
        description="Live keys that this user made for others, directly or through other keys. They work on "
        "while the user is disabled.",
    ),
]


def add_api_key_routes(api: Api, api_keys: "Callable[[], ApiKeys]") -> None:
    """A key is shown as text once, when it is made."""

    @api.get(_KEYS, Permission.API_KEYS, summary="List API keys", tags=_TAGS)
    def list_api_keys(
        subject_id: _Subject = None,
        maker_id: _Maker = None,
        per_page: PerPage = DEFAULT_PER_PAGE,
        cursor: Cursor = None,
    ) -> PageView[ApiKeyView]:
        position = decode_cursor(cursor, "before")
        before = position["before"] if position else None
        if subject_id is not None and maker_id is not None:
            raise InvalidInput.of("query.maker_id", "cannot be given with subject_id")
        if maker_id is not None:
            page = api_keys().page_made_by(api.caller, maker_id, before, per_page)
        elif subject_id is not None:
            page = api_keys().page_of(api.caller, subject_id, before, per_page)
        else:
            page = api_keys().page(api.caller, before, per_page)
        following = {"before": page.next_before} if page.next_before else None
        asleep = api_keys().asleep(page.keys)
        return page_view([api_key_view(key, asleep) for key in page.keys], following, per_page)

    @api.post(
        _KEYS,
        Permission.API_KEYS,
        Replay.REFUSAL,
        summary="Make an API key",
        tags=_TAGS,
        status_code=201,
    )
    def create_api_key(body: NewApiKeyBody) -> MintedKeyView:
        minted = api_keys().create(api.caller, body.parsed())
        view = api_key_view(minted.key, api_keys().asleep([minted.key]))
        return MintedKeyView(**view, key=minted.text)

    @api.get(
        f"{_KEYS}/self",
        Permission.API_KEYS,
        summary="Read the key that asks, and what it may do",
        tags=_TAGS,
    )
    def get_own_api_key() -> OwnKeyView:
        return own_key_view(api_keys().own(api.caller), api.caller)

    @api.get(_ONE, Permission.API_KEYS, summary="Read an API key", tags=_TAGS)
    def get_api_key(key_id: str) -> ApiKeyView:
        key = api_keys().get(api.caller, key_id)
        return api_key_view(key, api_keys().asleep([key]))

    @api.delete(_ONE, Permission.API_KEYS, summary="Revoke an API key", tags=_TAGS, status_code=204)
    def revoke_api_key(key_id: str, reason: _Reason = None) -> Response[None]:
        if reason == "leaked":
            api_keys().revoke_leaked(api.caller, key_id)
        else:
            api_keys().revoke(api.caller, key_id)
        return no_content()
