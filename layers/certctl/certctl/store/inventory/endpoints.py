"""Rows of endpoints: what is served where, what links them to certificates and probers, their history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from certctl.domain.inventory.endpoints.endpoints import Endpoint
from certctl.domain.inventory.endpoints.findings import Finding
from certctl.domain.inventory.endpoints.incidents import Incident
from certctl.domain.inventory.endpoints.pace import Pace, pace_of
from certctl.domain.notifications.statuses import Severity
from certctl.domain.times import from_wire
from certctl.store import keys
from certctl.store.database import Database
from certctl.store.inventory.items import (
    EndpointChangeItem,
    EndpointItem,
    EndpointLinkItem,
    IncidentItem,
    ObservedItem,
    ProbedItem,
)
from certctl.store.mapping import to_item, to_record
from certctl.store.paging import IndexRange, Stage, load
from certctl.store.writes import Write, delete, put

CHANGES_KEPT = timedelta(days=400)
_SHARDED = "endpoint"
_ITEM = "item_id"


@dataclass(frozen=True)
class EndpointChange:
    """An entry of an endpoint's history. `change` is a change of a finding, or `served` if other certificates
    are shown than before; `fingerprints` are those that are shown then."""

    endpoint_id: str
    at: datetime
    change: str
    finding: Finding | None = None
    certificate_id: str | None = None
    addresses: tuple[str, ...] = ()
    fingerprints: tuple[str, ...] = ()


class EndpointStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, endpoint_id: str) -> Endpoint | None:
        item = self._database.get(
            EndpointItem, keys.endpoint_item(endpoint_id), keys.ENDPOINT, consistent=True
        )
        return _endpoint(item) if item else None

    def get_many(self, endpoint_ids: Sequence[str]) -> list[Endpoint]:
        """The endpoints that exist, unordered; 100 in one round trip."""
        wanted = [(keys.endpoint_item(each), keys.ENDPOINT) for each in endpoint_ids]
        return [_endpoint(item) for item in self._database.batch_get(EndpointItem, wanted)]

    def load(self, item_ids: Sequence[str]) -> dict[str, Endpoint]:
        """The endpoints of a list, by the ids of its rows."""
        found = load([keys.endpoint_of(each) for each in item_ids], self.get_many)
        return {keys.endpoint_item(each.id): each for each in found}

    def create_steps(self, endpoint: Endpoint) -> list[Write]:
        """Refused with ChangedMeanwhile if it exists."""
        return [
            put(_item(endpoint), EndpointItem.item_id.does_not_exist()),
            put(_probed_item(endpoint)),
            *_link_steps(endpoint),
        ]

    def save_steps(self, before: Endpoint, after: Endpoint) -> list[Write]:
        """The whole row, on condition that it is still the one that `after` was decided from, and its place
        among the endpoints of its prober."""
        item = _item(after)
        item.revision = before.revision + 1
        return [put(item, EndpointItem.revision == before.revision), *_probed_steps(before, after)]

    def attach_steps(self, before: Endpoint, after: Endpoint) -> list[Write]:
        """The row, and its links to other certificates than before."""
        ended = [delete(_link(before.id, each)) for each in before.certificate_ids]
        kept = set(before.certificate_ids) & set(after.certificate_ids)
        gone = [step for step, each in zip(ended, before.certificate_ids, strict=True) if each not in kept]
        new = [put(_link(after.id, each)) for each in after.certificate_ids if each not in kept]
        return [*self.save_steps(before, after), *gone, *new]

    def delete_steps(self, endpoint: Endpoint) -> list[Write]:
        """The history of the endpoint ends by itself."""
        row = EndpointItem(keys.endpoint_item(endpoint.id), keys.ENDPOINT)
        return [
            delete(row, EndpointItem.revision == endpoint.revision),
            delete(_probed_item(endpoint)),
            *(delete(_link(endpoint.id, each)) for each in endpoint.certificate_ids),
        ]

    def probed_by(self, scope_id: str, limit: int) -> list[Pace]:
        """When the first endpoints of a prober's scope are due. One query."""
        condition = ProbedItem.record.startswith(keys.PROBED)
        page = self._database.query(ProbedItem, keys.scope_item(scope_id), condition, limit=limit)
        return [_pace(item) for item in page.items]

    def all_stages(self) -> list[Stage]:
        """All endpoints, newest first."""
        shards = range(keys.INVENTORY_SHARDS)
        parts = [keys.inventory_partition(_SHARDED, number) for number in shards]
        return [self._stage("all", *(_newest(ObservedItem.by_month, part) for part in parts))]

    def of_team(self, team_id: str) -> list[Stage]:
        return [self._stage("team", _newest(EndpointItem.by_team, keys.endpoints_of(team_id)))]

    def of_owner(self, owner_id: str) -> list[Stage]:
        return [self._stage("owner", _newest(EndpointItem.by_owner, keys.endpoints_of(owner_id)))]

    def of_certificate(self, certificate_id: str) -> list[Stage]:
        """The endpoints that should serve a certificate."""
        place, partition = EndpointLinkItem.subject_key, keys.served_certificate(certificate_id)
        return [self._stage("certificate", IndexRange(EndpointLinkItem.by_subject, partition, place, _ITEM))]

    def change_steps(self, changes: Sequence[EndpointChange]) -> list[Write]:
        return [put(_change_item(each, number)) for number, each in enumerate(changes)]

    def history(
        self, endpoint_id: str, limit: int, before: str | None
    ) -> tuple[list[EndpointChange], str | None]:
        """The newest changes, below the position `before` if one is given, and the position of the next
        page."""
        upto = before or f"{keys.ENDPOINT_CHANGE}~"
        page = self._database.query(
            EndpointChangeItem,
            keys.endpoint_item(endpoint_id),
            EndpointChangeItem.record.between(keys.ENDPOINT_CHANGE, upto),
            limit=limit + 1,
            newest_first=True,
        )
        rows = [row for row in page.items if row.record != before]
        shown = rows[:limit]
        has_more = len(rows) > limit or page.last_key is not None
        return [_change(row) for row in shown], shown[-1].record if shown and has_more else None

    def incident(self, subject_id: str, finding: Finding) -> Incident | None:
        item = self._database.get(
            IncidentItem, keys.endpoint_item(subject_id), keys.incident_record(finding), consistent=True
        )
        return _incident(item) if item else None

    def incidents_of(self, subject_id: str) -> list[Incident]:
        """The newest incident of each finding of a certificate, or of an endpoint without one. One query."""
        condition = IncidentItem.record.startswith(keys.INCIDENT)
        page = self._database.query(IncidentItem, keys.endpoint_item(subject_id), condition)
        return [_incident(item) for item in page.items]

    def incident_step(self, incident: Incident) -> Write:
        """The whole row, on condition that it is still the one of its revision."""
        ends = incident.closed_at + CHANGES_KEPT if incident.closed_at else None
        item = to_item(
            IncidentItem,
            incident,
            item_id=keys.endpoint_item(incident.subject_id),
            record=keys.incident_record(incident.finding),
            named=incident.named or None,
            reported=tuple(incident.reported) or None,
            teams=incident.teams or None,
            delete_after=int(ends.timestamp()) if ends else None,
        )
        item.revision = incident.revision + 1
        known = IncidentItem.revision == incident.revision
        return put(item, known if incident.revision else IncidentItem.item_id.does_not_exist())

    def _stage(self, name: str, *ranges: IndexRange) -> Stage:
        reads = tuple(partial(each.read, self._database) for each in ranges)
        return Stage(name, reads, newest_first=True)


