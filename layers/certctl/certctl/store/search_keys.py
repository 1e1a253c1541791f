"""Keys of the rows that the search finds."""

from urllib.parse import quote

_BEGINNING = 2
_LENGTH = 200


def search_zone(kind: str, token: str, shard: int = 0) -> str:
    """The partition of a token by its first two characters: a shorter text is in a zone of its own."""
    return f"search#{kind}#{_ascii(token[:_BEGINNING])}#{shard}"


def search_prefix(kind: str, token: str) -> str:
    """The key prefix of all tokens with this beginning; a longer one is cut at 200 characters."""
    return f"{kind}#{_ascii(token)[:_LENGTH]}"


def search_key(kind: str, token: str, certificate_id: str) -> str:
    return f"{search_prefix(kind, token)}#{certificate_id}"


def searched_kind(key: str) -> str:
    return key.partition("#")[0]


def searched_id(key: str) -> str:
    return key.rpartition("#")[2]


def _ascii(text: str) -> str:
    """A prefix of the text becomes a prefix of the result."""
    return quote(text, safe="", errors="replace")
