"""What one request of a stranger costs at most: reads and writes of DynamoDB, and MACs by KMS."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.acme.eab_keys import EabKey
from tests.support.acme.eab_keys import EabKeys
from tests.support.acme.gateway import DIRECTORY, AcmeGateway
from tests.support.acme.raw import RawAcme, binding, jws, new_key, problem
from tests.support.aws.local_kms import LocalKms
from tests.support.costs.round_trips import recorded
from tests.support.functions.deployed import Deployed

_READS = frozenset({"GetItem", "Query", "BatchGetItem"})


@dataclass
class Counted(LocalKms):
    macs: int = 0

    def __post_init__(self) -> None:
        super().__init__({})

    def generate_mac(self, KeyId: str, Message: bytes, MacAlgorithm: str) -> dict[str, Any]:
        self.macs += 1
        return super().generate_mac(KeyId, Message, MacAlgorithm)


@dataclass
class Cost:
    reads: int = 0
    writes: int = 0
    macs: int = 0
    calls: list[str] = field(default_factory=list)


@dataclass
class Bounds:
    stack: Deployed
    kms: Counted

    @contextmanager
    def counted(self) -> Iterator[Cost]:
        cost, macs = Cost(), self.kms.macs
        with recorded(self.stack.database.client) as recording:
            yield cost
        cost.calls = [f"{call.operation} {call.table}" for call in recording.calls]
        cost.reads = sum(call.operation in _READS for call in recording.calls)
        cost.writes = len(recording.calls) - cost.reads
        cost.macs = self.kms.macs - macs


@pytest.fixture
def bounds(stack: Deployed) -> Bounds:
    kms = Counted()
    stack.clients["kms"] = kms
    stack.restart()
    return Bounds(stack, kms)


@pytest.fixture
def warm(bounds: Bounds, client: RawAcme) -> RawAcme:
    """An ACME account of a process that has read the key of its nonces."""
    client.post(client.kid)
    return client


def test_the_directory_costs_one_read_every_15_seconds(bounds: Bounds, gateway: AcmeGateway) -> None:
    with bounds.counted() as cost:
        for _ in range(5):
            assert gateway.send("GET", DIRECTORY).status_code == 200
    assert (cost.reads, cost.writes) == (1, 0)
    bounds.stack.clock.advance(timedelta(seconds=15))
    with bounds.counted() as cost:
        gateway.send("GET", DIRECTORY)
    assert (cost.reads, cost.writes) == (1, 0)


def test_a_nonce_costs_nothing(bounds: Bounds, warm: RawAcme) -> None:
    with bounds.counted() as cost:
        warm.nonce()
    assert cost.calls == []


def test_a_forged_signature_costs_one_read(bounds: Bounds, warm: RawAcme) -> None:
    body = jws(new_key(), warm.header(warm.kid), None)
    with bounds.counted() as cost:
        assert problem(warm.send(warm.kid, body)) == "malformed"
    assert (cost.reads, cost.writes) == (1, 0), cost.calls


def test_an_invented_account_costs_one_read_and_another_url_none(bounds: Bounds, warm: RawAcme) -> None:
    invented = warm.url("acct", "acct-00000000000000000000000000")
    with bounds.counted() as cost:
        assert problem(warm.post(warm.kid, kid=invented)) == "accountDoesNotExist"
    assert (cost.reads, cost.writes) == (1, 0), cost.calls
    with bounds.counted() as cost:
        assert problem(warm.post(warm.kid, kid="https://example.org/acme/acct/1")) == "accountDoesNotExist"
        warm.send(warm.kid, b"{}")
        warm.gateway.send("GET", warm.url("nowhere"))
    assert cost.calls == []


def test_a_stranger_with_a_key_of_its_own_costs_three_reads_one_write_and_one_mac(
    bounds: Bounds, keys: EabKeys, key: EabKey, warm: RawAcme
) -> None:
    stranger, held = RawAcme(warm.gateway), keys.held(key)
    url = stranger.url("new-account")
    wrong = keys.held(key, generation=7)
    for payload in (
        {},
        {"onlyReturnExisting": True},
        {"externalAccountBinding": binding(stranger.key, held.id, wrong.secret, url)},
        {"externalAccountBinding": binding(stranger.key, "eab-00000000000000000000000000", "AAAA", url)},
    ):
        with bounds.counted() as cost:
            assert stranger.register(**payload).status_code in (400, 403)
        assert cost.reads <= 3, cost.calls
        assert cost.writes == 1, cost.calls
        assert cost.macs <= 1


def test_a_stranger_who_revokes_costs_three_reads_and_one_write(bounds: Bounds, warm: RawAcme) -> None:
    stranger = RawAcme(warm.gateway)
    for certificate in ("AAAA", "not base64url!"):
        with bounds.counted() as cost:
            response = stranger.post(stranger.url("revoke-cert"), {"certificate": certificate}, by_key=True)
            assert response.status_code == 400
        assert cost.reads <= 3, cost.calls
        assert cost.writes == 1, cost.calls


def test_a_request_of_an_account_costs_two_reads_and_the_marker_of_its_nonce(
    bounds: Bounds, warm: RawAcme
) -> None:
    with bounds.counted() as cost:
        assert warm.post(warm.kid).status_code == 200
    assert cost.calls == ["GetItem catalog", "PutItem state", "GetItem credentials"]
