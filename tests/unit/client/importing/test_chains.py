"""Which certificates of a file are sent on their own, which as the chain of another, which only counted."""

from functools import cache

import pytest

from certctl_client.importing.found import Found, TrustStore
from tests.support.client.import_files import certificate, pem, scanned

_ROOT = certificate("root.example", "root.example", ca=True)
_INTERMEDIATE = certificate("ca.example", "root.example", ca=True)
_LEAF, _OTHER = certificate("www.example"), certificate("api.example", serial=8)


@cache
def _authorities(number: int) -> list[bytes]:
    return [certificate(f"ca-{n}.example", f"ca-{n}.example", ca=True) for n in range(number)]


def test_a_chain_is_in_its_order_whatever_that_of_the_file() -> None:
    [found] = scanned(pem(_ROOT, _INTERMEDIATE, _LEAF)).found
    assert found == Found("upload:-#3", _LEAF, (_INTERMEDIATE, _ROOT))


def test_two_leaves_share_a_chain() -> None:
    found = scanned(pem(_LEAF, _OTHER, _INTERMEDIATE)).found
    assert [(each.certificate, each.chain) for each in found] == [
        (_LEAF, (_INTERMEDIATE,)),
        (_OTHER, (_INTERMEDIATE,)),
    ]


def test_an_authority_that_no_leaf_chains_to_stands_alone() -> None:
    assert scanned(pem(*_authorities(2))).certificates == _authorities(2)


@pytest.mark.parametrize(("number", "counted"), [(20, 0), (21, 21)])
def test_more_than_20_authorities_without_a_leaf_are_a_trust_store(number: int, counted: int) -> None:
    seen = scanned(pem(*_authorities(number)))
    stores = [each.authorities for each in seen.all if isinstance(each, TrustStore)]
    assert (len(seen.found), stores) == (number - counted, [counted] if counted else [])


def test_a_leaf_among_many_authorities_is_found() -> None:
    seen = scanned(pem(_LEAF, *_authorities(30), _INTERMEDIATE))
    assert list(seen.found) == [Found("upload:-#1", _LEAF, (_INTERMEDIATE,))]


def test_of_a_chain_of_1000_ten_are_sent() -> None:
    chain = [certificate(f"ca-{n}.example", f"ca-{n + 1}.example", ca=True) for n in range(999)]
    [found] = scanned(pem(certificate("www.example", "ca-0.example"), *chain)).found
    assert found.chain == tuple(chain[:10])


def test_authorities_that_name_each_other_as_issuer_end() -> None:
    one, two = certificate("ca.example", "two.example", ca=True), certificate("two.example", ca=True)
    [found] = scanned(pem(_LEAF, one, two)).found
    assert found.chain == (one, two)
