"""The value that one attempt leaves behind."""

import pytest

from certctl.domain.notifications.outcomes import ERROR_LIMIT, Outcome, OutcomeKind


def test_a_long_error_is_cut_to_what_a_row_keeps() -> None:
    assert Outcome(OutcomeKind.RETRYABLE, error="é" * 1000).error == "é" * ERROR_LIMIT


@pytest.mark.parametrize("kind", OutcomeKind)
def test_only_delivered_and_accepted_went_through(kind: OutcomeKind) -> None:
    assert Outcome(kind).went_through is (kind in {OutcomeKind.DELIVERED, OutcomeKind.ACCEPTED})
