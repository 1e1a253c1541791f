"""Which revocations a caller lists."""

from dataclasses import dataclass
from datetime import datetime

from certctl.domain.errors import InvalidInput
from certctl.domain.filters import equals, given
from certctl.domain.revocation.reasons import REASON_CODES
from certctl.domain.revocation.revocations import Revocation

_OF_AUTHORITIES = frozenset({"issuer_id", "ca_id"})
_TIMES = frozenset({"since", "until"})


@dataclass(frozen=True, kw_only=True)
class RevocationFilter:
    """Every filter that is set must match. `since` is included, `until` is not: pages of days neither share
    a revocation nor lose one."""

    issuer_id: str | None = None
    ca_id: str | None = None
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def check(self) -> None:
        """Raises InvalidInput."""
        if self.reason is not None and self.reason not in REASON_CODES:
            raise InvalidInput.of("query.reason", f"must be one of {', '.join(REASON_CODES)}")
        if self.since and self.until and self.until <= self.since:
            raise InvalidInput.of("query.until", "must be after `since`")

    @property
    def is_of_rows(self) -> bool:
        """Whether rows have to be read to see which match: no index has reasons or times."""
        return not given(self).keys() <= _OF_AUTHORITIES

    def includes(self, issuer_id: str, ca_id: str) -> bool:
        return self.issuer_id in (None, issuer_id) and self.ca_id in (None, ca_id)

    def matches(self, row: Revocation) -> bool:
        if not equals(row, self, other_rules=_OF_AUTHORITIES | _TIMES):
            return False
        is_late = self.since is None or row.revoked_at >= self.since
        return is_late and (self.until is None or row.revoked_at < self.until)
