"""Validators that claim one authorization at once, on a database that judges like the real one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest

from certctl.domain.acme.attempts import LEASE, attempted
from certctl.domain.acme.authorizations import Authorization, AuthorizationStatus
from certctl.domain.acme.challenges import Refused, Validated
from certctl.domain.acme.problems import ProblemType
from certctl.store.acme.authorizations import AuthorizationStore
from certctl.store.acme.claims import AuthorizationClaims
from certctl.store.database import Database
from tests.support.acme.authorizations import ANSWERED_AT, awaiting
from tests.support.aws.dynamodb_local import new_database

pytestmark = [pytest.mark.dynamodb_local, pytest.mark.slow]
WORKERS = 8
REFUSED = Refused(ProblemType.DNS, "dns-01: the name does not exist")


@pytest.fixture
def database(endpoint: str, access_key: str) -> Iterator[Database]:
    database = new_database(endpoint)
    assert database.client  # made here, once: threads that make it at once make several
    yield database
    database.client.close()


def _claims_at_once(database: Database, order_id: str, now: datetime) -> list[Authorization]:
    start = Barrier(WORKERS)

    def claim(_: int) -> Authorization | None:
        start.wait()
        return AuthorizationClaims(database).claim(order_id, 0, now)

    with ThreadPoolExecutor(WORKERS) as pool:
        return [claimed for claimed in pool.map(claim, range(WORKERS)) if claimed is not None]


def test_of_validators_that_claim_at_once_exactly_one_gets_each_attempt(database: Database) -> None:
    claims, store = AuthorizationClaims(database), AuthorizationStore(database)
    for number in range(10):
        order_id = f"ord-{number}"
        database.transact([store.create_step(awaiting(order_id=order_id))])
        (first,) = _claims_at_once(database, order_id, ANSWERED_AT)
        (second,) = _claims_at_once(database, order_id, ANSWERED_AT + LEASE)
        assert (first.attempt, second.attempt) == (1, 2)
        late = ANSWERED_AT + LEASE
        assert not claims.complete(first, attempted(first, REFUSED, late))
        assert claims.complete(second, attempted(second, Validated(), late))
        found = store.get(order_id, 0)
        assert found is not None
        assert found.status is AuthorizationStatus.VALID
        assert _claims_at_once(database, order_id, late) == []
