"""Signed requests to one ACME server, and the classification of its errors (RFC 8555 section 6)."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import requests
from acme import errors, messages
from acme.client import ClientNetwork
from josepy.errors import Error as JoseError
from josepy.jwa import ES256
from josepy.jwk import JWKEC

from certctl.connectors.address_guard import AddressGuard
from certctl.connectors.http.adapter import OutboundSession
from certctl.connectors.http.failures import FailureKind, HttpFailed
from certctl.connectors.http.timed_socket import Countdown
from certctl.connectors.issuers.acme.transport import StepAdapter
from certctl.connectors.issuers.base import STEP_SECONDS, IssuerUnavailable
from certctl.domain.issuing.external import allowed_wait

USER_AGENT = "certctl"
_LONGEST_TEXT = 400
_RATE_LIMIT_WAIT = timedelta(hours=1)
# Temporary problems (RFC 8555 section 6.7); any other would be returned for the same request again.
_PASSING = frozenset({"badNonce", "connection", "dns", "orderNotReady", "rateLimited", "serverInternal"})
_ANY = ""
"""Otherwise the library raises the same for any response that is not JSON."""
_RESOURCES = ("newNonce", "newAccount", "newOrder")
_FINAL_FAILURES = frozenset({FailureKind.REFUSED, FailureKind.REQUEST})


class Refused(Exception):
    """The server refused the request for good. `code` is the last part of the problem's type."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class Missing(Exception):
    """There is no such order or account: the server has lost it, or it has expired."""


class NoDirectory(IssuerUnavailable):
    """The directory's URL does not serve a directory (RFC 8555 section 7.1.1)."""


@dataclass(frozen=True)
class Answer:
    """`wait` is the server's Retry-After; None without one."""

    body: Mapping[str, Any]
    text: str
    location: str | None
    wait: timedelta | None


class EncodedPayload:
    """A payload with the interface that the library expects."""

    def __init__(self, payload: Mapping[str, Any]) -> None:
        self._payload = payload

    def json_dumps(self, **_: Any) -> str:
        return json.dumps(self._payload)


