"""Seeded faults: where a change finds its place, and that it refuses to guess."""

import ast

import pytest

from tests.support.mutants import Change, always, delayed, instead, lacking, never

CODE = """
def settle(self, row, now):
    if row.is_held(now) or row.epoch > 1:
        return self._refuse(row, reason="held")
    first = [self._due.release(), row.status.set("sent")]
    self._publish(first)
    self._clear(row)
    return row.epoch + 1
"""


def changed(change: Change) -> str:
    function = ast.parse(CODE).body[0]
    change.apply(function)
    return ast.unparse(function)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (never("is_held"), "if False or row.epoch > 1:"),
        (always("is_held", "epoch"), "if True:"),
        (never("release"), "first = False"),
        (lacking("is_held"), "if row.epoch > 1:"),
        (lacking("reason"), "return self._refuse(row)"),
        (lacking("status"), "first = [self._due.release()]"),
        (lacking("clear"), "pass"),
        (lacking("_clear"), "pass"),
        (instead("row . epoch+1", "row.epoch"), "return row.epoch"),
        (instead("self._clear( row )", "raise"), "raise"),
        (delayed("publish"), "self._clear(row)\n    self._publish(first)"),
    ],
)
def test_a_change_is_made_at_the_place_with_its_words(change: Change, line: str) -> None:
    assert f"{line}\n" in f"{changed(change)}\n"
    assert f"{line}\n" not in CODE


@pytest.mark.parametrize(
    "change", [never("row"), lacking("nowhere"), instead("row", "None"), instead("row.month", "None")]
)
def test_a_change_with_several_places_or_none_is_refused(change: Change) -> None:
    with pytest.raises(AssertionError):
        changed(change)
