"""Certificates with every searchable field, written directly to the tables."""

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import batched

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import VersionState
from certctl.domain.certificates.versions import Version
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.certificates.items import VersionItem
from certctl.store.certificates.search_entries import SearchEntries
from certctl.store.certificates.search_rows import text_entries, version_entries
from certctl.store.database import Database
from certctl.store.keys import version_record
from certctl.store.mapping import to_item
from certctl.store.writes import Write, put
from tests.support.agents.fleet import certificate

SERVICES = ("Payments", "Orders", "Mail")
_AT_ONCE = 25


def version(certificate_id: str, serial: str, fingerprint: str, not_after: datetime) -> Version:
    return Version(
        certificate_id=certificate_id,
        serial_number=serial,
        ca_id="ca-1",
        crl_shard=0,
        job_id="job-1",
        state=VersionState.ISSUED,
        not_before=not_after,
        not_after=not_after,
        created_at=not_after,
        spki_sha256="",
        fingerprint_sha256=fingerprint,
    )


def store_as_before_search(
    database: Database, certificates: Sequence[Certificate], versions: Sequence[Version] = ()
) -> None:
    """Stores certificates like releases without search."""
    store = CertificateStore(database)
    for each in certificates:
        database.transact(store.create_steps(each, each.search_names))
    for issued in versions:
        record = version_record(issued.not_after, issued.serial_number)
        database.write(put(to_item(VersionItem, issued, record=record)))


def store_searchable(
    database: Database, certificates: Sequence[Certificate], versions: Sequence[Version] = ()
) -> None:
    store_as_before_search(database, certificates, versions)
    SearchEntries(database).write_all(certificates)


def store_services(database: Database, numbers: Sequence[int], now: datetime) -> None:
    """Searchable certificates with a version each, by number. Not in transactions: these take DynamoDB Local
    ten times as long."""
    with ThreadPoolExecutor(8) as pool:
        parts = batched(numbers, _AT_ONCE, strict=False)
        list(pool.map(lambda part: _store_services(database, part, now), parts))


def _store_services(database: Database, numbers: Sequence[int], now: datetime) -> None:
    requests = [step.request for number in numbers for step in _service_steps(database, number, now)]
    for batch in batched(requests, _AT_ONCE, strict=False):
        wanted: dict[str, list[dict[str, object]]] = {}
        for request in batch:
            wanted.setdefault(request["TableName"], []).append({"PutRequest": {"Item": request["Item"]}})
        answer = database.client.batch_write_item(RequestItems=wanted)
        assert not answer["UnprocessedItems"]


def _service_steps(database: Database, number: int, now: datetime) -> Iterator[Write]:
    made = certificate(
        f"mc-{number:07}",
        now - timedelta(seconds=number),
        name=f"{SERVICES[number % len(SERVICES)]} API {number}",
        common_name=f"svc-{number:07}.{('prod', 'test')[number % 2]}.example.com",
        team_id=f"t-{number % 100}",
        tags={"cost": f"c-{number % 2}"},
    )
    serial, fingerprint = service_digest("serial", number)[:40], service_digest("print", number)
    yield from CertificateStore(database).create_steps(made, ())
    yield from text_entries(made)
    yield from version_entries(version(made.id, serial, fingerprint, now))


def service_digest(what: str, number: int) -> str:
    return hashlib.sha256(f"{what} {number}".encode()).hexdigest()
