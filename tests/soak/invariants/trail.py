"""The audit trail: whole, sealed, and with one event for each change."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta

from certctl_client.trail.bundle import EVENTS, KEY, SEALS
from certctl_client.trail.trust import Trust
from certctl_client.trail.verify import verify
from tests.soak.world.world import World

_UNSEALED = timedelta(minutes=12)
"""An event waits a minute for its seal, and that for one of its schedules."""


class _Bundle:
    """The full export that the API would give, out of the world."""

    def __init__(self, world: World) -> None:
        seals = sorted(
            (key, body) for key, body in world.objects["audit"].items() if key.startswith("seals/")
        )
        numbered = sorted(seals, key=lambda item: int(item[0].removeprefix("seals/").removesuffix(".json")))
        events = {row["event_id"]: row["event"].encode() for row in world.tables["audit"]}
        listed = [entry[0] for _, body in numbered for entry in json.loads(body)["manifest"]]
        self._files = {
            SEALS: [body for _, body in numbered],
            EVENTS: [events[identifier] for identifier in listed if identifier in events],
            KEY: world.objects["audit"].get("key.pem", b"").splitlines(),
        }

    def has(self, name: str) -> bool:
        return name in self._files

    def lines(self, name: str) -> Iterator[bytes]:
        return iter(self._files[name])


def seals_verify(world: World) -> Iterator[str]:
    """`certctl audit verify` finds no fault in the seals and the events that they list. Reads the audit
    bucket and table. Broken by an event that was changed or removed, or a seal that is missing."""
    report = verify(_Bundle(world), Trust())
    if report.first_fault is not None:
        yield str(report.first_fault)


def events_are_sealed(world: World) -> Iterator[str]:
    """Each event that is old enough is in a seal. Reads the audit bucket and table. Broken by an event that
    no seal lists."""
    seals = [json.loads(b) for key, b in world.objects["audit"].items() if key.startswith("seals/")]
    listed = {entry[0] for seal in seals for entry in seal["manifest"]}
    for row in world.tables["audit"]:
        timestamp = json.loads(row["event"])["timestamp"]
        if row["event_id"] not in listed and timestamp < f"{world.now - _UNSEALED:%Y-%m-%dT%H:%M:%SZ}":
            yield f"{row['event_id']} of {timestamp} is in no seal"


def _events(world: World, action: str) -> Iterator[dict[str, object]]:
    for row in world.tables["audit"]:
        event = json.loads(row["event"])
        if event["action"] == action:
            yield event


def issued_versions_have_one_event(world: World) -> Iterator[str]:
    """Each issued version has one event, and the reverse. Reads the audit table, version rows. Broken by a
    version that nobody can answer for, or that was reported twice."""
    told = Counter(_serial(event) for event in _events(world, "certificate_issued"))
    issued = {serial for (_, serial), row in world.versions.items() if row["state"] == "issued"}
    for serial in sorted(issued | told.keys()):
        if told[serial] != (serial in issued):
            yield f"{serial}: {told[serial]} events, {'issued' if serial in issued else 'not issued'}"


def _serial(event: dict[str, object]) -> str:
    return str(_after(event)["serial_number"])


def _after(event: dict[str, object]) -> Mapping[str, object]:
    """What the change has set."""
    details = event["details"]
    assert isinstance(details, dict)
    after: Mapping[str, object] = details["after"]
    return after


def created_certificates_have_one_event(world: World) -> Iterator[str]:
    """Each certificate has one event of its creation. Reads the audit table, certificate rows. Broken by a
    record without its event, or an event without its record."""
    told = Counter(str(event["resource_id"]) for event in _events(world, "certificate_created"))
    for identifier in sorted(world.certificates.keys() | told.keys()):
        if told[identifier] != (identifier in world.certificates):
            yield f"{identifier}: {told[identifier]} events"


def revoked_certificates_have_their_event(world: World) -> Iterator[str]:
    """Each certificate that is revoked has one event of it; further ones only give a graver reason. Reads the
    audit table, certificate rows. Broken by a revocation that can be denied."""
    events = _events(world, "certificate_revoked")
    told = Counter(str(event["resource_id"]) for event in events if "lifecycle" in _after(event))
    for identifier, record in world.certificates.items():
        if record["lifecycle"] == "Revoked" and told[identifier] != 1:
            yield f"{identifier} is revoked, with {told[identifier]} events"


def counters_were_never_corrected(world: World) -> Iterator[str]:
    """No recount found a drift. Reads the audit table. Broken by a correction, which hides what went
    wrong."""
    for event in _events(world, "counters_corrected"):
        yield f"{event['resource_id']}: {json.dumps(event['details'])[:200]}"
