"""What `If-Match` may say."""

import pytest

from certctl.api.preconditions import expected_revision
from certctl.domain.errors import InvalidInput


def test_without_the_header_any_revision_will_do() -> None:
    assert expected_revision({}) is None


def test_a_star_means_any_revision() -> None:
    assert expected_revision({"if-match": " * "}) is None


@pytest.mark.parametrize("tag", ['"7"', '"7-Expiring"', 'W/"7"', 'W/"7-Expiring"', ' "7" '])
def test_the_revision_is_what_the_entity_tag_begins_with(tag: str) -> None:
    assert expected_revision({"if-match": tag}) == 7


@pytest.mark.parametrize(
    "tag", ["", "7", '"0"', '"-7"', '"seven"', '"7" , "8"', '"7', "'7'", '"7"x"', '"7' * 99]
)
def test_anything_else_is_refused_and_says_what_is_allowed(tag: str) -> None:
    with pytest.raises(InvalidInput, match="must be the ETag of the record"):
        expected_revision({"if-match": tag})