class AcmeSession:
    """One step's requests: all of them share STEP_SECONDS. `account_url` is set once it is known. `noted` is
    called after each request with the reason if the server did not respond as an ACME server, or None, also
    for a refusal."""

    def __init__(
        self,
        directory_url: str,
        guard: AddressGuard,
        ca_bundle: str | None,
        key: JWKEC,
        noted: Callable[[str | None], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        countdown = Countdown(STEP_SECONDS, monotonic)
        self._adapter = StepAdapter(guard, ca_bundle, countdown)
        self._directory_url = directory_url
        self._network = ClientNetwork(key, alg=ES256, user_agent=USER_AGENT)
        self._network.session = OutboundSession(self._adapter)  # closed with the network
        self._directory: messages.Directory | None = None
        self._noted = noted
        self.key = key

    def directory(self) -> messages.Directory:
        """Raises IssuerUnavailable, Refused."""
        if self._directory is None:
            try:
                self._directory = self._read_directory()
            except Missing as missing:
                raise IssuerUnavailable(f"the ACME server has no directory there: {missing}") from None
        return self._directory

    def _read_directory(self) -> messages.Directory:
        with self._understood():
            answer = self._network.get(self._directory_url, content_type=_ANY)
            return messages.Directory.from_json(_directory_in(answer))

    def use_account(self, url: str) -> None:
        """Requests are signed with its URL from here on (RFC 8555 section 6.2)."""
        self._network.account = messages.RegistrationResource(uri=url, body=messages.Registration())

    def post(self, url: str, payload: Mapping[str, Any] | None = None) -> Answer:
        """POST-as-GET without a payload. Raises IssuerUnavailable, Refused, Missing."""
        sent = None if payload is None else EncodedPayload(payload)
        with self._understood():
            response = self._network.post(url, sent, new_nonce_url=self.directory()["newNonce"])
            return self._answer(response)

    def get(self, url: str) -> Answer:
        """Unsigned. Raises as `post` does."""
        with self._understood():
            return self._answer(self._network.get(url))

    def _answer(self, response: requests.Response) -> Answer:
        body = response.json() if "json" in response.headers.get("content-type", "") else {}
        return Answer(body, response.text, response.headers.get("location"), self._wait())

    def _wait(self) -> timedelta | None:
        last = self._adapter.last  # which is false for an error
        return wait_of(None if last is None else last.headers.get("retry-after"), datetime.now(UTC))

    def _status(self) -> int:
        return 0 if self._adapter.last is None else self._adapter.last.status_code

    @contextmanager
    def _understood(self) -> Iterator[None]:
        try:
            yield
        except messages.Error as problem:
            said = self._refusal(problem)
            self._noted(str(said) if isinstance(said, IssuerUnavailable) else None)
            raise said from None
        except HttpFailed as failure:
            raise self._no_answer(_unreached(failure)) from None
        except NoDirectory as failure:
            raise self._no_answer(failure) from None
        except (errors.Error, JoseError, KeyError, ValueError) as error:
            raise self._no_answer(self._misunderstanding(error)) from None
        self._noted(None)

    def _no_answer(self, failure: Exception) -> Exception:
        self._noted(str(failure))
        return failure

    def _refusal(self, problem: messages.Error) -> Exception:
        code = str(problem.typ).rpartition(":")[2]
        said = f"{code}: {problem.detail or problem.title or 'no detail'}"[:_LONGEST_TEXT]
        if code == "accountDoesNotExist" or self._status() == HTTPStatus.NOT_FOUND:
            return Missing(said)
        if code == "rateLimited":
            return IssuerUnavailable(f"the ACME server said {said}", self._wait() or _RATE_LIMIT_WAIT)
        if code in _PASSING or self._status() >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return IssuerUnavailable(f"the ACME server said {said}", self._wait())
        return Refused(code, f"the ACME server said {said}")

    def _misunderstanding(self, error: Exception) -> Exception:
        """A response that is neither a problem document nor what was requested."""
        status = self._status()
        if status == HTTPStatus.NOT_FOUND:
            return Missing(f"HTTP {status}")
        if status < HTTPStatus.BAD_REQUEST:
            return IssuerUnavailable(f"the ACME server's answer is not understood ({type(error).__name__})")
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
            return IssuerUnavailable(f"the ACME server answered HTTP {status}", self._wait())
        return Refused(f"http-{status}", f"the ACME server answered HTTP {status}")


def _directory_in(answer: requests.Response) -> dict[str, Any]:
    """Raises NoDirectory."""
    try:
        found = answer.json()
    except ValueError:
        raise NoDirectory("the answer is not an ACME directory: it is not JSON") from None
    if not isinstance(found, dict):
        raise NoDirectory("the answer is not an ACME directory: it is not a JSON object")
    missing = [name for name in _RESOURCES if not isinstance(found.get(name), str)]
    if missing:
        raise NoDirectory(f"the answer is not an ACME directory: it lacks {', '.join(missing)}")
    return found


def _unreached(failure: HttpFailed) -> Exception:
    if failure.kind in _FINAL_FAILURES:
        return Refused("unreachable", f"the ACME server may not be called: {failure.detail}")
    return IssuerUnavailable(f"the ACME server: {failure.detail}")


def wait_of(header: str | None, now: datetime) -> timedelta | None:
    """Seconds from a Retry-After header: seconds, or a date (RFC 9110 section 10.2.3). Within
    `allowed_wait`."""
    if header is None:
        return None
    try:
        wait = timedelta(seconds=int(header)) if header.isdigit() else parsedate_to_datetime(header) - now
    except (ValueError, OverflowError, TypeError):
        return None
    return allowed_wait(wait)
