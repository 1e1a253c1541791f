"""Credentials for tokens, codes and other credentials, their end, and what a trust rule says of a token."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler import Response

from certctl.api.identity.token_schemas import (
    BODY_LIMIT,
    RevocationBody,
    TokenRequestBody,
    TokenView,
    TrustPreviewBody,
    TrustPreviewView,
    UnsavedTrustPreviewBody,
    child_token_view,
    preview_view,
    session_token_view,
    token_error,
    token_view,
)
from certctl.api.request import OPEN_BODY_LIMIT
from certctl.api.resolver import Api
from certctl.domain.access.permissions import Permission
from certctl.domain.errors import GrantRefused
from certctl.domain.identity.exchanged_tokens import (
    AUTHORIZATION_CODE,
    JWT_BEARER,
    TOKEN_EXCHANGE,
    GrantError,
)

if TYPE_CHECKING:
    from certctl.services.identity.child_tokens import ChildTokens
    from certctl.services.identity.command_lines import CommandLines
    from certctl.services.identity.credential_revocation import CredentialRevocation
    from certctl.services.identity.exchanges import TokenExchange


def add_token_route(
    api: Api,
    exchange: "Callable[[], TokenExchange]",
    command_lines: "Callable[[], CommandLines]",
    child_tokens: "Callable[[], ChildTokens]",
) -> None:
    def of_assertion(body: TokenRequestBody) -> TokenView:
        return token_view(exchange().exchange(body.required("client_id"), body.required("assertion")))

    def of_code(body: TokenRequestBody) -> TokenView:
        code, verifier = body.required("code"), body.required("code_verifier")
        return session_token_view(command_lines().exchange(code, verifier, body.redirect_uri))

    def of_credential(body: TokenRequestBody) -> TokenView:
        text, limits = body.required("subject_token"), body.limits()
        return child_token_view(child_tokens().issue(text, limits))

    grants = {JWT_BEARER: of_assertion, AUTHORIZATION_CODE: of_code, TOKEN_EXCHANGE: of_credential}

    @api.post_form(
        "/api/v1/auth/token",
        token_error,
        BODY_LIMIT,
        summary="Exchange a token of an identity provider, a code, or a credential for a credential",
        tags=["auth"],
    )
    def exchange_token(body: TokenRequestBody) -> TokenView:
        grant = grants.get(body.grant_type)
        if grant is None:
            raise GrantRefused(
                GrantError.UNSUPPORTED_GRANT_TYPE, f"grant_type must be one of {', '.join(grants)}."
            )
        return grant(body)


def add_revocation_route(api: Api, revocation: "Callable[[], CredentialRevocation]") -> None:
    @api.post_form(
        "/api/v1/auth/revoke",
        token_error,
        OPEN_BODY_LIMIT,
        summary="End a credential that you hold or found",
        tags=["auth"],
    )
    def revoke_credential(body: RevocationBody) -> Response[None]:
        if body.reason == "leaked":
            revocation().revoke_leaked(body.token)
        else:
            revocation().revoke(body.token)
        return Response(status_code=200)


def add_trust_preview_route(api: Api, exchange: "Callable[[], TokenExchange]") -> None:
    @api.post(
        "/api/v1/auth/trust-rules/<trust_rule_id>/preview",
        Permission.TRUST_RULES_WRITE,
        summary="Check a token, or claims, against a trust rule",
        tags=["auth"],
    )
    def preview_trust_rule(trust_rule_id: str, body: TrustPreviewBody) -> TrustPreviewView:
        body.check()
        return preview_view(exchange().preview(api.caller, trust_rule_id, body.token, body.claims))

    @api.post(
        "/api/v1/auth/trust-rules/preview",
        Permission.TRUST_RULES_WRITE,
        summary="Check a token, or claims, against a trust rule that is not saved",
        tags=["auth"],
    )
    def preview_unsaved_trust_rule(body: UnsavedTrustPreviewBody) -> TrustPreviewView:
        body.check()
        rule = body.rule.content(None)
        return preview_view(exchange().preview_unsaved(api.caller, rule, body.token, body.claims))