def _newest(index: Any, partition: str) -> IndexRange:
    return IndexRange(index, partition, EndpointItem.list_key, _ITEM)


def _link(endpoint_id: str, certificate_id: str) -> EndpointLinkItem:
    subject = keys.served_certificate(certificate_id)
    return EndpointLinkItem(
        keys.endpoint_item(endpoint_id), subject, subject=subject, subject_key=endpoint_id
    )


def _probed_item(endpoint: Endpoint) -> ProbedItem:
    pace = pace_of(endpoint)
    return to_item(
        ProbedItem,
        pace,
        item_id=keys.scope_item(endpoint.scope_id),
        record=keys.probed_record(endpoint.id),
        interval_seconds=int(pace.interval.total_seconds()),
        is_new=pace.is_new or None,
    )


def _probed_steps(before: Endpoint, after: Endpoint) -> list[Write]:
    """Nothing unless another prober, or the same at other times, is to probe it."""
    if before.scope_id != after.scope_id:
        return [delete(_probed_item(before)), put(_probed_item(after))]
    return [] if pace_of(before) == pace_of(after) else [put(_probed_item(after))]


def _pace(item: ProbedItem) -> Pace:
    seconds, endpoint_id = int(item.interval_seconds or 0), item.record.removeprefix(keys.PROBED)
    if not seconds:  # a row of keys alone: its next probe completes it
        return Pace(endpoint_id, timedelta(days=1), is_new=True)
    return to_record(Pace, item, endpoint_id=endpoint_id, interval=timedelta(seconds=seconds))


def _link_steps(endpoint: Endpoint) -> list[Write]:
    return [put(_link(endpoint.id, each)) for each in endpoint.certificate_ids]


def _item(endpoint: Endpoint) -> EndpointItem:
    return to_item(
        EndpointItem,
        endpoint,
        item_id=keys.endpoint_item(endpoint.id),
        record=keys.ENDPOINT,
        list_shard=keys.inventory_shard(_SHARDED, endpoint.id),
        list_key=keys.endpoint_list_key(endpoint.created_at, endpoint.id),
        team_key=keys.endpoints_of(endpoint.team_id),
        owner_key=keys.endpoints_of(endpoint.owner_id),
        **{
            name: getattr(endpoint, name) or None
            for name in (
                "server_name",
                "certificate_ids",
                "expected_issuer",
                "agent_host",
                "findings",
                "showing",
                "shown",
                "judged_with",
                "sighted",
                "is_attached_by_right",
            )
        },
    )


def _endpoint(item: EndpointItem) -> Endpoint:
    return to_record(
        Endpoint, item, id=keys.endpoint_of(item.item_id), port=int(item.port), revision=int(item.revision)
    )


def _change_item(change: EndpointChange, number: int) -> EndpointChangeItem:
    return to_item(
        EndpointChangeItem,
        change,
        item_id=keys.endpoint_item(change.endpoint_id),
        record=keys.endpoint_change(change.at, number),
        addresses=change.addresses or None,
        fingerprints=change.fingerprints or None,
        delete_after=int((change.at + CHANGES_KEPT).timestamp()),
    )


def _change(item: EndpointChangeItem) -> EndpointChange:
    at = from_wire(item.record.removeprefix(keys.ENDPOINT_CHANGE).partition("#")[0])
    return to_record(EndpointChange, item, endpoint_id=keys.endpoint_of(item.item_id), at=at)


def _incident(item: IncidentItem) -> Incident:
    return to_record(
        Incident,
        item,
        subject_id=keys.endpoint_of(item.item_id),
        endpoints=int(item.endpoints),
        reported=tuple(map(Severity, item.reported or ())),
        revision=int(item.revision),
    )
