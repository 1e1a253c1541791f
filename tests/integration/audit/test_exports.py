"""Audit exports through the API, compared with the bucket, the table and RFC 9162."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from certctl.crypto.audit.canonical import canonical_json, sha256_hex
from certctl.crypto.audit.merkle import root_of_proof
from certctl.domain.access.permissions import Role
from certctl.domain.audit.calls import API_CALL
from certctl.domain.audit.events import AuditEvent
from certctl.services.audit.exports import PageLimits
from certctl.store.audit.events import AuditStore
from certctl.store.audit.items import AuditItem
from certctl.store.items import StateItem
from certctl.store.keys import AUDIT_SEALS, audit_day_shard
from certctl.store.writes import delete, put
from tests.support.api.http import Client
from tests.support.audit.seals import SealedTrail, an_event
from tests.support.aws.clients import client
from tests.support.functions.deployed import Deployed, compose

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
AUDIT = "/api/v1/audit"


@pytest.fixture
def sealed(stack: Deployed) -> SealedTrail:
    """The trail of a stack at noon that began a day before."""
    stack.clock.time = NOON
    AuditStore(stack.database).mark_beginning(NOON - timedelta(days=1))
    return SealedTrail(stack.database, client("s3"), stack.clock, began=(NOON - timedelta(days=1)).date())


@pytest.fixture
def auditor(stack: Deployed, sealed: SealedTrail) -> Client:
    return stack.client("insights_api", stack.new_key(Role.AUDITOR))


def committed(sealed: SealedTrail, count: int, at: datetime | None = None, **fields: Any) -> list[AuditEvent]:
    """One a second from `at`, the oldest first."""
    start = at or sealed.clock() - 2 * MINUTE
    events = [an_event(start + timedelta(seconds=n), **fields) for n in range(count)]
    for event in events:
        AuditStore(sealed.database).append(event)
    return events


def stored(event: AuditEvent) -> str:
    return canonical_json(event.as_record()).decode()


def exported(client: Client, **query: str) -> list[dict[str, Any]]:
    """All pages. Calls of the API itself, which the trail has too, are left out."""
    lines: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = client.get(f"{AUDIT}/export", **query, **cursor)
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/jsonl")
        lines += [json.loads(line) for line in answer.text.splitlines()]
        if "X-Next-Cursor" not in answer.headers:
            return [line for line in lines if json.loads(line["event"])["resource_type"] != API_CALL]
        cursor = {"cursor": answer.headers["X-Next-Cursor"]}


def check_proof(line: dict[str, Any], sealed: SealedTrail) -> None:
    proof = line["proof"]
    seal = sealed.archive().get(proof["seq"])
    leaf = bytes.fromhex(sha256_hex(line["event"].encode()))
    path = [bytes.fromhex(node) for node in proof["path"]]
    root = root_of_proof(leaf, proof["index"], proof["size"], path)
    assert (root or b"").hex() == seal.head.root
    assert seal.manifest[proof["index"]][0] == json.loads(line["event"])["id"]


def test_every_event_of_an_export_has_its_stored_bytes_and_a_proof(
    sealed: SealedTrail, auditor: Client
) -> None:
    events = []
    for _ in range(3):
        events += committed(sealed, 5)
        sealed.seal_later()
    lines = exported(auditor)
    assert [line["event"] for line in lines] == [stored(event) for event in reversed(events)]
    for line in lines:
        check_proof(line, sealed)


def test_an_event_that_is_in_no_seal_yet_has_no_proof(sealed: SealedTrail, auditor: Client) -> None:
    committed(sealed, 1)
    sealed.seal_later()
    committed(sealed, 1, sealed.clock())
    assert [line["proof"] is None for line in exported(auditor)] == [True, False]


def test_a_late_event_is_proved_in_the_seal_that_contains_it(sealed: SealedTrail, auditor: Client) -> None:
    sealed.seal_later()
    (late,) = committed(sealed, 1, sealed.clock() - 8 * MINUTE)
    sealed.seal_later()
    (line,) = exported(auditor)
    assert (line["event"], line["proof"]["seq"]) == (stored(late), len(sealed.seals))
    check_proof(line, sealed)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"resource_id": "mc-2"}, 3),
        ({"resource_type": "certificate", "resource_id": "mc-2"}, 3),
        ({"actor": "key-1"}, 7),
        ({"action": "none"}, 0),
        ({"from": "2026-11-24T11:58:02Z", "to": "2026-11-24T11:58:03Z"}, 3),
    ],
)
def test_an_export_takes_the_filters_of_the_list(
    sealed: SealedTrail, auditor: Client, query: dict[str, str], found: int
) -> None:
    committed(sealed, 4)
    committed(sealed, 3, NOON - 2 * MINUTE + timedelta(milliseconds=1), resource_id="mc-2")
    sealed.seal_later()
    lines = exported(auditor, **query)
    assert len(lines) == found
    for line in lines:
        check_proof(line, sealed)


def test_pages_of_an_export_are_cut_by_their_size(
    stack: Deployed, sealed: SealedTrail, auditor: Client
) -> None:
    compose(replace(stack.overrides, export_limits=PageLimits(characters=3_000)))
    events = committed(sealed, 20)
    sealed.seal_later()
    lines = exported(auditor)
    assert [line["event"] for line in lines] == [stored(event) for event in reversed(events)]
    first = auditor.get(f"{AUDIT}/export", action="certificate_created")
    assert len(json.dumps(first.text)) < 4_000
    assert "X-Next-Cursor" in first.headers


def test_the_events_of_a_seal_come_as_stored_in_its_order(sealed: SealedTrail, auditor: Client) -> None:
    events = committed(sealed, 7)
    sealed.seal_later()
    seq = len(sealed.seals)
    answer = auditor.get(f"{AUDIT}/seals/{seq}/events")
    assert answer.headers["Content-Type"] == "application/jsonl"
    assert answer.text == "".join(f"{stored(event)}\n" for event in events)
    assert "X-Next-Offset" not in answer.headers


def test_offsets_lead_through_a_seal(stack: Deployed, sealed: SealedTrail, auditor: Client) -> None:
    compose(replace(stack.overrides, export_limits=PageLimits(events=3, characters=900)))
    events = committed(sealed, 8)
    sealed.seal_later()
    path = f"{AUDIT}/seals/{len(sealed.seals)}/events"
    lines, answer = "", auditor.get(path)
    while "X-Next-Offset" in answer.headers:
        lines += answer.text
        answer = auditor.get(path, offset=answer.headers["X-Next-Offset"])
    assert lines + answer.text == "".join(f"{stored(event)}\n" for event in events)
    assert auditor.get(path, offset="9").text == ""


def test_an_event_that_is_gone_from_the_table_is_left_out(sealed: SealedTrail, auditor: Client) -> None:
    kept, gone, poisoned = committed(sealed, 3)
    sealed.seal_later()
    sealed.database.write(delete(AuditItem(audit_day_shard(gone.id), gone.id)))
    key = {"day_shard": {"S": audit_day_shard(poisoned.id)}, "event_id": {"S": poisoned.id}}
    sealed.database.client.put_item(TableName="audit", Item=key | {"event": {"N": "1"}})
    answer = auditor.get(f"{AUDIT}/seals/{len(sealed.seals)}/events")
    assert answer.text == f"{stored(kept)}\n"


def test_an_event_that_was_edited_is_exported_as_it_is_now(sealed: SealedTrail, auditor: Client) -> None:
    """Who verifies finds it; hiding it would hide the deed."""
    (event,) = committed(sealed, 1)
    sealed.seal_later()
    text = stored(event).replace("key-1", "key-9")
    item = AuditItem(audit_day_shard(event.id), event.id, event=text, actor_day="x", delete_after=1)
    sealed.database.write(put(item))
    (line,) = exported(auditor)
    assert line["event"] == text
    with pytest.raises(AssertionError):
        check_proof(line, sealed)


def test_a_seal_is_shown_as_stored_and_its_key_verifies_it(sealed: SealedTrail, auditor: Client) -> None:
    committed(sealed, 2)
    sealed.seal_later()
    seq = len(sealed.seals)
    answer = auditor.get(f"{AUDIT}/seals/{seq}")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.text.encode() == sealed.archive().stored(seq)
    assert auditor.get(f"{AUDIT}/key").text.encode() == sealed.archive().key()


def test_heads_are_listed_newest_first_over_pages(sealed: SealedTrail, auditor: Client) -> None:
    for _ in range(5):
        sealed.seal_later()
    listed: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = auditor.get(f"{AUDIT}/seals", per_page="2", **cursor).body
        listed += page["data"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert listed == [seal.signed.as_record() for seal in reversed(sealed.seals)]


def test_a_head_too_long_for_a_copy_is_read_from_the_bucket(
    sealed: SealedTrail, auditor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("certctl.store.audit.seals._LONGEST_COPY", 10)
    sealed.seal_later()
    listed = auditor.get(f"{AUDIT}/seals").body["data"]
    assert listed == [seal.signed.as_record() for seal in reversed(sealed.seals)]


def test_verify_shows_the_newest_head_and_how_far_behind_it_is(sealed: SealedTrail, auditor: Client) -> None:
    committed(sealed, 2)
    sealed.seal_later()
    sealed.clock.advance(4 * MINUTE)
    head = sealed.seals[-1].head
    assert auditor.get(f"{AUDIT}/verify").body == {
        "seq": head.seq,
        "cutoff": "2026-11-24T12:04:00Z",
        "sealed_at": "2026-11-24T12:05:00Z",
        "lag_seconds": 300,
        "total": head.total,
    }


def test_verify_does_not_believe_a_row(sealed: SealedTrail, auditor: Client) -> None:
    sealed.seal_later()
    lie = StateItem(AUDIT_SEALS, "2099-01-01T00:00:00Z#0000000077", amount=77)
    sealed.database.write(put(lie))
    assert auditor.get(f"{AUDIT}/verify").body["seq"] == len(sealed.seals)
    committed(sealed, 1, sealed.clock())
    assert [line["proof"] for line in exported(auditor)] == [None]


def test_what_is_not_there_is_404(auditor: Client) -> None:
    for path in ("seals/1", "seals/1/events", "seals/77", "key", "verify"):
        assert auditor.get(f"{AUDIT}/{path}").status == 404, path


def test_bad_values_are_422(auditor: Client) -> None:
    for path in ("seals/0", "seals/x", "seals/99999999999", "seals/0/events"):
        assert auditor.get(f"{AUDIT}/{path}").status == 422, path
    for path, name, value in (
        ("seals/1/events", "offset", "-1"),
        ("seals/1/events", "offset", "x"),
        ("seals", "per_page", "501"),
        ("seals", "cursor", "x"),
        ("export", "cursor", "x"),
        ("export", "from", "yesterday"),
    ):
        assert auditor.get(f"{AUDIT}/{path}", **{name: value}).status == 422, (path, name)


def test_reading_events_does_not_let_an_operator_export(stack: Deployed) -> None:
    operator = stack.client("insights_api", stack.new_key(Role.OPERATOR))
    for path in ("export", "seals", "seals/1", "seals/1/events", "key", "verify"):
        assert operator.get(f"{AUDIT}/{path}").status == 403, path
