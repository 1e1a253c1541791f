"""Sort orders of lists: each is one that an index has, at any size. `-` is descending."""

from enum import StrEnum


class CreationSort(StrEnum):
    NEWEST = "-created_at"
    OLDEST = "created_at"


class CertificateSort(StrEnum):
    """By expiry, the live certificates come first: issued, neither held nor ended. The others follow them in
    either direction: never issued, on hold, revoked, archived, each part with the last change first."""

    NEWEST = "-created_at"
    OLDEST = "created_at"
    SOONEST = "expires_at"
    LATEST = "-expires_at"

    @property
    def is_by_expiry(self) -> bool:
        return self in (CertificateSort.SOONEST, CertificateSort.LATEST)
