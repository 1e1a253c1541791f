from datetime import timedelta

import pytest

from certctl.domain.durations import in_words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(), "0 seconds"),
        (timedelta(milliseconds=400), "0 seconds"),
        (timedelta(seconds=40), "40 seconds"),
        (timedelta(seconds=90), "1 minute 30 seconds"),
        (timedelta(hours=24), "1 day"),
        (timedelta(hours=54, minutes=20), "2 days 6 hours"),
        (timedelta(days=1, minutes=5, seconds=3), "1 day 5 minutes"),
        (timedelta(days=168 / 24), "7 days"),
    ],
)
def test_lengths_of_time_are_as_people_write_them(length: timedelta, words: str) -> None:
    assert in_words(length) == words
