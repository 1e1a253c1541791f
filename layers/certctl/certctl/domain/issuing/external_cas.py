"""What stands in place of a CA and its CRL for certificates of external issuers."""

from enum import StrEnum

_EXTERNAL_PREFIX = "ext."
EXTERNAL_SHARD = "0"
"""The text in place of a CRL shard's number."""


def external_ca_id(issuer_id: str) -> str:
    """Prefix of an external issuer in place of a CA id; local CAs are `ca-<ulid>`."""
    return f"{_EXTERNAL_PREFIX}{issuer_id}"


def is_external(ca_id: str) -> bool:
    """Whether the issuer publishes its revocations: they are in no CRL of ours."""
    return ca_id.startswith(_EXTERNAL_PREFIX)


class RevocationState(StrEnum):
    """The result of a revocation that an external issuer has to publish."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    FAILED = "failed"
