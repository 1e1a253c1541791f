"""Records the contacts with external issuers, for the API."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from certctl.domain.issuing.failures import shown
from certctl.observability import logger
from certctl.store.catalog.issuer_health import IssuerContactStore

_PAUSE = timedelta(seconds=60)


@dataclass(frozen=True)
class IssuerHealth:
    """Best effort, and at most once a minute per process while an issuer's state stays the same."""

    store: IssuerContactStore
    now: Callable[[], datetime]
    _noted: dict[str, tuple[bool, datetime]] = field(default_factory=dict, init=False)

    def record(self, issuer_id: str, error: str | None) -> None:
        """`error` is None if it responded. Never raises: a job must not fail because of this record."""
        now, is_good = self.now(), error is None
        if self._is_known(issuer_id, is_good, now):
            return
        self._noted[issuer_id] = is_good, now
        try:
            if error is None:
                self.store.record_success(issuer_id, now)
            else:
                self.store.record_failure(issuer_id, shown(error), now)
        except Exception:
            about = {"issuer_id": issuer_id}
            logger.warning("an issuer's contact was not recorded", extra=about, exc_info=True)

    def _is_known(self, issuer_id: str, is_good: bool, now: datetime) -> bool:
        was_good, noted_at = self._noted.get(issuer_id, (not is_good, now))
        return was_good is is_good and now < noted_at + _PAUSE
