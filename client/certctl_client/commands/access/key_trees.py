"""API keys as a tree: each is followed by the keys that it made."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from certctl_client.api.schema import ApiKeyView


class KeyTree:
    """A tree of the listed keys, in their order; a key whose maker is not listed is at the top."""

    def __init__(self) -> None:
        self._depths: dict[str, int] = {}

    def ordered(self, keys: Iterable[ApiKeyView]) -> Iterator[ApiKeyView]:
        listed = list(keys)
        ids = {key["id"] for key in listed}
        made = defaultdict[str | None, list[ApiKeyView]](list)
        for key in listed:
            made[key["made_by"] if key["made_by"] in ids else None].append(key)
        return self._walked(made, None, 0)

    def name_of(self, key: ApiKeyView) -> str:
        """The name of a key, indented by its place in the tree."""
        depth = self._depths.get(key["id"], 0)
        return f"{'  ' * (depth - 1)}└ {key['name']}" if depth else key["name"]

    def _walked(
        self, made: Mapping[str | None, list[ApiKeyView]], maker: str | None, depth: int
    ) -> Iterator[ApiKeyView]:
        for key in made.get(maker, ()):
            self._depths[key["id"]] = depth
            yield key
            yield from self._walked(made, key["id"], depth + 1)
