"""The consent to a command line: a code that it exchanges for a session."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypedDict
from urllib.parse import urlencode

from pydantic import BaseModel, Field

from certctl.api.records import STRICT
from certctl.api.resolver import Api
from certctl.domain.access.permissions import Permission
from certctl.domain.identity.login_codes import CHALLENGE
from certctl.domain.times import to_wire

if TYPE_CHECKING:
    from certctl.services.identity.command_lines import CommandLines, MintedCode


class LoginCodeBody(BaseModel):
    """`code_challenge` is S256 of the command line's secret (RFC 7636), `state` what its answer must carry.
    `redirect_uri` is `http://127.0.0.1:PORT/`; without one the user pastes the code, and the session is never
    an administrator's."""

    model_config = STRICT

    code_challenge: Annotated[str, Field(pattern=CHALLENGE)]
    state: Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9._~-]+$")]
    redirect_uri: Annotated[str, Field(max_length=64)] | None = None


class LoginCodeView(TypedDict):
    """`code` works once, until `expires_at`, and is shown in this response only. `redirect_to` is where the
    browser brings it; null for a code that the user pastes."""

    code: str
    redirect_to: str | None
    expires_at: str


def add_code_routes(api: Api, command_lines: "Callable[[], CommandLines]") -> None:
    @api.post(
        "/api/v1/auth/codes",
        Permission.API_KEYS,
        summary="Consent to a command line: make a code that it exchanges for a session",
        tags=["auth"],
        status_code=201,
    )
    def create_login_code(body: LoginCodeBody) -> LoginCodeView:
        minted = command_lines().consent(api.caller, body.code_challenge, body.redirect_uri)
        return _view(minted, body.state)


def _view(minted: "MintedCode", state: str) -> LoginCodeView:
    uri = minted.code.redirect_uri
    query = urlencode({"code": minted.text, "state": state})
    return LoginCodeView(
        code=minted.text,
        redirect_to=f"{uri}?{query}" if uri else None,
        expires_at=to_wire(minted.code.expires_at),
    )
