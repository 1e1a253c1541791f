"""acme_api dies before or after any of its writes: the client repeats it, and gets one certificate."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest

from certctl.domain.acme.orders import Order
from certctl.domain.acme.problems import AcmeProblem
from certctl.domain.acme.statuses import OrderStatus
from tests.support.acme.kills import Killed, dying
from tests.support.acme.orders import NAME, AcmeClient, csr_for

WRITES = range(5)


def died(client: AcmeClient, act: Callable[[], object], at: int, *, after: bool) -> None:
    with dying(client.plane.pki.database, at, after=after), suppress(Killed, AcmeProblem):
        act()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", WRITES)
def test_newOrder_leaves_nothing_that_hinders_the_next_one(  # as RFC 8555 writes it
    client: AcmeClient, at: int, after: bool
) -> None:
    died(client, client.order, at, after=after)
    client.issued()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", WRITES)
@pytest.mark.parametrize("is_renewal", [False, True], ids=["new", "renewal"])
def test_finalize_is_repeated_with_the_same_csr(
    client: AcmeClient, is_renewal: bool, at: int, after: bool
) -> None:
    if is_renewal:
        client.issued()
    order, csr = client.order().order, csr_for(NAME, [NAME])
    died(client, lambda: client.finalize(order, csr), at, after=after)
    client.finalize(order, csr)
    client.plane.pki.clock.advance(timedelta(seconds=5))
    client.read(order)
    client.plane.work()
    assert client.read(order).status is OrderStatus.VALID
    assert versions(client, client.stored(order)) == 1 + is_renewal


def versions(client: AcmeClient, order: Order) -> int:
    now = client.plane.pki.clock()
    return len(client.plane.stores.certificates.unexpired_versions(order.certificate_id or "", now))


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", WRITES)
def test_a_download_that_dies_is_repeated(client: AcmeClient, at: int, after: bool) -> None:
    order = client.issued()
    died(client, lambda: client.download(order), at, after=after)
    assert "BEGIN CERTIFICATE" in client.download(order)
    assert client.stored(order).downloaded_at is not None


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", WRITES)
def test_a_revocation_that_dies_is_repeated(client: AcmeClient, at: int, after: bool) -> None:
    order = client.issued()
    der = client.der(order)
    died(client, lambda: client.revoke(der, 4), at, after=after)
    with suppress(AcmeProblem):
        client.revoke(der, 4)
    assert client.record(order).revocation_reason == "superseded"
