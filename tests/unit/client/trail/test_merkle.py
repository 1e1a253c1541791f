"""Merkle trees against vectors of Certificate Transparency's reference implementation and the RFC's text."""

import os

import pytest

from certctl_client.trail.merkle import merkle_root, root_of_proof
from tests.support.client.trails import tree_hash, tree_path

# github.com/google/certificate-transparency, merkletree tests: leaves, root of the first n, inclusion proofs.
_LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
_PROOFS = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


@pytest.mark.parametrize(("size", "root"), list(enumerate(_ROOTS)))
def test_roots_are_those_of_the_reference_implementation(size: int, root: str) -> None:
    assert merkle_root(_LEAVES[:size]).hex() == root
    assert tree_hash(_LEAVES[:size]).hex() == root


@pytest.mark.parametrize("place", _PROOFS)
def test_proofs_of_the_reference_implementation_lead_to_the_root(place: tuple[int, int]) -> None:
    index, size = place
    path = [bytes.fromhex(node) for node in _PROOFS[place]]
    root = root_of_proof(_LEAVES[index], index, size, path)
    assert root is not None
    assert root.hex() == _ROOTS[size]


@pytest.mark.parametrize("size", [*range(1, 34), 63, 64, 65, 100])
def test_every_leaf_of_every_size_is_proved_and_only_at_its_place(size: int) -> None:
    leaves = [os.urandom(32) for _ in range(size)]
    root = tree_hash(leaves)
    assert merkle_root(leaves) == root
    for index, leaf in enumerate(leaves):
        path = tree_path(index, leaves)
        assert root_of_proof(leaf, index, size, path) == root
        assert root_of_proof(leaves[index - 1], index, size, path) != root or size == 1
        assert root_of_proof(leaf, index, size, [*path, bytes(32)]) is None
        assert size == 1 or root_of_proof(leaf, index, size, path[:-1]) != root
        assert size == 1 or root_of_proof(leaf, (index + 1) % size, size, path) != root


@pytest.mark.parametrize(("index", "size"), [(-1, 4), (4, 4), (0, 0), (7, 3)])
def test_a_place_outside_the_tree_proves_nothing(index: int, size: int) -> None:
    assert root_of_proof(b"leaf", index, size, []) is None
