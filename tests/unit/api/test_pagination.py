import base64
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.api.pagination import decode_cursor, encode_cursor, page_view
from certctl.domain.errors import InvalidInput


@given(st.fixed_dictionaries({"day": st.text(min_size=1), "before": st.text(min_size=1)}))
def test_a_cursor_decodes_to_the_position_it_was_made_of(position: dict[str, str]) -> None:
    assert decode_cursor(encode_cursor(position), "before", "day") == position


def test_no_cursor_is_the_start() -> None:
    assert decode_cursor(None, "before") is None


@pytest.mark.parametrize(
    "cursor",
    ["", "%", "zzz", "////", "é", "e30", base64.urlsafe_b64encode(b"[" * 5000).decode()]
    + [
        base64.urlsafe_b64encode(text).decode()
        for text in (
            b"null",
            b'{"before":1}',
            b'{"before":""}',
            b'{"other":"x"}',
            b'{"before":"x","day":"y"}',
        )
    ],
)
def test_a_cursor_that_no_page_gave_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInput):
        decode_cursor(cursor, "before")


@given(st.text())
def test_no_text_breaks_the_decoder(cursor: str) -> None:
    with suppress(InvalidInput):
        assert set(decode_cursor(cursor, "before") or {}) == {"before"}


def test_a_total_is_shown_only_where_there_is_one() -> None:
    assert page_view([1], None, 50) == {"data": [1], "next_cursor": None, "per_page": 50}
    assert page_view([], None, 50, total=0)["total"] == 0
