"""Revocations of a certificate on the wire."""

from typing import TYPE_CHECKING, Annotated, TypedDict

from pydantic import BaseModel, Field

from certctl.api.records import STRICT, view_of
from certctl.api.times import Moment
from certctl.domain.revocation.reasons import UNSPECIFIED, require_reason
from certctl.domain.revocation.requests import TICKET_PATTERN, RevocationRequest

if TYPE_CHECKING:
    # not at import: it loads cryptography, which reads do not need
    from certctl.unit_of_work.revocation.decisions import Revoked

Ticket = Annotated[str, Field(pattern=f"^{TICKET_PATTERN}$")]
"""The ticket that asks for a change: it is kept with it, and in its audit event."""


class RevokeBody(BaseModel):
    """`reason` is one of the eight of RFC 5280 section 5.3.1 that are accepted."""

    model_config = STRICT

    reason: str = UNSPECIFIED
    invalidity_date: Moment | None = None
    ticket: Ticket | None = None

    def parsed(self) -> RevocationRequest:
        return RevocationRequest(require_reason(self.reason), self.invalidity_date, ticket=self.ticket)


class UnholdBody(BaseModel):
    """The ticket that asks for the end of a hold."""

    model_config = STRICT

    ticket: Ticket | None = None


class RevokedView(TypedDict):
    """`refused_keys`: SHA-256 of the public keys that no certificate is issued for from now on, for ever
    (keyCompromise) or until the hold ends; `more_keys_follow`: further ones are added within minutes.
    `unchecked_serial_numbers`: those of `serial_numbers` that have noRevAvail. The CRL lists them, but
    clients do not look, and accept them until they expire."""

    status: str
    serial_numbers: list[str]
    other_certificates: list[str]
    refused_keys: list[str]
    more_keys_follow: bool
    unchecked_serial_numbers: list[str]


class StatusView(TypedDict):
    status: str


def revoked_view(revoked: "Revoked") -> RevokedView:
    return view_of(RevokedView, revoked)
