"""The audit trail: append-only rows by day and shard, indexed by resource, actor, and change."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from certctl.crypto.audit.canonical import canonical_json
from certctl.domain.audit.calls import API_CALL
from certctl.domain.audit.events import FIELDS, Actor, AuditEvent, StoredEvent
from certctl.domain.audit.redaction import without_keys, without_keys_within
from certctl.domain.errors import Conflict
from certctl.domain.ids import new_id
from certctl.domain.times import day_of
from certctl.store.audit.items import AuditItem
from certctl.store.database import ConditionFailed, Database, Page
from certctl.store.items import StateItem
from certctl.store.keys import (
    AUDIT_SHARDS,
    AUDIT_TRAIL,
    actor_day,
    audit_day_shard,
    audit_partition,
    audit_resource,
)
from certctl.store.writes import Write, put

_THREADS = 16
_BEGAN = "began"
_PREFIX = "aud"
_TEXTS = FIELDS - {"details", "team_id"}

Record = dict[str, Any]


@dataclass(frozen=True)
class Retention:
    """Days until a row is deleted."""

    api_calls: int = 400
    domain_events: int = 3650

    def days_for(self, resource_type: str) -> int:
        return self.api_calls if resource_type == API_CALL else self.domain_events


@dataclass(frozen=True)
class Slice:
    """Newest events first. `more`: older ones may remain in the requested range, below the id `last`."""

    events: list[StoredEvent]
    more: bool
    last: str


class AuditStore:
    """Stores `AuditEvent`s and returns the records that were hashed."""

    def __init__(self, database: Database, retention: Retention | None = None) -> None:
        self._database = database
        self._retention = retention or Retention()

    def append_step(self, event: AuditEvent) -> Write:
        """Adds the event to the transaction of the change that it records."""
        taken = Conflict(f"The audit event {event.id} exists already.")
        return put(self._item(event), AuditItem.event_id.does_not_exist(), taken)

    def event_step(
        self,
        actor: Actor,
        action: str,
        resource_type: str,
        resource_id: str,
        details: Mapping[str, Any],
        now: datetime,
        team_id: str | None = None,
        ulid: str | None = None,
    ) -> Write:
        """A domain event at this time; `details` has `before` and `after`. `ulid` as in `Event`."""
        event = AuditEvent(
            id=f"{_PREFIX}-{ulid}" if ulid else new_id(_PREFIX, now),
            actor=actor,
            action=action,
            resource_type=resource_type,
            resource_id=resource_id,
            timestamp=now,
            team_id=team_id,
            details=details,
        )
        return self.append_step(event)

    def append(self, event: AuditEvent) -> None:
        self._database.write_or_refuse(self.append_step(event))

    def get(self, event_id: str) -> Record | None:
        """One read: the id determines the partition."""
        try:
            partition = audit_day_shard(event_id)
        except (ValueError, OverflowError):
            return None
        item = self._database.get(AuditItem, partition, event_id)
        stored = _stored(item) if item else None
        return stored.record if stored else None

    def on_days(self, days: Sequence[date], before: str, limit: int) -> Slice:
        """Events of these UTC days with ids below `before`. All partitions are read in parallel."""
        pages = _at_once(_partitions(days), lambda p: self._below(p, before, limit))
        items = [item for page in pages for item in page.items]
        newest = sorted((item.event_id for item in items), reverse=True)
        more = any(page.last_key for page in pages) or len(newest) > limit
        return _slice(items, newest[:limit], more)

    def changes_on_days(self, days: Sequence[date], before: str, limit: int) -> Slice:
        """Domain events of these days, newest first: the index of changes has no API calls (ADR 32)."""
        pages = _at_once(_partitions(days), lambda p: self._changes(p, before, limit))
        ids = [item.event_id for page in pages for item in page.items]
        return self._of_ids(ids, limit, any(page.last_key for page in pages))

    def get_with_ulid(self, ulid: str) -> Record | None:
        """The event whose id has the ULID of another record."""
        return self.get(f"{_PREFIX}-{ulid}")

    def of_actors_on_days(
        self, actors: Sequence[str], days: Sequence[date], before: str, limit: int
    ) -> Slice:
        keys = [actor_day(actor, day) for actor in actors for day in days]
        pages = _at_once(keys, lambda k: self._by_actor(k, before, limit))
        ids = [item.event_id for page in pages for item in page.items]
        return self._of_ids(ids, limit, any(page.last_key for page in pages))

    def of_resource(self, resource_type: str, resource_id: str, before: str, limit: int) -> Slice:
        """Domain events only: API calls are not in this index."""
        page = self._database.query(
            AuditItem.by_resource,
            audit_resource(resource_type, resource_id),
            AuditItem.event_id < before,
            limit=limit,
            newest_first=True,
        )
        return self._of_ids([item.event_id for item in page.items], limit, page.last_key is not None)

    def mark_beginning(self, now: datetime) -> None:
        """The first call determines the day before which there are no events."""
        began = StateItem(AUDIT_TRAIL, _BEGAN, body=day_of(now))
        try:
            self._database.write(put(began, StateItem.id.does_not_exist()))
        except ConditionFailed:
            return

    def began_on(self) -> date | None:
        item = self._database.get(StateItem, AUDIT_TRAIL, _BEGAN)
        return date.fromisoformat(item.body) if item and item.body else None

    def _item(self, event: AuditEvent) -> AuditItem:
        event = _without_keys(event)
        kept = timedelta(days=self._retention.days_for(event.resource_type))
        is_call = event.resource_type == API_CALL
        day_shard = audit_day_shard(event.id)
        return AuditItem(
            day_shard=day_shard,
            event_id=event.id,
            event=canonical_json(event.as_record()).decode(),
            resource=None if is_call else audit_resource(event.resource_type, event.resource_id),
            actor_day=actor_day(event.actor.id, event.timestamp.astimezone(UTC)),
            change_day_shard=None if is_call else day_shard,
            team_id=event.team_id,
            delete_after=int((event.timestamp + kept).timestamp()),
        )

    def _below(self, partition: str, before: str, limit: int) -> Page[AuditItem]:
        return self._database.query(
            AuditItem, partition, AuditItem.event_id < before, limit=limit, newest_first=True
        )

    def _changes(self, partition: str, before: str, limit: int) -> Page[AuditItem]:
        return self._database.query(
            AuditItem.by_change, partition, AuditItem.event_id < before, limit=limit, newest_first=True
        )

    def _by_actor(self, key: str, before: str, limit: int) -> Page[AuditItem]:
        return self._database.query(
            AuditItem.by_actor, key, AuditItem.event_id < before, limit=limit, newest_first=True
        )

    def _of_ids(self, ids: Iterable[str], limit: int, more: bool) -> Slice:
        """Index rows contain keys only; the events are read by key."""
        newest = sorted(ids, reverse=True)
        items = self._database.batch_get(AuditItem, [(audit_day_shard(i), i) for i in newest[:limit]])
        return _slice(items, newest[:limit], more or len(newest) > limit)


def _partitions(days: Sequence[date]) -> Sequence[str]:
    return [audit_partition(day.isoformat(), shard) for day in days for shard in range(AUDIT_SHARDS)]


def _without_keys(event: AuditEvent) -> AuditEvent:
    """The trail is sealed, permanent and read by auditors, so secrets are removed before it is stored."""
    details: dict[str, Any] = without_keys_within(event.all_details)
    return replace(event, resource_id=without_keys(event.resource_id), details=details)


def _slice(items: Iterable[AuditItem], ids: Sequence[str], more: bool) -> Slice:
    """The events of these items, newest first."""
    by_id = {item.event_id: item for item in items}
    events = [event for i in ids if i in by_id and (event := _stored(by_id[i])) is not None]
    return Slice(events, more and bool(ids), ids[-1] if ids else "")


def _stored(item: AuditItem) -> StoredEvent | None:
    """The stored event; None for a row that this class did not write: any writer of the table can put
    anything there, and must not be able to break a list with it."""
    try:
        record = json.loads(item.event)
        written = audit_day_shard(item.event_id) == item.day_shard and record["id"] == item.event_id
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None
    return StoredEvent(item.event, record) if written and _has_form(record) else None


def _has_form(record: Record) -> bool:
    if not record.keys() >= FIELDS or not isinstance(record["details"], dict):
        return False
    return all(isinstance(record[name], str) for name in _TEXTS)


def _at_once[R](keys: Sequence[str], read: Callable[[str], R]) -> list[R]:
    """Many partitions in the time of one round trip."""
    if len(keys) == 1:
        return [read(keys[0])]
    with ThreadPoolExecutor(min(_THREADS, len(keys))) as pool:
        return list(pool.map(read, keys))
