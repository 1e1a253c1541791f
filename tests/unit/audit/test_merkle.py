"""RFC 9162, section 2.1, against its recursive definition and against published vectors."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.crypto.audit.merkle import MerkleTree, merkle_root, root_of_proof

# the inputs and roots of the reference implementation of Certificate Transparency
_INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
_ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def defined_root(entries: Sequence[bytes]) -> bytes:
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    split = 1 << (len(entries) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + defined_root(entries[:split]) + defined_root(entries[split:])).digest()


def defined_path(index: int, entries: Sequence[bytes]) -> list[bytes]:
    if len(entries) == 1:
        return []
    split = 1 << (len(entries) - 1).bit_length() - 1
    if index < split:
        return [*defined_path(index, entries[:split]), defined_root(entries[split:])]
    return [*defined_path(index - split, entries[split:]), defined_root(entries[:split])]


def some(count: int) -> list[bytes]:
    return [hashlib.sha256(str(n).encode()).digest() for n in range(count)]


@pytest.mark.parametrize(("count", "root"), _ROOTS.items())
def test_roots_are_those_of_certificate_transparency(count: int, root: str) -> None:
    assert merkle_root([bytes.fromhex(text) for text in _INPUTS[:count]]).hex() == root


@given(st.integers(0, 300))
def test_a_root_is_the_one_that_the_rfc_defines(count: int) -> None:
    assert merkle_root(some(count)) == defined_root(some(count))


@given(st.data())
def test_a_proof_is_the_one_that_the_rfc_defines_and_leads_to_the_root(data: st.DataObject) -> None:
    entries = some(data.draw(st.integers(1, 200)))
    index = data.draw(st.integers(0, len(entries) - 1))
    path = MerkleTree(entries).inclusion_proof(index)
    assert path == defined_path(index, entries)
    assert root_of_proof(entries[index], index, len(entries), path) == merkle_root(entries)


@given(st.data())
def test_a_proof_of_another_entry_place_or_size_leads_elsewhere(data: st.DataObject) -> None:
    entries = some(data.draw(st.integers(2, 60)))
    index, other = data.draw(st.permutations(range(len(entries))))[:2]
    path, root = MerkleTree(entries).inclusion_proof(index), merkle_root(entries)
    assert root_of_proof(entries[other], index, len(entries), path) != root
    assert root_of_proof(entries[index], other, len(entries), path) != root
    assert root_of_proof(entries[index], index, len(entries), [*path, path[0]]) is None
    assert root_of_proof(entries[index], index, len(entries), path[:-1]) != root


@pytest.mark.parametrize("index", [-1, 3])
def test_there_is_no_proof_of_what_is_not_in_the_tree(index: int) -> None:
    with pytest.raises(IndexError):
        MerkleTree(some(3)).inclusion_proof(index)
    assert root_of_proof(some(1)[0], index, 3, []) is None
