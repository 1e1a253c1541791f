"""What relying parties learn of a serial."""

from enum import StrEnum


class CertificateStatus(StrEnum):
    """Unknown: no CA of the issuer that may have unexpired leaves issued the serial."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
