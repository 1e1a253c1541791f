"""The hooks of SnapStart, run by the library that Lambda's runtime has."""

import importlib
import random

import snapshot_restore_py

from certctl import snapshots


def test_functions_from_one_snapshot_draw_different_numbers() -> None:
    importlib.reload(snapshots)
    snapshot = random.getstate()
    drawn = set()
    for _ in range(4):
        random.setstate(snapshot)
        for hook, arguments, options in snapshot_restore_py.get_after_restore():
            hook(*arguments, **options)
        drawn.add(random.random())  # noqa: S311  # what is tested
    assert len(drawn) == 4
