from datetime import timedelta

import pytest

from certctl.crypto.inventory.facts import parse
from certctl.domain.inventory.statuses import ObservedState, ObservedStatus
from tests.support.inventory.made import NOW, Maker, observed

_LEAF = parse(Maker().leaf("www.example.com"))
_CA = parse(Maker().certificate())


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ObservedStatus.UNMANAGED),
        ({"state": ObservedState.CLAIMED}, ObservedStatus.CLAIMED),
        ({"state": ObservedState.CLAIMED, "superseded_by": "ab"}, ObservedStatus.SUPERSEDED),
        ({"state": ObservedState.DISMISSED, "superseded_by": "ab"}, ObservedStatus.DISMISSED),
        ({"state": ObservedState.DISMISSED, "gone_at": NOW}, ObservedStatus.GONE),
        ({"state": ObservedState.MANAGED, "gone_at": NOW}, ObservedStatus.MANAGED),
    ],
)
def test_the_first_status_that_applies_is_shown(changes: dict[str, object], expected: ObservedStatus) -> None:
    assert observed(_LEAF, **changes).status is expected


def test_a_certificate_is_gone_with_its_last_place_and_back_with_the_next() -> None:
    seen = observed(_LEAF).seen("t-web", 1).gone_if_nowhere(NOW)
    gone = seen.seen("t-web", -1).gone_if_nowhere(NOW + timedelta(days=1))
    assert gone.status is ObservedStatus.GONE
    assert gone.teams_that_see == frozenset()
    assert gone.seen("t-db", 1).gone_if_nowhere(NOW).status is ObservedStatus.UNMANAGED


def test_a_ca_that_only_chains_have_is_not_gone() -> None:
    assert observed(_CA).gone_if_nowhere(NOW).status is ObservedStatus.UNMANAGED
