"""Options that take several of the values that exist, in any case."""

from collections.abc import Iterator, Mapping, Sequence
from heapq import merge
from itertools import product
from typing import Any, get_args

import typer

from certctl_client.cli.values import one_of


def several(literal: Any, *flags: str, help: str) -> Any:  # as Typer names it
    """The option of `Annotated[list[str] | None, ...]` whose values are the Literal's."""
    known = get_args(literal)
    about = f"{help} One of {', '.join(known)}."

    def complete(incomplete: str) -> list[str]:
        return [each for each in known if each.casefold().startswith(incomplete.casefold())]

    parser = one_of({each: each for each in known})
    return typer.Option(*flags, parser=parser, autocompletion=complete, help=about)


def combinations(**values: Sequence[str] | None) -> list[dict[str, str]]:
    """Makes a filter of each value of `status=["dead", "failed"]`; one empty filter if there are no
    values."""
    named = [[{name: value} for value in dict.fromkeys(chosen)] for name, chosen in values.items() if chosen]
    return [{name: value for each in chosen for name, value in each.items()} for chosen in product(*named)]


def together[R: Mapping[str, Any]](lists: Sequence[Iterator[R]], sort: str | None) -> Iterator[R]:
    """Merges lists in the order of creation, newest first unless `sort` is `created_at`. Reads only the next
    record of each list."""
    if len(lists) == 1:
        return lists[0]
    return merge(*lists, key=lambda record: record["created_at"], reverse=sort != "created_at")
