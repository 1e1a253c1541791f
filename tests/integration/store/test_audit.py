import json
from datetime import UTC, datetime, timedelta

import pytest

from certctl.crypto.audit.canonical import canonical_json
from certctl.domain.audit.events import Actor, AuditEvent
from certctl.domain.errors import Conflict
from certctl.domain.ids import new_id
from certctl.store.audit.events import AuditStore, Retention
from certctl.store.audit.items import AuditItem
from certctl.store.database import Database
from certctl.store.keys import audit_day_shard

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LAST = "~"


def an_event(at: datetime = NOON, resource_type: str = "certificate", actor: str = "key-1") -> AuditEvent:
    return AuditEvent(
        id=new_id("aud", at),
        actor=Actor(actor),
        action="certificate_created",
        resource_type=resource_type,
        resource_id="mc-1",
        timestamp=at,
        team_id="t-1",
        details={"before": None, "after": {"name": "ü", "n": 1}},
    )


def _row(event: AuditEvent) -> AuditItem:
    return AuditItem.get(audit_day_shard(event.id), event.id)


def test_what_is_stored_is_the_canonical_json_byte_for_byte(database: Database) -> None:
    event = an_event()
    AuditStore(database).append(event)
    stored = _row(event).event.encode()
    assert stored == canonical_json(event.as_record())
    assert stored == canonical_json(json.loads(stored))


def test_an_event_is_found_by_its_id_alone(database: Database) -> None:
    event, store = an_event(), AuditStore(database)
    store.append(event)
    assert store.get(event.id) == event.as_record()


@pytest.mark.parametrize("event_id", ["", "aud-", "aud-1", "nothing", "aud-" + "u" * 26, "aud-" + "0" * 26])
def test_an_invalid_id_finds_nothing(database: Database, event_id: str) -> None:
    assert AuditStore(database).get(event_id) is None


def test_an_event_is_never_overwritten(database: Database) -> None:
    event, store = an_event(), AuditStore(database)
    store.append(event)
    with pytest.raises(Conflict):
        store.append(event)


def test_days_are_listed_newest_first_over_all_shards(database: Database) -> None:
    store = AuditStore(database)
    events = [an_event(NOON + timedelta(seconds=n)) for n in range(30)]
    for event in events:
        store.append(event)
    newest = [event.id for event in reversed(events)]
    first = store.on_days([NOON.date()], LAST, 20)
    assert ([record["id"] for record in first.events], first.more) == (newest[:20], True)
    rest = store.on_days([NOON.date()], first.events[-1]["id"], 20)
    assert ([record["id"] for record in rest.events], rest.more) == (newest[20:], False)


def test_events_are_found_by_actor_and_day(database: Database) -> None:
    store = AuditStore(database)
    theirs = [an_event(NOON - timedelta(days=n), actor="key-2") for n in range(3)]
    for event in [*theirs, an_event()]:
        store.append(event)
    days = [(NOON - timedelta(days=n)).date() for n in range(2)]
    found = store.of_actors_on_days(["key-2"], days, LAST, 10)
    assert [record["id"] for record in found.events] == [event.id for event in theirs[:2]]


def test_api_calls_are_not_in_the_index_of_resources(database: Database) -> None:
    store = AuditStore(database)
    event = an_event()
    store.append(event)
    store.append(an_event(resource_type="api"))
    found = store.of_resource("certificate", "mc-1", LAST, 10)
    assert [record["id"] for record in found.events] == [event.id]
    assert store.of_resource("api", "mc-1", LAST, 10).events == []


def test_changes_of_days_are_listed_without_api_calls(database: Database) -> None:
    store = AuditStore(database)
    changes = [an_event(NOON + timedelta(seconds=n)) for n in range(12)]
    for event in changes:
        store.append(event)
        store.append(an_event(event.timestamp, resource_type="api"))
    newest = [event.id for event in reversed(changes)]
    first = store.changes_on_days([NOON.date()], LAST, 8)
    assert ([record["id"] for record in first.events], first.more) == (newest[:8], True)
    rest = store.changes_on_days([NOON.date()], first.last, 8)
    assert ([record["id"] for record in rest.events], rest.more) == (newest[8:], False)


def test_domain_events_are_kept_longer_than_api_calls(database: Database) -> None:
    store = AuditStore(database, Retention(api_calls=400, domain_events=3650))
    kept = {}
    for resource_type in ("api", "certificate"):
        event = an_event(resource_type=resource_type)
        store.append(event)
        kept[resource_type] = timedelta(seconds=_row(event).delete_after - NOON.timestamp()).days
    assert kept == {"api": 400, "certificate": 3650}


def test_the_beginning_of_the_trail_is_fixed_by_the_first_mark(database: Database) -> None:
    store = AuditStore(database)
    assert store.began_on() is None
    store.mark_beginning(NOON)
    store.mark_beginning(NOON + timedelta(days=9))
    assert store.began_on() == NOON.date()
