"""The tree of `certctl keys list`."""

from typing import cast

from certctl_client.api.schema import ApiKeyView
from certctl_client.commands.access.key_trees import KeyTree


def key(key_id: str, made_by: str | None = None) -> ApiKeyView:
    return cast(ApiKeyView, {"id": key_id, "name": key_id, "made_by": made_by})


def test_each_key_is_followed_by_those_that_it_made() -> None:
    tree = KeyTree()
    listed = [key("grandchild", "child"), key("other", "key-not-listed"), key("child", "maker"), key("maker")]
    ordered = list(tree.ordered(listed))
    assert [tree.name_of(each) for each in ordered] == ["other", "maker", "└ child", "  └ grandchild"]
