"""OCSP: how long answers and the certificates of responders are valid (RFC 6960, 9919)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

ANSWERED_AFTER_END = timedelta(days=7)
"""After that an expired certificate is nobody's: CRLs have dropped it as well."""

RESPONDER_VALIDITY = timedelta(hours=72)
"""Renewed after 24 hours, so that 48 are left, twice what an answer may last."""
RESPONDER_LATE_WITH = timedelta(hours=24)
ROOT_RESPONDER_LATE_WITH = timedelta(days=5)
"""The time before the end of the root's responder at which renewals have failed for days."""
ROOT_RESPONDER_VALIDITY = timedelta(days=10)
RESPONDER_BACKDATED = timedelta(hours=1)
RESPONDER_RENEWED_AFTER = timedelta(hours=24)
"""A leaked key of a responder cannot be revoked, it only runs out."""
RESPONDER_SERIAL_KEPT = timedelta(days=30)
"""After the end of its certificate: one more each day and CA would stay for good."""


@dataclass(frozen=True)
class StoredResponder:
    """`certificate`: DER. `wrapped_key`: its key (PKCS #8), encrypted by KMS for this stack and CA."""

    ca_id: str
    serial_number: str
    certificate: bytes
    wrapped_key: bytes
    made_at: datetime
    not_after: datetime

    def is_due(self, now: datetime) -> bool:
        return now >= self.made_at + RESPONDER_RENEWED_AFTER


RESPONDER_CERTIFICATE = "(ocsp-responder)"
"""The text in the row of a responder's serial, in place of a certificate's id and its job's: neither has this
id."""


@dataclass(frozen=True)
class StoredSerial:
    """`is_issued` is false for a serial that was only reserved, or abandoned. `is_responder`: of an OCSP
    responder's certificate."""

    crl_shard: str
    not_after: datetime
    is_issued: bool
    is_responder: bool = False


@dataclass(frozen=True)
class StoredCa:
    """A CA that is not retired. `all_revoked_at`: since when OCSP calls all its certificates revoked."""

    all_revoked_at: datetime | None = None


@dataclass(frozen=True)
class StoredRevocation:
    """`reason`: a key of `REASON_CODES`."""

    revoked_at: datetime
    reason: str
    not_after: datetime


def answer_ends(produced_at: datetime, validity: timedelta, responder_ends: datetime) -> datetime:
    """nextUpdate: no answer outlives the certificate that signed it."""
    return min(produced_at + validity, responder_ends)


def is_forgotten(not_after: datetime, now: datetime) -> bool:
    """Whether the certificate expired so long ago that nobody answers for it."""
    return now > not_after + ANSWERED_AFTER_END
