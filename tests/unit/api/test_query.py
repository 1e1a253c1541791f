"""What stands in a URL, before a handler sees it."""

import pytest

from certctl.api.query import LONGEST_SEGMENT, LONGEST_VALUE, check_path, check_values
from certctl.domain.errors import InvalidInput, NotFound


def test_an_empty_filter_is_refused_by_its_name() -> None:
    with pytest.raises(InvalidInput) as refused:
        check_values({"status": "Active", "owner_id": "", "name": ""})

    assert [problem.field for problem in refused.value.problems] == ["query.owner_id", "query.name"]


@pytest.mark.parametrize("character", ["a", "ü"])
def test_a_value_of_the_limit_passes_and_a_longer_one_does_not(character: str) -> None:
    longest = character * (LONGEST_VALUE // len(character.encode()))
    check_values({"name": longest})
    with pytest.raises(InvalidInput):
        check_values({"name": longest + character})


def test_a_cursor_may_be_longer() -> None:
    check_values({"cursor": "a" * (LONGEST_VALUE + 1)})


def test_a_segment_that_no_id_is_as_long_as_is_not_there() -> None:
    check_path("/api/v1/jobs/" + "a" * LONGEST_SEGMENT)
    with pytest.raises(NotFound):
        check_path("/api/v1/jobs/" + "a" * (LONGEST_SEGMENT + 1))
