"""Roots are made at once, on a database that judges transactions as DynamoDB does."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest

from certctl.domain.authorities.authorities import Authority, NewAuthority, NewRoot
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.errors import Conflict, InvalidInput, NotServed
from tests.support.authorities.pki import Pki, new_keys
from tests.support.aws.dynamodb_local import new_database
from tests.support.aws.memory_s3 import MemoryS3
from tests.support.clock import Clock

pytestmark = [pytest.mark.dynamodb_local, pytest.mark.timeout(120)]

WANTED = NewRoot("arn:root-2", "CN=Second Root,O=Example")
_AT_ONCE = 8
_Outcome = Authority | Conflict | InvalidInput


@pytest.fixture
def pki(endpoint: str, access_key: str) -> Pki:
    pki = Pki(new_database(endpoint), MemoryS3(), Clock(), new_keys())
    pki.authority().initialize()
    return pki


def made(pki: Pki, wanted: NewRoot) -> _Outcome:
    try:
        return pki.roots().create(wanted)
    except (Conflict, InvalidInput) as refused:
        return refused


def at_once(calls: list[Callable[[], _Outcome]]) -> list[_Outcome]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [each.result() for each in [pool.submit(call) for call in calls]]


def further_roots(pki: Pki) -> list[Authority]:
    return [each for each in pki.authorities.all() if each.role == "root" and each.key_arn != "arn:root"]


def test_runs_with_one_key_make_one_root_that_is_active_once(pki: Pki) -> None:
    pki.new_key(WANTED.key_arn)
    outcomes = at_once([partial(made, pki, WANTED)] * _AT_ONCE)
    (root,) = further_roots(pki)
    assert root.state is AuthorityState.ACTIVE
    assert {each.ca_id for each in outcomes if isinstance(each, Authority)} == {root.ca_id}
    assert not [each for each in outcomes if not isinstance(each, Authority)]
    events = [item["event"]["S"] for item in pki.database.client.scan(TableName="audit")["Items"]]
    assert sum('"ca_activated"' in event for event in events) == 1


def test_keys_of_one_name_make_one_root(pki: Pki) -> None:
    wanted = [replace(WANTED, key_arn=pki.new_key(f"arn:root-{n}")) for n in range(_AT_ONCE)]
    outcomes = at_once([partial(made, pki, each) for each in wanted])
    (root,) = further_roots(pki)
    assert [each.ca_id for each in outcomes if isinstance(each, Authority)] == [root.ca_id]


def test_keys_of_names_of_their_own_make_a_root_each_while_a_ca_is_rotated(pki: Pki) -> None:
    pki.new_key()
    wanted = [NewRoot(pki.new_key(f"arn:root-{n}"), f"CN=Root {n}") for n in range(3)]
    rotate = NewAuthority("iss-local", "arn:second")
    outcomes = at_once(
        [
            partial(pki.local_issuers().rotate, rotate),
            *(partial(made, pki, each) for each in wanted),
        ]
    )
    assert all(isinstance(each, Authority) for each in outcomes), outcomes
    assert len(further_roots(pki)) == 3


def test_one_that_died_before_its_host_served_is_finished_by_many_at_once(pki: Pki) -> None:
    def refuse(*_: object) -> None:
        raise NotServed("no")

    pki.new_key(WANTED.key_arn)
    with pytest.raises(NotServed):
        pki.roots(require_served=refuse).create(WANTED)
    outcomes = at_once([partial(made, pki, WANTED)] * _AT_ONCE)
    assert {each.state for each in outcomes if isinstance(each, Authority)} == {AuthorityState.ACTIVE}
    assert len(further_roots(pki)) == 1
