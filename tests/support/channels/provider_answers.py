"""The tables "answer -> outcome" of docs/channels.md, as a test drives them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from certctl.domain.channels.channels import ChannelKind
from certctl.domain.notifications.notifications import Action
from certctl.domain.notifications.outcomes import OutcomeKind
from tests.support.channels.provider_channels import HTTP_KINDS

HEAD = ["request", "status", "header", "body", "outcome", "why"]
_WAIT = re.compile(r"(?P<kind>\w+)(?:, (?P<seconds>\d+) s)?")


@dataclass(frozen=True)
class Answer:
    """One row: a provider's response to a request of a kind, and its outcome."""

    kind: ChannelKind
    action: Action
    status: int
    headers: Mapping[str, str]
    body: str
    outcome: OutcomeKind
    wait: float | None

    def __str__(self) -> str:
        return f"{self.kind}-{self.action}-{self.status}-{self.body or 'empty'}"


def answers_in(page: str) -> list[Answer]:
    return [_answer(kind, row) for kind in HTTP_KINDS for row in rows_of(page, kind, HEAD)]


def rows_of(page: str, heading: str, head: list[str]) -> list[list[str]]:
    """The cells of every table with this head in the section of this heading."""
    return list(_rows(_section(page, heading), head))


def _section(page: str, heading: str) -> list[str]:
    after = page.split(f"\n## {heading}\n", 1)[1]
    return after.split("\n## ", 1)[0].splitlines()


def _rows(lines: list[str], head: list[str]) -> Iterator[list[str]]:
    """Below each table's head, up to its end."""
    is_inside = False
    for line in lines:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if is_inside and line.startswith("| ") and not line.startswith("| ---"):
            yield cells
        is_inside = cells == head or (is_inside and line.startswith("|"))


def _answer(kind: ChannelKind, row: list[str]) -> Answer:
    request, status, header, body, outcome, _why = row
    name, _, value = header.strip("`").partition(": ")
    found = _WAIT.fullmatch(outcome)
    if found is None:
        raise ValueError(f"not an outcome: {outcome}")
    return Answer(
        kind,
        Action(request),
        int(status),
        {name: value} if name else {},
        body.strip("`"),
        OutcomeKind(found["kind"]),
        float(found["seconds"]) if found["seconds"] else None,
    )
