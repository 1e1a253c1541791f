"""Exchanges of tokens, and what a trust rule says of one."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from certctl.api.access.token_schemas import (
    BODY_LIMIT,
    TokenRequestBody,
    TokenView,
    TrustPreviewBody,
    TrustPreviewView,
    preview_view,
    token_error,
    token_view,
)
from certctl.api.resolver import Api
from certctl.domain.access.permissions import Permission

if TYPE_CHECKING:
    from certctl.services.access.exchanges import TokenExchange


def add_exchange_routes(api: Api, exchange: "Callable[[], TokenExchange]") -> None:
    @api.post_form(
        "/api/v1/auth/token",
        token_error,
        BODY_LIMIT,
        summary="Exchange a token of an identity provider for a credential of a service account",
        tags=["auth"],
    )
    def exchange_token(body: TokenRequestBody) -> TokenView:
        body.check()
        return token_view(exchange().exchange(body.client_id, body.assertion))

    @api.post(
        "/api/v1/auth/trust-rules/<trust_rule_id>/preview",
        Permission.TRUST_RULES_WRITE,
        summary="Check a token, or claims, against a trust rule",
        tags=["auth"],
    )
    def preview_trust_rule(trust_rule_id: str, body: TrustPreviewBody) -> TrustPreviewView:
        body.check()
        return preview_view(exchange().preview(trust_rule_id, body.token, body.claims))
