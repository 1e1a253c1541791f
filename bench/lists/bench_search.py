"""What a search reads and takes on DynamoDB Local (needs Java 17 and npm). Argument: certificates, 100000.

Prints a line for each kind of search: requests and read units of its first page of 50, by DynamoDB's formula
(DynamoDB Local counts a query that finds nothing as nothing), and the median of 20 in milliseconds.

Last result (2026-11-26, 2 shared cores under a load of 12), of 100,000: one by its label 6 requests, 3 units;
a full page 6 and 28, 49 to 210 ms; a serial 8 and 4; nothing 5 and 2.5.
"""

import os
import shutil
import statistics
import sys
import time
from datetime import UTC, datetime
from uuid import uuid4

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.certificates.filters import CertificateFilter
from certctl.services.certificates.lists import CertificateLists
from certctl.services.certificates.search_coverage import SearchCoverage
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.catalog.records import CatalogStore
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.certificates.search_entries import SearchEntries
from certctl.store.certificates.search_progress import SearchProgress
from certctl.store.database import Database
from tests.support.aws.dynamodb_local import credentials, new_database, open_patient_database, running
from tests.support.certificates.searching import service_digest, store_services
from tests.support.costs.read_units import metered_reads

_NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
_ADMIN = Principal("key-admin", Role.ADMIN, ("*",))
_OF_ONE_TEAM = Principal("key-team", Role.VIEWER, ("t-7",))
_TIMES = 20


def main(count: int) -> None:
    if shutil.which("java") is None or shutil.which("npm") is None:
        print("skipped: no Java or npm")
        return
    os.environ.update(credentials(uuid4().hex))
    with running() as endpoint:
        new_database(endpoint)
        database = open_patient_database(endpoint)
        started = time.monotonic()
        store_services(database, range(count), _NOW)
        print(f"{count} certificates stored in {time.monotonic() - started:.0f} s")
        SearchProgress(database).end(_NOW)
        for kind, typed, caller in _searches(count):
            _measure(database, kind, typed, caller)


def _measure(database: Database, kind: str, typed: str, caller: Principal) -> None:
    lists = CertificateLists(
        CertificateIndexes(database), lambda: _NOW, CachedCatalog(CatalogStore(database), lambda: _NOW)
    )
    coverage = SearchCoverage(SearchProgress(database), SearchEntries(database))
    wanted = CertificateFilter(search=typed)
    coverage.is_complete()
    with metered_reads(database.client) as read:
        found = len(lists.page(caller, wanted, None, 50).records)
        coverage.is_complete()
    took = statistics.median(_seconds(lists, caller, wanted) for _ in range(_TIMES))
    print(
        f"{kind:<32} {typed[:24]:<24} {found:>3} found {len(read.reads):>3} requests "
        f"{read.units:>6.1f} units {1000 * took:>7.1f} ms"
    )


def _seconds(lists: CertificateLists, caller: Principal, wanted: CertificateFilter) -> float:
    started = time.monotonic()
    lists.page(caller, wanted, None, 50)
    return time.monotonic() - started


def _searches(count: int) -> list[tuple[str, str, Principal]]:
    last = count - 1
    return [
        ("first label, one", f"svc-{last:07}", _ADMIN),
        ("beginning of a label, all", "svc", _ADMIN),
        ("labels in the middle", "prod.exam", _ADMIN),
        ("a domain of all", "example.com", _ADMIN),
        ("the last label", "com", _ADMIN),
        ("display name", "payments", _ADMIN),
        ("id", f"mc-{last:07}", _ADMIN),
        ("tag", "cost=c-1", _ADMIN),
        ("serial, whole", service_digest("serial", last)[:40], _ADMIN),
        ("serial, eight digits", service_digest("serial", last)[:8], _ADMIN),
        ("fingerprint", service_digest("print", last), _ADMIN),
        ("nothing", "no-such-name", _ADMIN),
        ("a domain, of one team in 100", "example.com", _OF_ONE_TEAM),
    ]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
