"""Gives observed certificates to teams and owners, by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from certctl.crypto.inventory.facts import Unreadable, parse
from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.audit.events import changes
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.certificates.defaults import DEFAULT_OWNER
from certctl.domain.errors import Conflict, FieldProblem, Forbidden, InvalidInput, NotFound
from certctl.domain.inventory.belonging import BelongingEdit
from certctl.domain.inventory.observed import ObservedCertificate
from certctl.domain.inventory.readers import reader_of
from certctl.domain.inventory.statuses import ObservedState
from certctl.domain.policies.name_limits import require_names
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.inventory.observed import ObservedStore
from certctl.unit_of_work.resources import Resource
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.units import Units

_WRITE = Permission.INVENTORY_WRITE


@dataclass(frozen=True)
class ObservedBelongings:
    units: Units
    observed: ObservedStore
    catalog: CachedCatalog
    now: Callable[[], datetime]

    @retry_on_conflict
    def change(self, caller: Principal, fingerprint: str, wanted: BelongingEdit) -> ObservedCertificate:
        """Raises NotFound for a certificate that the caller does not see, Forbidden for one of another team,
        Conflict for a managed one, InvalidInput for a team or an owner out of reach."""
        before, now = self._own(caller, fingerprint), self.now()
        if problems := self._problems(caller, wanted):
            raise InvalidInput("The change was refused.", problems)
        after = before.belonging_to(wanted.of(before.belonging))
        if after.belonging == before.belonging:
            return before
        unit = self.units.begin(caller.actor, fingerprint, now)
        unit.write(self.observed.save_step(before, after))
        resource = Resource("observed_certificate", fingerprint, after.team_id)
        unit.event("observed_certificate_changed", resource, changes(before.belonging, after.belonging))
        unit.commit()
        return after.saved()

    def _own(self, caller: Principal, fingerprint: str) -> ObservedCertificate:
        certificate = self.observed.get(fingerprint, consistent=True)
        if certificate is None or not reader_of(caller).sees(certificate):
            raise NotFound(f"There is no observed certificate {fingerprint}.")
        if not caller.reaches_team(_WRITE, certificate.team_id):
            raise Forbidden("The certificate is of another team, which alone may change it.")
        if certificate.state is ObservedState.MANAGED:
            raise Conflict("certctl manages the certificate: change its record.")
        if caller.names:
            self._require_names(caller, fingerprint)
        return certificate

    def _require_names(self, caller: Principal, fingerprint: str) -> None:
        """Raises Forbidden unless the names of the certificate are known, and the key may have them."""
        try:
            sans = parse(self.observed.der_of(fingerprint) or b"").sans
        except Unreadable:
            sans = ()
        if not sans:
            raise Forbidden("The names of the certificate are not known, and this key is limited by names.")
        require_names(caller.names, sans)

    def _problems(self, caller: Principal, wanted: BelongingEdit) -> list[FieldProblem]:
        team, owner = wanted.team_id, wanted.owner_id
        places = [(kind, given) for kind, given in ((Kind.TEAM, team), (Kind.OWNER, owner)) if given]
        found = self.catalog.find_many(places)
        problems = []
        if team and not (found.get((Kind.TEAM, team)) and caller.reaches_team(_WRITE, team)):
            problems.append(FieldProblem("team_id", f"there is no team {team} that you may give it to"))
        if owner and not _may_own(caller, found.get((Kind.OWNER, owner))):
            problems.append(FieldProblem("owner_id", f"there is no owner {owner} that you may give it to"))
        return problems


def _may_own(caller: Principal, owner: AnyEntry | None) -> bool:
    if owner is None:
        return False
    return owner.id == DEFAULT_OWNER or caller.reaches_team(_WRITE, owner.team_id)
