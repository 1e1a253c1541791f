from datetime import timedelta

import pytest

from certctl.domain.durations import in_words, left


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


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(minutes=70), "1 hour"),
        (timedelta(hours=31), "31 hours"),
        (timedelta(hours=71, minutes=40), "72 hours"),
        (timedelta(hours=72), "3 days"),
        (timedelta(days=9, hours=13), "10 days"),
    ],
)
def test_what_is_left_is_in_hours_up_to_72_then_in_days(length: timedelta, words: str) -> None:
    assert left(length) == words
