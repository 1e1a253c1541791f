"""CAs as a tree: their order, their indentation, and what the tree notes."""

from typing import Any, cast

from certctl_client.api.schema import AuthorityView
from certctl_client.commands.cas.trees import CaTree


def ca(
    ca_id: str, parent_id: str | None = None, key_spec: str = "ECC_NIST_P256", **fields: Any
) -> AuthorityView:
    record = {"ca_id": ca_id, "parent_id": parent_id, "key_spec": key_spec, "subject": f"CN={ca_id}"}
    return cast(AuthorityView, record | {"role": "issuing" if parent_id else "root"} | fields)


_EC_ROOT, _RSA_ROOT = ca("ca-1", key_spec="ECC_NIST_P384"), ca("ca-2", key_spec="RSA_4096")


def test_each_root_is_followed_by_the_cas_below_it() -> None:
    listed = [_EC_ROOT, _RSA_ROOT, ca("ca-3", "ca-2", "RSA_2048"), ca("ca-4", "ca-1")]
    tree = CaTree(listed)

    assert [tree.name_of(each) for each in tree.ordered()] == ["CN=ca-1", "└ CN=ca-4", "CN=ca-2", "└ CN=ca-3"]


def test_a_ca_of_another_family_than_its_root_is_noted() -> None:
    mixed, plain = ca("ca-3", "ca-1", "RSA_2048"), ca("ca-4", "ca-1")
    tree = CaTree([_EC_ROOT, mixed, plain])

    assert tree.note_of(mixed) == "mixed: RSA below ECDSA"
    assert [tree.note_of(each) for each in (plain, _EC_ROOT)] == ["", ""]


def test_a_ca_below_an_outside_root_is_at_the_top_and_says_so() -> None:
    outside = ca("ca-5", role="issuing")
    tree = CaTree([_EC_ROOT, outside])

    assert list(tree.ordered()) == [_EC_ROOT, outside]
    assert tree.note_of(outside) == "below a root outside the stack"


def test_a_server_of_an_earlier_release_gives_a_list() -> None:
    """Such a server reports neither the root nor the kind of key, so nothing is said about either."""
    old: list[Any] = [
        {"ca_id": each, "role": "issuing", "subject": f"CN={each}"} for each in ("ca-1", "ca-2")
    ]
    tree = CaTree(old)

    assert [tree.name_of(each) for each in tree.ordered()] == ["CN=ca-1", "CN=ca-2"]
    assert [tree.note_of(each) for each in old] == ["", ""]
