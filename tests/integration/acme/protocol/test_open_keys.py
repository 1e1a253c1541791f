"""The open EAB key: ACME accounts without a binding, within its networks and its number."""

from datetime import timedelta

import pytest

from certctl.domain.acme.eab_keys import EabKey
from certctl.store.acme.accounts import AcmeAccountStore
from tests.support.acme.eab_keys import EabKeys
from tests.support.acme.gateway import DIRECTORY, AcmeGateway
from tests.support.acme.raw import RawAcme, problem
from tests.support.costs.round_trips import recorded
from tests.support.functions.deployed import Deployed

INSIDE = "10.1.2.3"


@pytest.fixture
def open_key(keys: EabKeys) -> EabKey:
    return keys.made(is_open=True, source_cidrs=("10.0.0.0/8",), max_accounts=3)


def newcomer(stack: Deployed, source_ip: str = INSIDE) -> RawAcme:
    return RawAcme(AcmeGateway(stack, source_ip=source_ip))


def test_the_directory_says_that_no_binding_is_needed(stack: Deployed, open_key: EabKey) -> None:
    meta = AcmeGateway(stack).send("GET", DIRECTORY).json()["meta"]
    assert meta["externalAccountRequired"] is False


def test_accounts_without_a_binding_are_the_open_keys(
    stack: Deployed, keys: EabKeys, open_key: EabKey
) -> None:
    client = newcomer(stack)
    assert client.register().status_code == 201
    account = AcmeAccountStore(stack.database).get(client.kid.rpartition("/")[2])
    assert account is not None
    assert (account.eab_key_id, account.service_account_id) == (open_key.id, open_key.service_account_id)


def test_accounts_with_a_binding_are_still_bound(stack: Deployed, keys: EabKeys, open_key: EabKey) -> None:
    key, client = keys.made(), newcomer(stack, "198.51.100.7")
    held = keys.held(key)
    assert client.bind(held.id, held.secret).status_code == 201
    assert (keys.places_taken(key), keys.places_taken(open_key)) == (1, 0)


def test_a_flood_of_accounts_ends_at_the_number_of_the_open_key(
    stack: Deployed, keys: EabKeys, open_key: EabKey
) -> None:
    responses = [newcomer(stack).register() for _ in range(6)]
    assert [each.status_code for each in responses] == [201, 201, 201, 403, 403, 403]
    assert problem(responses[-1]) == "unauthorized"
    assert keys.places_taken(open_key) == 3


def test_strangers_outside_its_networks_get_no_account_for_three_reads_and_one_write(
    stack: Deployed, open_key: EabKey
) -> None:
    stranger = newcomer(stack, "203.0.113.9")
    stranger.nonce()
    with recorded(stack.database.client) as recording:
        response = stranger.register()
    assert (response.status_code, problem(response)) == (403, "unauthorized")
    calls = [f"{call.operation} {call.table}" for call in recording.calls]
    assert calls == ["PutItem state", "GetItem credentials", "GetItem catalog", "GetItem catalog"]


def test_a_closed_or_expired_open_key_makes_no_more_accounts(
    stack: Deployed, keys: EabKeys, open_key: EabKey
) -> None:
    keys.change(open_key, expires_at=stack.clock() + timedelta(seconds=1))
    stack.clock.advance(timedelta(seconds=16))
    assert problem(newcomer(stack).register()) == "unauthorized"
    meta = AcmeGateway(stack).send("GET", DIRECTORY).json()["meta"]
    assert meta["externalAccountRequired"] is True
