"""Gives revocation rows of earlier releases an end, so that they go once their certificate is long over."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.authorities.authorities import FIRST_SHARD
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.issuing.external_cas import external_ca_id
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.catalog.records import CatalogStore
from certctl.store.revocation.ends import RevocationEndStore

BUDGET = timedelta(seconds=30)
_PAGE = 100


@dataclass(frozen=True)
class GivenEnds:
    """The result of one run. Not `complete`: it ran out of time; the next run continues there."""

    complete: bool
    given: int


@dataclass(frozen=True)
class RevocationEnds:
    """Idempotent, also concurrently. Earlier releases had one shard for each CA; a CA that was seen to its
    end costs one read from then on."""

    authorities: AuthorityStore
    catalog: CatalogStore
    ends: RevocationEndStore
    now: Callable[[], datetime]
    at_once: int = _PAGE

    def give(self) -> GivenEnds:
        """Raises Unavailable."""
        ends_at, given = self.now() + BUDGET, 0
        for ca_id in self._ca_ids():
            start = self.ends.reached(ca_id, FIRST_SHARD)
            while start is not None:
                if self.now() >= ends_at:
                    return GivenEnds(False, given)
                page = self.ends.page(ca_id, FIRST_SHARD, start, self.at_once)
                for row in page.rows:
                    self.ends.end(ca_id, FIRST_SHARD, row)
                self.ends.keep(ca_id, FIRST_SHARD, page.next_start)
                given, start = given + len(page.rows), page.next_start
        return GivenEnds(True, given)

    def _ca_ids(self) -> Iterator[str]:
        """Roots, issuing CAs, retired ones, and what stands for the CA of an external issuer."""
        yield from (a.ca_id for a in [*self.authorities.all(), *self.authorities.retired()])
        after: str | None = ""
        while after is not None:
            page = self.catalog.page(Kind.ISSUER, after or None, _PAGE)
            yield from (external_ca_id(issuer.id) for issuer in page.entries)
            after = page.next_after
