"""The list of signed heads, newest first."""

from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from certctl_client.api.paths import path_of
from certctl_client.api.transport import Api
from certctl_client.errors import CommandError

_PER_PAGE = 500


def newest_head(api: Api) -> dict[str, Any]:
    """The newest {"head": ..., "signature": ...}. Raises CommandError if nothing is sealed yet."""
    signed = next(_signed_heads(api, 1), None)
    if signed is None:
        raise CommandError("Nothing is sealed yet.", "Seals are made every 5 minutes: try again then.")
    return signed


def newest_seq(api: Api) -> int:
    return seq_of(newest_head(api))


def heads_down_to(api: Api, seq: int) -> Iterator[dict[str, Any]]:
    """Heads newest first, down to that of seal `seq`."""
    return takewhile(lambda signed: seq_of(signed) >= seq, _signed_heads(api, _PER_PAGE))


def seq_of(signed: dict[str, Any]) -> int:
    seq = signed["head"].get("seq")
    if type(seq) is not int:
        raise _not_a_head()
    return seq


def _signed_heads(api: Api, per_page: int) -> Iterator[dict[str, Any]]:
    for record in api.records(path_of("audit", "seals"), {"per_page": per_page}):
        if not isinstance(record.get("head"), dict) or not isinstance(record.get("signature"), str):
            raise _not_a_head()
        yield {"head": record["head"], "signature": record["signature"]}


def _not_a_head() -> CommandError:
    return CommandError("The server's list of seals does not consist of signed heads.")
