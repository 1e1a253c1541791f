"""Orders that lists can be asked for: each is one that an index has, at any size. `-` is descending."""

from enum import StrEnum


class CreationSort(StrEnum):
    NEWEST = "-created_at"
    OLDEST = "created_at"


class CertificateSort(StrEnum):
    """By expiry there are live certificates only: those that are issued and neither held nor ended."""

    NEWEST = "-created_at"
    OLDEST = "created_at"
    SOONEST = "expires_at"
    LATEST = "-expires_at"

    @property
    def is_by_expiry(self) -> bool:
        return self in (CertificateSort.SOONEST, CertificateSort.LATEST)
