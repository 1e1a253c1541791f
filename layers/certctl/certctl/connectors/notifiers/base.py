"""The notifier protocol, and the conversion of providers' responses to outcomes."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

from certctl.connectors.address_guard import AddressGuard
from certctl.connectors.aws.event_buses import EventBuses
from certctl.connectors.aws.secrets import Secrets
from certctl.connectors.aws.services import Service
from certctl.connectors.http.adapter import HttpReply, OutboundHttp
from certctl.connectors.http.failures import FailureKind, HttpFailed
from certctl.domain.errors import InvalidInput
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.outcomes import Outcome, OutcomeKind

Clock = Callable[[], datetime]

_SECONDS = re.compile(r"[0-9]{1,9}")
_LONGEST_WAIT = 86_400.0
_RETRYABLE_STATUSES = (408, 425)
_FINAL_FAILURES = (FailureKind.REFUSED, FailureKind.REQUEST)
# RFC 9110 section 5.5: what every header can carry.
_KEY = re.compile(r"[!-~]+")
# Faults of a key or base URL that an administrator can repair.
_CONFIGURATION_FAULTS = {
    401: "the key is refused",
    402: "the plan does not allow it",
    403: "the key may not do this",
    404: "nothing at the base URL",
}


@dataclass(frozen=True)
class Providers:
    """The environment of notifiers, for one `stack`. `client` creates an AWS client by its service's name
    (`sns`)."""

    http: OutboundHttp
    secrets: Secrets
    guard: AddressGuard
    client: Callable[[Service], Any]
    stack: str
    buses: EventBuses = field(default_factory=EventBuses)


class Notifier(Protocol):
    """One channel. Every result of the provider is an outcome; nothing is raised for it."""

    def send(self, message: Message, deadline_seconds: float) -> Outcome:
        """One attempt, at most `deadline_seconds` of wall-clock time for the HTTP exchange."""
        ...


@dataclass(frozen=True)
class Post:
    """One prepared request. All of it may contain secrets."""

    url: str = field(repr=False)
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def json_bytes(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def read_key(secrets: Secrets, reference: str) -> str:
    """Raises DomainError if there is no key, or one that no header can carry."""
    key = secrets.read(reference, "channels")
    if not _KEY.fullmatch(key):
        raise InvalidInput("The secret is not a key: it has spaces or characters beyond ASCII.")
    return key


def utc_now() -> datetime:
    return datetime.now(UTC)


def unconfigured(detail: str) -> Outcome:
    """A channel whose configuration or secret cannot be read is retried: an administrator can repair it."""
    return Outcome(OutcomeKind.RETRYABLE, error=detail)


def outcome_of_failure(failure: HttpFailed) -> Outcome:
    kind = OutcomeKind.PERMANENT if failure.kind in _FINAL_FAILURES else OutcomeKind.RETRYABLE
    return Outcome(kind, error=f"{failure.kind}: {failure.detail}", duration_ms=failure.duration_ms)


def outcome_of_status(reply: HttpReply, now: datetime, code: str = "") -> Outcome:
    """The outcome that the status alone decides (Standard Webhooks 1.0): 2xx delivered, 410 gone, 429
    throttled, 408, 425 and 5xx retryable, the rest (redirects, which are not followed, among them) permanent.
    `code` is the provider's own code for the error, for the text only."""
    return outcome_of(kind_of_status(reply.status), reply, now, code)


def outcome_of(kind: OutcomeKind, reply: HttpReply, now: datetime, code: str = "") -> Outcome:
    """The body is never quoted: it is the provider's text and may repeat what was sent."""
    if kind is OutcomeKind.DELIVERED or kind is OutcomeKind.ACCEPTED:
        return Outcome(kind, reply.status, duration_ms=reply.duration_ms)
    error = f"HTTP {reply.status} {code}".rstrip()
    wait = retry_after(reply.headers.get("retry-after", ""), now)
    return Outcome(kind, reply.status, error, wait, reply.duration_ms)


def outcome_at_api(reply: HttpReply, now: datetime, code: str = "") -> Outcome:
    """The outcome at an API that takes a key and returns 202: the status decides, but a wrong key or base URL
    is retried, and so is a 2xx without the API's response (a proxy's page, for example)."""
    kind = kind_of_status(reply.status)
    if reply.status == 202:
        return outcome_of(OutcomeKind.ACCEPTED, reply, now)
    if kind is OutcomeKind.DELIVERED:
        return outcome_of(OutcomeKind.RETRYABLE, reply, now, "without 202")
    fault = _CONFIGURATION_FAULTS.get(reply.status)
    return outcome_of(OutcomeKind.RETRYABLE if fault else kind, reply, now, fault or code)


def kind_of_status(status: int) -> OutcomeKind:
    match status:
        case 410:
            return OutcomeKind.CHANNEL_GONE
        case 429:
            return OutcomeKind.THROTTLED
        case _ if 200 <= status < 300:
            return OutcomeKind.DELIVERED
        case _ if status in _RETRYABLE_STATUSES or status >= 500 or status < 200:
            return OutcomeKind.RETRYABLE
        case _:
            return OutcomeKind.PERMANENT


def retry_after(value: str, now: datetime) -> float | None:
    """RFC 9110 section 10.2.3: seconds, or an HTTP date. From 0 to a day; None if it is neither."""
    text = value.strip()
    if _SECONDS.fullmatch(text):
        return min(float(text), _LONGEST_WAIT)
    try:
        wait = (_as_utc(parsedate_to_datetime(text)) - now).total_seconds()
    except (ValueError, OverflowError):
        return None
    return min(max(wait, 0.0), _LONGEST_WAIT)


def _as_utc(moment: datetime) -> datetime:
    """An HTTP date is in GMT even if its zone is written `-0000`, which parses as no zone."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
