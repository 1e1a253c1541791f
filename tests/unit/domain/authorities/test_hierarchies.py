"""Which root a new CA is below, and who could not verify it."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from certctl.domain.authorities.authorities import Authority
from certctl.domain.authorities.confirmations import Confirmation, require_confirmed
from certctl.domain.authorities.hierarchies import (
    active_roots,
    in_tree_order,
    mixture_to_confirm,
    require_active_root,
    require_root_spec,
    root_below_which,
)
from certctl.domain.authorities.key_specs import KeyFamily, KeySpec
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.errors import Conflict, InvalidInput
from tests.support.authorities.authorities import an_authority

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ECDSA, RSA = KeyFamily.ECDSA, KeyFamily.RSA
MIXED = "RSA-only clients cannot verify it"


def a_root(ca_id: str, age: int = 0, **fields: Any) -> Authority:
    return an_authority(NOW - timedelta(days=age), ca_id=ca_id, role="root", **fields)


def below(root_id: str | None, ca_id: str, **fields: Any) -> Authority:
    return an_authority(NOW, ca_id=ca_id, parent_id=root_id, **fields)


FIRST, SECOND = a_root("ca-z", age=9), a_root("ca-a")
BEGUN = a_root("ca-begun", state=AuthorityState.PENDING, key_arn="arn:begun")
OVER = a_root("ca-over", state=AuthorityState.RETIRED)
ISSUING = below("ca-a", "ca-issuing", issuer_id="iss-office")
ALL = [SECOND, BEGUN, OVER, ISSUING, FIRST]


@pytest.mark.parametrize("order", list(permutations(range(5)))[::17])
def test_the_tree_has_each_root_before_its_cas_in_whatever_order_they_come(order: tuple[int, ...]) -> None:
    old = below("ca-z", "ca-1", state=AuthorityState.RETIRING)
    new, outside = below("ca-z", "ca-2"), below(None, "ca-0")
    wanted = [FIRST, new, old, SECOND, outside]
    assert in_tree_order(wanted[each] for each in order) == wanted


def test_a_ca_whose_root_is_not_listed_comes_last() -> None:
    assert in_tree_order([below("ca-gone", "ca-1"), FIRST]) == [FIRST, below("ca-gone", "ca-1")]


def test_the_oldest_root_is_the_stacks_first_whatever_its_id() -> None:
    assert active_roots(ALL) == [FIRST, SECOND]
    assert root_below_which(None, ALL) == FIRST


def test_a_ca_stays_in_its_hierarchy_unless_it_is_told_otherwise() -> None:
    assert root_below_which(ISSUING, ALL) == SECOND
    assert root_below_which(below(None, "ca-outside"), ALL) == FIRST
    assert require_active_root("ca-z", ALL) == FIRST


def test_without_a_root_there_is_nothing_to_be_below() -> None:
    with pytest.raises(Conflict, match="run initialize first"):
        root_below_which(None, [])
    with pytest.raises(InvalidInput, match="there is no root yet"):
        require_active_root("ca-z", [])


@pytest.mark.parametrize(
    ("root_id", "error", "why"),
    [
        ("ca-none", InvalidInput, "root_id: is no root that is in use: must be one of ca-z, ca-a"),
        ("", InvalidInput, "root_id: is no root that is in use: must be one of ca-z, ca-a"),
        ("ca-over", InvalidInput, "root_id: is no root that is in use: must be one of ca-z, ca-a"),
        ("ca-issuing", InvalidInput, "is the issuing CA of iss-office: must be one of ca-z, ca-a"),
        ("ca-begun", Conflict, "ca-begun is begun: finish it first, by create_root with its key arn:begun"),
    ],
)
def test_another_id_is_refused_with_what_is_allowed(root_id: str, error: type[Exception], why: str) -> None:
    with pytest.raises(error, match=why):
        require_active_root(root_id, ALL)


def test_a_root_has_any_spec_but_the_weakest() -> None:
    for spec in set(KeySpec) - {KeySpec.RSA_2048}:
        require_root_spec(spec, "key_arn")
    with pytest.raises(InvalidInput, match="key_arn: is RSA_2048: the key of a root is one of"):
        require_root_spec(KeySpec.RSA_2048, "key_arn")


@pytest.mark.parametrize(
    ("issuing", "above", "who"),
    [
        (RSA, ECDSA, "RSA only, .* do not verify the ECDSA signature above it"),
        (ECDSA, RSA, "RSA only, .* do not verify the certificates that it signs"),
    ],
)
def test_a_mixture_is_confirmed_by_naming_who_cannot_verify_it(
    issuing: KeyFamily, above: KeyFamily, who: str
) -> None:
    needed = list(mixture_to_confirm(issuing, [above]))
    with pytest.raises(InvalidInput, match=who) as refused:
        require_confirmed(needed, ())
    assert f'confirm: must be "{MIXED}", since' in str(refused.value)
    require_confirmed(needed, [MIXED])


def test_one_family_needs_no_confirmation() -> None:
    assert [
        *mixture_to_confirm(RSA, [RSA]),
        *mixture_to_confirm(ECDSA, [ECDSA]),
        *mixture_to_confirm(RSA, []),
    ] == []


@pytest.mark.parametrize("given", [(), ("b c",), ("a", "other")])
def test_all_that_is_to_be_confirmed_is_said_at_once(given: tuple[str, ...]) -> None:
    needed = [Confirmation("a", "for one reason"), Confirmation("b c", "for another")]
    with pytest.raises(InvalidInput, match=r'confirm: must be the list \["a", "b c"\]') as refused:
        require_confirmed(needed, given)
    missing = [each for each in needed if each.text not in given]
    assert [problem.message for problem in refused.value.problems] == [
        f"must have {each.shown}, {each.why}" for each in missing
    ]
    require_confirmed(needed, ("b c", "a"))
