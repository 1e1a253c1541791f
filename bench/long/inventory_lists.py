"""What lists and the nightly count of the inventory take on DynamoDB Local (needs Java 17 and npm).

Run: `PYTHONPATH=layers/certctl:client:. python bench/long/inventory_lists.py 100000 10000`, certificates
and endpoints. Writes the rows directly: certificates with two names each, of 100 teams and 200 owners. Prints
the time and the memory of the count, in a process of its own; then of the first page of 50 of each list, and
of the figures, requests, read units by DynamoDB's formula, and the median of 10 in milliseconds. The last
result stands in docs/inventory.md."""

import hashlib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import batched

from bench.harness.databases import tables_of_this_run
from bench.memory import peak_mebibytes
from certctl.compose.inventory_api import InventoryApi
from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.compose.rooms.base import Overrides
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.inventory.census.traits import CertificateTrait, Renewer
from certctl.domain.inventory.endpoints.endpoints import Endpoint
from certctl.domain.inventory.endpoints.requests import EndpointFilter
from certctl.domain.inventory.filters import ObservedFilter
from certctl.domain.inventory.observed import ObservedCertificate, ObservedFacts, ParsedCertificate
from certctl.domain.inventory.statuses import ObservedState, ObservedStatus, Trust
from certctl.store.database import Database
from certctl.store.inventory.endpoints import EndpointStore
from certctl.store.inventory.observed import ObservedStore
from certctl.store.inventory.search_rows import observed_entries
from certctl.store.writes import Write
from tests.support.aws.dynamodb_local import open_patient_database
from tests.support.costs.read_units import metered_reads

_NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
_DAY = timedelta(days=1)
_ADMIN = Principal("key-admin", Role.ADMIN, ("*",))
_OF_ONE_TEAM = Principal("key-team", Role.VIEWER, ("t-7",))
_AT_ONCE = 25
_TIMES = 10
_OF_A_PROBER = 500
_STATES = (ObservedState.UNMANAGED, ObservedState.UNMANAGED, ObservedState.MANAGED)
_KEYS = (("RSA", 2048), ("ECDSA P-256", 256), ("RSA", 1024))


type _Read = Callable[[], Sequence[object]]


def main(certificates: int, endpoints: int) -> None:
    with tables_of_this_run() as local:
        database = open_patient_database(local)
        began = time.monotonic()
        _store(database, map(partial(_certificate_steps, ObservedStore(database)), range(certificates)))
        _store(database, map(partial(endpoint_steps, EndpointStore(database)), range(endpoints)))
        took = time.monotonic() - began
        print(f"{certificates} certificates and {endpoints} endpoints stored in {took:.0f} s", flush=True)
        print(_counted(local), flush=True)
        for name, read in _reads(InventoryApi(_overrides(database)), certificates):
            _measure(database, name, read)


def count(local: str) -> None:
    """Counts all, as maintenance does at night."""
    census = MaintenanceSchedule(_overrides(open_patient_database(local))).inventory_census
    began, used = time.monotonic(), time.process_time()
    done = census.run(lambda: True)
    wall, processor = time.monotonic() - began, time.process_time() - used
    peak = peak_mebibytes()
    print(
        f"{done['counted']} counted, {done['published']} rows of figures: {wall:.1f} s, "
        f"{processor:.1f} s of processor time, {peak} MiB"
    )


def _counted(local: str) -> str:
    command = [sys.executable, __file__, "count", local]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1]


def _overrides(database: Database) -> Overrides:
    return Overrides(now=lambda: _NOW, database=database)


def _reads(api: InventoryApi, count: int) -> Iterator[tuple[str, _Read]]:
    lists = {
        "all": ObservedFilter(),
        "unmanaged": ObservedFilter(status=ObservedStatus.UNMANAGED),
        "unmanaged of a team": ObservedFilter(status=ObservedStatus.UNMANAGED, team_id="t-7"),
        "unmanaged of an owner": ObservedFilter(status=ObservedStatus.UNMANAGED, owner_id="o-7"),
        "unmanaged, ending in 30 days": ObservedFilter(
            status=ObservedStatus.UNMANAGED, expires_before=_NOW + 30 * _DAY
        ),
        "weak RSA that nobody renews": ObservedFilter(
            trait=CertificateTrait.WEAK_RSA, renewer=Renewer.NOBODY
        ),
        "search, one name": ObservedFilter(text=f"svc-{count - 1:07}"),
        "search, names of all": ObservedFilter(text="svc"),
        "search, nothing": ObservedFilter(text="no-such-name"),
    }
    for name, wanted in lists.items():
        yield name, partial(_certificates, api, _ADMIN, wanted)
    yield "all, of one team in 100", partial(_certificates, api, _OF_ONE_TEAM, ObservedFilter())
    yield "endpoints", partial(_endpoints, api, EndpointFilter())
    yield "endpoints of a team", partial(_endpoints, api, EndpointFilter(team_id="t-7"))
    yield "summary, 30 days", lambda: api.summaries.month(_ADMIN, None, None)
    yield "readiness of a team", lambda: [api.summaries.latest(_OF_ONE_TEAM, None, None)]


