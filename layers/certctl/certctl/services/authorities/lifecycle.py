"""The lifecycle of issuing CAs: retired when their last CRL has expired, reported when their end is near."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from certctl.domain.audit.events import Actor
from certctl.domain.authorities.authorities import Authority
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.errors import Conflict
from certctl.domain.times import to_wire
from certctl.observability import logger
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.authorities.changes import AuthorityChanges
from certctl.store.catalog.records import CatalogStore
from certctl.store.policies.lifetimes import longest_lifetime
from certctl.unit_of_work.authorities import authority_resource
from certctl.unit_of_work.units import Units


@dataclass(frozen=True)
class CaLifecycleReport:
    """Ids of CAs: `ending` have less than twice the longest leaf lifetime left."""

    retired: tuple[str, ...]
    ending: tuple[str, ...]


@dataclass(frozen=True)
class CaLifecycle:
    units: Units
    authorities: AuthorityStore
    catalog: CatalogStore
    actor: Actor
    now: Callable[[], datetime]

    @cached_property
    def _changes(self) -> AuthorityChanges:
        return AuthorityChanges(self.units.database)

    def run(self) -> CaLifecycleReport:
        """A few rows; idempotent, also concurrently. Raises Unavailable."""
        issuing = [a for a in self.authorities.all() if a.role == "issuing"]
        retired = tuple(a.ca_id for a in issuing if self._retired(a))
        active = [a for a in issuing if a.state is AuthorityState.ACTIVE]
        return CaLifecycleReport(retired, self._ending(active))

    def _retired(self, authority: Authority) -> bool:
        if authority.state is not AuthorityState.RETIRING:
            return False
        now = self.now()
        if not authority.is_done(self.authorities.shards(authority.ca_id), now):
            return False
        details = {"before": {"state": "retiring"}, "after": {"state": "retired"}}
        unit = self.units.begin(self.actor, authority.ca_id, now)
        unit.write(*self._changes.retire_steps(authority))
        unit.event("ca_retired", authority_resource(authority.ca_id), details)
        try:
            unit.commit()
        except Conflict:
            return False
        return True

    def _ending(self, active: list[Authority]) -> tuple[str, ...]:
        longest, now = longest_lifetime(self.catalog), self.now()
        ending = [a for a in active if a.is_near_its_end(longest, now)]
        for authority in ending:
            facts = {"ca_id": authority.ca_id, "issuer_id": authority.issuer_id}
            late = to_wire(authority.rotation_late_at(longest))
            logger.warning(f"the CA of {authority.issuer_id} is to be rotated by {late}", extra=facts)
        return tuple(a.ca_id for a in ending)
