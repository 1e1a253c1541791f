"""The CRLs that PKI hosts serve, as a relying party sees them."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from certctl.connectors.relying_party import RelyingParty
from certctl.crypto.pem import load_certificate
from certctl.crypto.status.crl import CrlInvalid, CrlSummary, inspect_crl, require_scope
from certctl.domain.authorities.authorities import Authority, CrlShard
from certctl.domain.authorities.crl_scopes import scope_of
from certctl.domain.status.looks import DueRevocation
from certctl.observability import logger

_KEPT_BYTES = 2 * 1024 * 1024
_KEPT = 128


@dataclass(frozen=True)
class ServedCrl:
    """A verified CRL, and when it was last served. `sha256`: of its body."""

    etag: str | None
    sha256: str
    served_at: datetime
    summary: CrlSummary

    def lists(self, due: Mapping[str, DueRevocation]) -> list[str]:
        """The serials of those that the CRL lists, found in one pass. An entry of an earlier date is that of
        a hold which has been withdrawn since."""
        dates = self.summary.listing.dates_of(due)
        return [serial for serial, date in dates.items() if due[serial].is_shown_by(date)]


@dataclass(frozen=True)
class WatchedCrls:
    """Keeps what it fetched, for conditional GETs: 128 CRLs of 2 MB at most."""

    party: RelyingParty
    now: Callable[[], datetime]
    _kept: dict[str, ServedCrl] = field(default_factory=dict, init=False)

    def fetch(self, authority: Authority, shard: CrlShard) -> ServedCrl:
        """Raises NotFetched, and CrlInvalid unless it is current, signed by the CA and for this URL."""
        kept = self._kept.get(shard.url)
        fetched = self.party.fetch(shard.url, kept.etag if kept else None)
        if kept is not None and fetched.body is None:
            served = replace(kept, served_at=self.now())
            _require_current(served)
            return served
        body = fetched.body or b""
        summary = inspect_crl(body, load_certificate(authority.certificate_pem))
        served = ServedCrl(fetched.etag, hashlib.sha256(body).hexdigest(), self.now(), summary)
        require_scope(summary, scope_of(authority, shard), shard.url)
        _require_current(served)
        if kept is not None and summary.number < kept.summary.number:
            logger.warning("a CRL is served whose number fell", extra={"crl_url": shard.url})
        self._keep(shard.url, served, len(body))
        return served

    def _keep(self, url: str, served: ServedCrl, size: int) -> None:
        self._kept.pop(url, None)
        if served.etag and size <= _KEPT_BYTES:
            self._kept[url] = served
        if len(self._kept) > _KEPT:
            self._kept.pop(next(iter(self._kept)))


def _require_current(served: ServedCrl) -> None:
    if served.summary.next_update <= served.served_at:
        raise CrlInvalid("the CRL has expired")