def _certificates(api: InventoryApi, caller: Principal, wanted: ObservedFilter) -> Sequence[object]:
    return api.reads.page(caller, wanted, None, 50).records


def _endpoints(api: InventoryApi, wanted: EndpointFilter) -> Sequence[object]:
    return api.endpoints.page(_ADMIN, wanted, None, 50).records


def _measure(database: Database, name: str, read: _Read) -> None:
    read()
    with metered_reads(database.client) as reads:
        found = len(read())
    took = statistics.median(_seconds(read) for _ in range(_TIMES))
    print(
        f"{name:<30} {found:>3} found {len(reads.reads):>3} requests {reads.units:>6.1f} units "
        f"{1000 * took:>7.1f} ms",
        flush=True,
    )


def _seconds(read: _Read) -> float:
    began = time.monotonic()
    read()
    return time.monotonic() - began


def _store(database: Database, steps: Iterator[Sequence[Write]]) -> None:
    with ThreadPoolExecutor(8) as pool:
        parts = batched((each for some in steps for each in some), _AT_ONCE, strict=False)
        list(pool.map(lambda part: _put(database, part), parts))


def _put(database: Database, steps: Sequence[Write]) -> None:
    """Not in transactions: these take DynamoDB Local ten times as long."""
    wanted: dict[str, list[dict[str, object]]] = {}
    for request in (step.request for step in steps):
        wanted.setdefault(request["TableName"], []).append({"PutRequest": {"Item": request["Item"]}})
    database.client.batch_write_item(RequestItems=wanted)  # DynamoDB Local leaves none of them


def _certificate_steps(store: ObservedStore, number: int) -> list[Write]:
    fingerprint, name = _digest("print", number), f"svc-{number:07}.example.com"
    algorithm, bits = _KEYS[number % len(_KEYS)]
    begins, found_at = _NOW - number % 390 * _DAY, _NOW - number % 30 * _DAY
    facts = ObservedFacts(
        subject=f"CN={name}",
        issuer=f"CN=CA {number % 50},O=Example",
        serial_number=_digest("serial", number)[:36],
        not_before=begins,
        not_after=begins + 398 * _DAY,
        first_name=name,
        name_count=2,
        key_algorithm=algorithm,
        key_bits=bits,
        signature_algorithm="ecdsa-with-SHA256",
        issuer_key_id=_digest("issuer", number % 50)[:40],
    )
    parsed = ParsedCertificate(fingerprint, b"", facts, (name, f"www.{name}"), _digest("key", number))
    known = ObservedCertificate(
        fingerprint, facts, parsed.spki_sha256, parsed.names_digest, found_at, f"t-{number % 100}"
    )
    observed = replace(
        known,
        state=_STATES[number % len(_STATES)],
        owner_id=f"o-{number % 200}",
        sightings=1,
        trust=Trust.PUBLIC if number % 2 else Trust.UNKNOWN,
        renewed_by="certbot" if number % 5 == 0 else None,
    )
    return [store.create_step(observed), *observed_entries(parsed)]


def endpoint_steps(store: EndpointStore, number: int) -> list[Write]:
    prober = f"agt-{number // _OF_A_PROBER:026}"
    endpoint = Endpoint(
        f"ep-{number:026}",
        f"svc-{number:07}.example.com",
        443,
        prober,
        f"t-{number % 100}",
        f"o-{number % 200}",
        _NOW - number * timedelta(minutes=1),
        certificate_ids=(f"mc-{number:07}",),
    )
    return store.create_steps(endpoint)


def _digest(what: str, number: int) -> str:
    return hashlib.sha256(f"{what} {number}".encode()).hexdigest()


if __name__ == "__main__":
    if sys.argv[1:2] == ["count"]:
        count(sys.argv[2])
    else:
        main(*map(int, sys.argv[1:] or (100_000, 10_000)))
