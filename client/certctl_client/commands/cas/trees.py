"""CAs as a tree: each root is followed by the CAs below it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from certctl_client.api.schema import AuthorityView


class CaTree:
    """A tree of the listed CAs, in their order; a CA whose root is not listed is at the top."""

    def __init__(self, listed: Iterable[AuthorityView]) -> None:
        self._listed = list(listed)
        self._by_id = {ca["ca_id"]: ca for ca in self._listed}

    def ordered(self) -> Iterator[AuthorityView]:
        below = defaultdict[str | None, list[AuthorityView]](list)
        for ca in self._listed:
            below[self._root_id(ca)].append(ca)
        for ca in below[None]:
            yield ca
            yield from below[ca["ca_id"]]

    def name_of(self, ca: AuthorityView) -> str:
        """The subject, indented below that of the root."""
        return f"└ {ca['subject']}" if self._root_id(ca) else ca["subject"]

    def note_of(self, ca: AuthorityView) -> str:
        """What a reader of the tree has to know beside the state."""
        if ca["role"] == "issuing" and ca.get("parent_id", "") is None:
            return "below a root outside the stack"
        root = self._by_id.get(self._root_id(ca) or "")
        own, above = family_of(ca), family_of(root) if root else ""
        return f"mixed: {own} below {above}" if own and above and own != above else ""

    def _root_id(self, ca: AuthorityView) -> str | None:
        """A server of an earlier release does not report it."""
        root_id = ca.get("parent_id")
        return root_id if root_id in self._by_id else None


def family_of(ca: AuthorityView) -> str:
    """`RSA` or `ECDSA`; empty if the server is of an earlier release."""
    family, _, _ = ca.get("key_spec", "").partition("_")
    return "ECDSA" if family == "ECC" else family
