"""What the ACME server refuses, by the type of its problem."""

from collections.abc import Callable

import pytest

from certctl.domain.acme.problems import AcmeProblem, ProblemType


def refusal_of(act: Callable[[], object]) -> AcmeProblem:
    """The problem that the act raises."""
    with pytest.raises(AcmeProblem) as raised:
        act()
    return raised.value


def refused_as(act: Callable[[], object]) -> ProblemType:
    return refusal_of(act).type
