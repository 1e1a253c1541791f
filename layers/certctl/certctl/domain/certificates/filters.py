"""Which certificates a caller lists, and in which order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from certctl.domain.certificates.statuses import Status
from certctl.domain.errors import InvalidInput
from certctl.domain.filters import equals, given
from certctl.domain.sorting import CertificateSort

if TYPE_CHECKING:
    from certctl.domain.certificates.certificates import Certificate

_LONGEST_TEXT = 255
_KEYS = ("owner_id", "team_id", "issuer_id")
_RULED = frozenset(
    {"status", "name", "search", "renewal", "expires_before", "expires_after", "acme", "acme_eab_key"}
)
"""The filters that are not for equality with a field of the certificate."""
# The other statuses are on no index by creation, and too few to find among all.
_LASTING = (Status.ACTIVE, Status.RENEWAL_IN_PROGRESS)
_ON_EXPIRY_INDEX = (*_LASTING, Status.EXPIRING, Status.EXPIRED)


class RenewalFilter(StrEnum):
    """Certificates by what becomes of their renewal: `Certificate.has_stuck_renewal`; those that
    `domain.renewal.urgency` finds urgent; those in force whose renewal does not come by itself; and those
    whose ACME client has stopped renewing."""

    STUCK = "stuck"
    URGENT = "urgent"
    MANUAL = "manual"
    ACME_STOPPED = "acme_stopped"


@dataclass(frozen=True, kw_only=True)
class CertificateFilter:
    """Every filter that is set must match. `name` is a domain, with all names in it, or a full name whose
    first label may be cut; `search` is user input (see `domain.certificates.search`); `expires_before` and
    `expires_after`, both excluded, find live certificates."""

    status: Status | None = None
    # fields of certificate: filter
    environment: str | None = None
    owner_id: str | None = None
    team_id: str | None = None
    issuer_id: str | None = None
    certificate_profile_id: str | None = None
    # end of fields
    name: str | None = None
    search: str | None = None
    expires_before: datetime | None = None
    expires_after: datetime | None = None
    renewal: RenewalFilter | None = None
    acme: bool | None = None
    """Whether an ACME client renews it."""
    acme_eab_key: str | None = None

    @property
    def name_sought(self) -> str:
        """The name as it is stored: DNS names in lower case, addresses and URIs unchanged. Empty without a
        name."""
        text = (self.name or "").strip()
        return text if set(text) & set("@:/") else text.lower().strip(".")

    @property
    def passing_status(self) -> Status | None:
        """The status that chooses an index: a stuck renewal implies one."""
        return self.status or (Status.EXPIRING if self.renewal is RenewalFilter.STUCK else None)

    @property
    def is_of_live_ones(self) -> bool:
        """Whether it finds none but issued certificates that are neither held nor ended."""
        return not given(self).keys().isdisjoint({"status", "renewal", "expires_before", "expires_after"})

    def check(self) -> None:
        """Raises InvalidInput."""
        for field in _KEYS:
            text = getattr(self, field)
            if text is not None and not may_be_key(text):
                raise InvalidInput.of(f"query.{field}", f"1 to {_LONGEST_TEXT} printable ASCII characters")

    def check_order(self, sort: CertificateSort) -> None:
        """Raises InvalidInput for an order that no index has for these filters."""
        if self.name is not None:
            raise _no_order(sort, "name", "a search by name is in the order of names")
        if self.search is not None:
            raise _no_order(sort, "search", "a search is in the order of its matches")
        if sort.is_by_expiry:
            return self._check_status(sort, _ON_EXPIRY_INDEX, "these certificates are in no order of expiry")
        if given(self).keys() & _KEYS:
            return None
        if self.renewal is not None:
            raise _no_order(sort, f"renewal={self.renewal}", "sort by expires_at or -expires_at")
        if given(self).keys() & {"expires_before", "expires_after"}:
            raise _no_order(sort, "expires_before or expires_after", "sort by expires_at or -expires_at")
        return self._check_status(sort, _LASTING, "add owner_id, team_id or issuer_id")

    def _check_status(self, sort: CertificateSort, allowed: Sequence[Status], why: str) -> None:
        if self.status not in (None, *allowed):
            raise _no_order(sort, f"status={self.status}", f"{why}; status may be {', '.join(allowed)}")

    def matches(self, certificate: "Certificate", now: datetime) -> bool:
        """Except for name and search, which their indexes decide, and for urgency and renewal by itself or
        by a client, which `domain.renewal.urgency` decides."""
        if self.status is not None and certificate.status(now) is not self.status:
            return False
        if self.renewal is RenewalFilter.STUCK and not certificate.has_stuck_renewal(now):
            return False
        return (
            equals(certificate, self, other_rules=_RULED)
            and self._expires_in_time(certificate)
            and self._has_client(certificate)
        )

    def _has_client(self, certificate: "Certificate") -> bool:
        """Whether its ACME client is one that the filter asks for."""
        origin = certificate.acme
        if self.acme_eab_key is not None and (origin is None or origin.eab_key_id != self.acme_eab_key):
            return False
        return self.acme in (None, origin is not None)

    def _expires_in_time(self, certificate: "Certificate") -> bool:
        if self.expires_before is None and self.expires_after is None:
            return True
        ends_at = certificate.ends_at
        if ends_at is None:
            return False
        return (self.expires_after is None or ends_at > self.expires_after) and (
            self.expires_before is None or ends_at < self.expires_before
        )


def may_be_key(text: str) -> bool:
    """Whether an index may have it as a key."""
    return 0 < len(text) <= _LONGEST_TEXT and text.isascii() and text.isprintable()


def _no_order(sort: str, filters: str, instead: str) -> InvalidInput:
    return InvalidInput.of("query.sort", f"{sort} is not available with {filters}: {instead}")
