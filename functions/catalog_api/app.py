"""Configuration records; API keys to begin with."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from certctl import bootstrap
from certctl.api.api_key_schemas import (
    ApiKeyView,
    MintedKeyView,
    NewApiKeyBody,
    api_key_view,
)
from certctl.api.idempotency import Replay
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PageView, PerPage, decode_cursor, page_view
from certctl.api.resolver import Api, no_content
from certctl.domain.permissions import Permission

api = Api(bootstrap.api_services)


@api.get("/api/v1/api-keys", Permission.API_KEYS, summary="List API keys", tags=["api-keys"])
def list_api_keys(per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None) -> PageView[ApiKeyView]:
    position = decode_cursor(cursor, "before")
    page = bootstrap.api_keys().page(api.caller, position["before"] if position else None, per_page)
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
    minted = bootstrap.api_keys().create(api.caller, body.parsed())
    return MintedKeyView(**api_key_view(minted.key), key=minted.text)


@api.get("/api/v1/api-keys/<key_id>", Permission.API_KEYS, summary="Read an API key", tags=["api-keys"])
def get_api_key(key_id: str) -> ApiKeyView:
    return api_key_view(bootstrap.api_keys().get(api.caller, key_id))


@api.delete(
    "/api/v1/api-keys/<key_id>",
    Permission.API_KEYS,
    summary="Revoke an API key",
    tags=["api-keys"],
    status_code=204,
)
def revoke_api_key(key_id: str) -> Response[None]:
    bootstrap.api_keys().revoke(api.caller, key_id)
    return no_content()


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return api.handle(event, context)
