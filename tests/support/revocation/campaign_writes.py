"""Cases of tests that interrupt the worker of a campaign (`campaigns`) at each of its writes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pytest

from certctl.domain.revocation.states import OnDeadline

WRITES = {OnDeadline.ALERT: 28, OnDeadline.REVOKE: 24}
"""The writes of the worker, if nothing interrupts it."""
_QUICK = {OnDeadline.ALERT: (5, 6, 7), OnDeadline.REVOKE: (3, 16, 21)}
"""A request of a rekey, the alert of its owner, and its slice; the keys of a compromise, the second of two
revocations, and one at the deadline."""


def each_write(
    names: Iterable[str],
    writes: Mapping[OnDeadline, int] = WRITES,
    quick: Mapping[OnDeadline, Sequence[int]] = _QUICK,
) -> list[Any]:
    """The campaign's mode, the number of the write, and each of `names`; nightly, but for the quick ones."""
    return [
        pytest.param(mode, at, name, id=f"{mode}-{at}-{name}", marks=_marks(at in quick.get(mode, ())))
        for mode, amount in writes.items()
        for at in range(1, amount + 1)
        for name in names
    ]


def _marks(is_quick: bool) -> tuple[Any, ...]:
    return () if is_quick else (pytest.mark.nightly,)
