"""Sort orders of lists: each is one that an index has, at any size. `-` is descending."""

from enum import StrEnum


class CreationSort(StrEnum):
    NEWEST = "-created_at"
    OLDEST = "created_at"


class CertificateSort(StrEnum):
    """By expiry only live certificates are listed: issued, neither held nor ended."""

    NEWEST = "-created_at"
    OLDEST = "created_at"
    SOONEST = "expires_at"
    LATEST = "-expires_at"

    @property
    def is_by_expiry(self) -> bool:
        return self in (CertificateSort.SOONEST, CertificateSort.LATEST)
