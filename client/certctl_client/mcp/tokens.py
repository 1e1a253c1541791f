"""The token of an assistant: a child of the user's key or session, which is sent in exchanges only."""

import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress

from certctl_client.api.http import httpx
from certctl_client.api.resources import Stack
from certctl_client.api.transport import Api
from certctl_client.errors import CommandError, RequestFailed
from certctl_client.exit_codes import ExitCode
from certctl_client.output import say
from certctl_client.settings import Settings

_TOKEN = "certctl_tok_"  # noqa: S105  # what begins the text of one
_REFUSED, _UNKNOWN, _NO_ROUTE = 400, 401, 404
_STEP_UP = "insufficient_user_authentication"
"""RFC 9470: the token is valid, and another one would be refused, too."""
_SIGN_IN = "It is unknown, revoked or expired: run `certctl login`, or set CERTCTL_API_KEY."


class AssistantsToken(httpx.Auth):
    """Exchanges for a token at the first request, and again when that one has ended."""

    def __init__(self, settings: Settings, scope: str) -> None:
        self._settings = settings
        self._scope = scope
        self._text = ""
        self._lock = threading.Lock()

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        """Raises CommandError from the exchange."""
        text = self._current("")
        request.headers["Authorization"] = f"Bearer {text}"
        response = yield request
        if response.status_code == _UNKNOWN and _STEP_UP not in response.headers.get("WWW-Authenticate", ""):
            request.headers["Authorization"] = f"Bearer {self._current(text)}"
            yield request

    def end(self) -> None:
        """Ends the token if the server can be reached; otherwise it expires by itself."""
        if not self._text:
            return
        ended = Settings(self._settings.url, self._text, self._settings.ca_cert)
        with suppress(CommandError), Api(ended) as api:
            Stack(api).keys.end_session()

    def _current(self, unfit: str) -> str:
        """The current token, which is not `unfit`."""
        with self._lock:
            if self._text in ("", unfit):
                self._text = self._exchanged()
            return self._text

    def _exchanged(self) -> str:
        asking = Settings(self._settings.url, "", self._settings.ca_cert, self._settings.debug)
        try:
            with Api(asking) as api:
                return Stack(api).keys.child_of(self._settings.api_key, self._scope)["access_token"]
        except RequestFailed as refused:
            if refused.status == _NO_ROUTE:
                say("Warning: this stack is of an earlier release: the assistant's requests have your key.")
                return self._settings.api_key
            if refused.status == _REFUSED:
                raise CommandError("The API key is not valid.", _SIGN_IN, ExitCode.DENIED) from None
            raise


@contextmanager
def assistants_api(settings: Settings, may_write: bool) -> Iterator[Api]:
    """The API with the token, which ends with the block. A credential that is a token already, as a CI job
    has it, is used as it is."""
    if settings.api_key.startswith(_TOKEN):
        with Api(settings) as api:
            yield api
        return
    token = AssistantsToken(settings, "write" if may_write else "read")
    with Api(settings, auth=token) as api:
        try:
            yield api
        finally:
            token.end()
