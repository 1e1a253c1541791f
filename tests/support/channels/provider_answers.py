"""The tables "answer -> outcome" of docs/channels/, a page for each kind, as a test drives them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.outcomes import OutcomeKind
from certctl.domain.notifications.statuses import Action
from tests.support.channels.provider_channels import HTTP_KINDS
from tests.support.template import ROOT

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


def answers() -> list[Answer]:
    """Every row of the kinds that are reached by HTTP."""
    return [_answer(kind, row) for kind in HTTP_KINDS for row in rows_of(kind, HEAD)]


def rows_of(kind: ChannelKind, head: list[str]) -> list[list[str]]:
    """The cells of every table with this head on the page of this kind."""
    return list(_rows(lines_of(kind), head))


def page_of(kind: ChannelKind) -> Path:
    return ROOT / "docs" / "channels" / f"{kind.lower()}.md"


def lines_of(kind: ChannelKind) -> list[str]:
    return page_of(kind).read_text(encoding="utf-8").splitlines()


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
