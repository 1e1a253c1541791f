"""ACME clients at once, on a database that judges like the real one."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event, Thread

import pytest

from certctl.domain.acme.ordering.limits import LimitedAct
from certctl.domain.acme.orders import Order
from certctl.domain.acme.problems import AcmeProblem
from certctl.domain.acme.statuses import OrderStatus
from certctl.store.acme.rates import hourly
from tests.support.acme.orders import NAME, AcmeClient, client_of, csr_for, new_client, service_account
from tests.support.aws.dynamodb_local import new_database
from tests.support.clock import Clock
from tests.support.functions.control_plane import ControlPlane
from tests.support.prepared import pki_on, prepare

pytestmark = pytest.mark.dynamodb_local


@pytest.fixture(scope="module")
def cas() -> None:
    prepare()


@pytest.fixture
def plane(cas: None, endpoint: str, access_key: str) -> ControlPlane:
    return ControlPlane(pki_on(new_database(endpoint), Clock()))


def at_once[R](acts: Sequence[Callable[[], R]]) -> list[R]:
    """All of them wait for one another, then start."""
    barrier = Barrier(len(acts))

    def started(act: Callable[[], R]) -> R:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(started, acts))


@contextmanager
def signing(plane: ControlPlane) -> Iterator[None]:
    """With a signing worker that takes nudges as they come."""
    is_over = Event()

    def work() -> None:
        while not is_over.is_set():
            plane.work()
            time.sleep(0.02)

    worker = Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        is_over.set()
        worker.join()


def accounts(plane: ControlPlane, count: int) -> list[AcmeClient]:
    """ACME accounts of one EAB key, which wait for real."""
    first = new_client(plane)
    others = [client_of(plane, first.caller.eab_key, service_account(plane)) for _ in range(count - 1)]
    for each in (first, *others):
        each.on_pause = lambda: time.sleep(0.1)
    return [first, *others]


def is_taken(client: AcmeClient, order: Order, csr: bytes) -> bool:
    try:
        client.finalize(order, csr)
    except AcmeProblem as problem:
        if problem.status != 503:
            raise
        return False
    return True


def until_done(client: AcmeClient, order: Order, csr: bytes) -> OrderStatus:
    """Repeats, like a client that honors Retry-After."""
    for _ in range(20):
        if is_taken(client, order, csr):
            break
    for _ in range(200):
        view = client.read(order)
        if view.status is not OrderStatus.PROCESSING:
            return view.status
        time.sleep(0.05)
    return OrderStatus.PROCESSING


def test_ten_orders_at_once_of_one_account_are_ten_orders(plane: ControlPlane) -> None:
    client = new_client(plane)
    made = at_once([lambda: client.order()] * 10)
    assert len({each.order.id for each in made}) == 10
    taken = hourly(plane.pki.database, client.caller.account.id).taken(LimitedAct.ORDERS, plane.pki.clock())
    assert taken == 10


def test_one_order_that_is_finalized_twice_at_once_has_one_job(plane: ControlPlane) -> None:
    client = new_client(plane)
    order, csr = client.order().order, csr_for(NAME, [NAME])
    views = at_once([lambda: client.finalize(order, csr)] * 4)
    assert len({each.order.job_id for each in views}) == 1
    assert len({each.order.certificate_id for each in views}) == 1
    plane.work()
    assert client.read(order).status is OrderStatus.VALID


def test_replicas_that_start_at_once_share_one_record_and_all_get_a_certificate(plane: ControlPlane) -> None:
    clients = accounts(plane, 4)
    orders = [each.order().order for each in clients]
    keys = [csr_for(NAME, [NAME]) for _ in clients]
    acts = [
        lambda c=client, o=order, k=csr: until_done(c, o, k)
        for client, order, csr in zip(clients, orders, keys, strict=True)
    ]
    with signing(plane):
        done = at_once(acts)
    assert Counter(done) == {OrderStatus.VALID: 4}
    stored = [client.stored(order) for client, order in zip(clients, orders, strict=True)]
    assert len({each.certificate_id for each in stored}) == 1
    now = plane.pki.clock()
    versions = plane.stores.certificates.unexpired_versions(stored[0].certificate_id or "", now)
    assert len(versions) == 4


def test_an_order_and_a_revocation_at_once_leave_no_job_behind(plane: ControlPlane) -> None:
    client = new_client(plane)
    first = client.issued()
    der = client.der(first)
    order, csr = client.order().order, csr_for(NAME, [NAME])

    def finalize() -> None:
        client.finalize(order, csr)

    def revoke() -> None:
        client.revoke(der, 4)

    at_once([finalize, revoke])
    plane.work()
    assert client.read(order).status is OrderStatus.VALID
    record = client.record(client.stored(order))
    assert record.open_job_id is None
    assert record.may_be_issued
