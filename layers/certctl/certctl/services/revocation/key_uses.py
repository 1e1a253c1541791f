"""The blast radius of one key: records and their versions, expired ones too, targets, agents and jobs; and
certificates of others that were found with it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from certctl.domain.access.permissions import Permission, Scope
from certctl.domain.access.principals import Principal
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Target
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.errors import NotFound
from certctl.domain.inventory.observed import ObservedCertificate
from certctl.domain.inventory.readers import Reader, reader_of
from certctl.domain.jobs.jobs import Job
from certctl.domain.revocation.campaigns import Campaign
from certctl.domain.revocation.key_uses import KeyedSerial, KeyStanding, KeyUse
from certctl.domain.revocation.revocations import Revocation
from certctl.domain.revocation.states import KeyRefusal
from certctl.store.inventory.lists import ObservedIndexes, is_observed
from certctl.store.issuing.serials import SerialStore
from certctl.store.paging import Position, in_parallel, load
from certctl.store.reading import read_page
from certctl.store.revocation.campaigns import CampaignStore
from certctl.unit_of_work.stores import Stores

_READ = Permission.CERTIFICATES_READ


@dataclass(frozen=True)
class KeyUses:
    """A page. A record whose versions are on several pages is on each of them. `campaign`: the latest that
    replaces the key, if there is one. `observed` follow the last version; None if the caller may not read the
    inventory."""

    refusal: KeyRefusal | None
    campaign: Campaign | None
    records: Sequence[KeyUse]
    observed: Sequence[ObservedCertificate] | None
    next: Position | None


@dataclass(frozen=True)
class _Around:
    """What is stored about the serials of a page, by id."""

    revocations: Mapping[str, Revocation]
    jobs: Mapping[str, Job]
    targets: Mapping[str, Entry[Target]]
    agents: Mapping[str, Entry[Any]]
    reads_catalog: bool


@dataclass(frozen=True)
class KeyUseReads:
    stores: Stores
    serials: SerialStore
    campaigns: CampaignStore
    observed: ObservedIndexes

    def page(self, caller: Principal, spki_sha256: str, position: Position | None, per_page: int) -> KeyUses:
        """The uses of the key in the caller's reach: `per_page` versions and observed certificates at most,
        versions first, in order of CA and serial. Raises NotFound if there is none, and InvalidInput for a
        position outside this list."""
        reader = reader_of(caller) if caller.scope_of(Permission.INVENTORY_READ) else None
        stages = [
            *self.serials.with_key(spki_sha256),
            *(self.observed.with_key(spki_sha256) if reader else ()),
        ]
        standing, reading = in_parallel(
            partial(self.stores.refused_keys.standing_of, spki_sha256),
            lambda: read_page(stages, position, per_page, all_shown=_sees_all(caller)),
        )
        owners = dict[str, Certificate]()

        def rows(ids: Sequence[str]) -> dict[str, KeyedSerial | ObservedCertificate]:
            serials, observed = in_parallel(partial(self._serials, ids), partial(self._observed, ids, reader))
            owners.update(self._reached(caller, serials.values()))
            reached = {at: serial for at, serial in serials.items() if serial.certificate_id in owners}
            return {**reached, **observed}

        page = reading.page(rows, lambda *_: True)
        if position is None and page.next is None and not page.records:
            raise NotFound("There is no certificate with this key.")
        versions = [each for each in page.records if isinstance(each, KeyedSerial)]
        found = [each for each in page.records if isinstance(each, ObservedCertificate)]
        campaign, uses = in_parallel(
            partial(self._campaign, standing), partial(self._uses, caller, versions, owners)
        )
        return KeyUses(standing.refusal, campaign, uses, found if reader else None, page.next)

    def _serials(self, ids: Sequence[str]) -> dict[str, KeyedSerial]:
        return dict(load([each for each in ids if not is_observed(each)], self.serials.keyed))

    def _observed(self, ids: Sequence[str], reader: Reader | None) -> dict[str, ObservedCertificate]:
        """The observed certificates that the caller sees, as the caller may see them."""
        records = self.observed.load([each for each in ids if is_observed(each)])
        if reader is None:
            return {}
        return {at: reader.shown(each) for at, each in records.items() if reader.sees(each)}

    def _campaign(self, standing: KeyStanding) -> Campaign | None:
        return self.campaigns.get(standing.campaign_id) if standing.campaign_id else None

    def _reached(self, caller: Principal, serials: Collection[KeyedSerial]) -> dict[str, Certificate]:
        found = load([serial.certificate_id for serial in serials], self.stores.certificates.get_many)
        return {each.id: each for each in found if caller.reaches_team(_READ, each.team_id)}

    def _uses(
        self, caller: Principal, serials: Sequence[KeyedSerial], owners: Mapping[str, Certificate]
    ) -> list[KeyUse]:
        of_owner: dict[str, list[KeyedSerial]] = defaultdict(list)
        for serial in serials:
            of_owner[serial.certificate_id].append(serial)
        around = self._around(caller, serials, [owners[each] for each in of_owner])
        return [_use(owners[each], own, around) for each, own in of_owner.items()]

    def _around(
        self, caller: Principal, serials: Sequence[KeyedSerial], owners: Sequence[Certificate]
    ) -> _Around:
        job_ids = [*(serial.job_id for serial in serials), *(o.open_job_id for o in owners if o.open_job_id)]
        reads_catalog = caller.scope_of(Permission.CATALOG_READ) is not None
        revocations, jobs, (targets, agents) = in_parallel(
            partial(self.stores.revocations.find_all, [_place(serial) for serial in serials]),
            partial(load, job_ids, self.stores.jobs.get_many),
            partial(self._places, owners if reads_catalog else []),
        )
        reached = [job for job in jobs if caller.reaches_team(Permission.JOBS_READ, job.team_id)]
        return _Around(
            {f"{each.ca_id}#{each.serial_number}": each for each in revocations},
            {job.id: job for job in reached},
            targets,
            agents,
            reads_catalog,
        )

    def _places(
        self, owners: Sequence[Certificate]
    ) -> tuple[dict[str, Entry[Target]], dict[str, Entry[Any]]]:
        book = self.stores.agent_targets
        wanted = dict.fromkeys(target_id for owner in owners for target_id in owner.target_ids)
        targets = {target.id: target for target in book.find(list(wanted))}
        agent_ids = sorted({t.content.agent_id for t in targets.values() if t.content.agent_id})
        found = book.book.find_many([(Kind.AGENT, agent_id) for agent_id in agent_ids]) if agent_ids else {}
        return targets, {entry.id: entry for entry in found.values()}


def _use(owner: Certificate, serials: Sequence[KeyedSerial], around: _Around) -> KeyUse:
    marks = [around.revocations.get(f"{serial.ca_id}#{serial.serial_number}") for serial in serials]
    job_ids = dict.fromkeys([*(serial.job_id for serial in serials), owner.open_job_id or ""])
    targets = [around.targets[each] for each in owner.target_ids if each in around.targets]
    agent_ids = dict.fromkeys(target.content.agent_id or "" for target in targets)
    return KeyUse(
        certificate=owner,
        serials=serials,
        revocations=[mark for mark in marks if mark is not None],
        targets=targets if around.reads_catalog else None,
        agents=[around.agents[i] for i in agent_ids if i in around.agents] if around.reads_catalog else None,
        jobs=[around.jobs[job_id] for job_id in job_ids if job_id in around.jobs],
    )


def _sees_all(caller: Principal) -> bool:
    """Whether no row of the list is hidden from the caller."""
    return all(caller.scope_of(each) in (None, Scope.ALL) for each in (_READ, Permission.INVENTORY_READ))


def _place(serial: KeyedSerial) -> tuple[str, int, str]:
    return serial.ca_id, serial.crl_shard, serial.serial_number
