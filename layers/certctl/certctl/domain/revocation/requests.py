"""Requests for a revocation."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from certctl.domain.errors import InvalidInput
from certctl.domain.revocation.reasons import KEY_COMPROMISE, UNSPECIFIED

TICKET_PATTERN = r"[#A-Za-z0-9][!-~]{0,127}"
"""A ticket's number or URL. Not an `=` at its start, which spreadsheets would run."""

CLOCK_SLACK = timedelta(minutes=5)


def require_ticket(text: str | None) -> str | None:
    """Returns the text, or None without one. Raises InvalidInput."""
    if text is not None and not re.fullmatch(TICKET_PATTERN, text):
        allowed = "1 to 128 visible ASCII characters without spaces, the first a letter, a digit or #"
        raise InvalidInput.of("ticket", f"must be {allowed}")
    return text


def require_past(invalidity_date: datetime | None, now: datetime) -> None:
    """Raises InvalidInput: a key's compromise cannot be known in advance."""
    if invalidity_date is not None and invalidity_date > now + CLOCK_SLACK:
        why = f"lies in the future: {CLOCK_SLACK.seconds // 60} minutes are allowed for clocks that differ"
        raise InvalidInput.of("invalidity_date", why)


@dataclass(frozen=True)
class RevocationRequest:
    """A request: the reason; since when the key must not be trusted (RFC 5280 section 5.3.2); the bulk job,
    if any; and the revision that the caller read, if it names one."""

    reason: str
    invalidity_date: datetime | None = None
    job_id: str | None = None
    expected_revision: int | None = None
    ticket: str | None = None
    """The ticket that asks for it (`require_ticket`)."""
    shown: Mapping[str, str] = field(default_factory=dict)
    """Further details of its event."""
    blocks_keys: bool = True
    """Whether a compromise puts the keys on the list of compromised ones: an ACME account shows no private
    key, so that its word revokes its own certificate, and nobody else's."""

    @property
    def reason_for_keys(self) -> str:
        """The reason by which the keys are refused or not."""
        return UNSPECIFIED if self.reason == KEY_COMPROMISE and not self.blocks_keys else self.reason
