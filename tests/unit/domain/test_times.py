from datetime import UTC, datetime, timedelta, timezone

import pytest

from certctl.domain.times import from_millis, from_wire, to_millis, to_wire

MOMENT = datetime(2026, 11, 24, 13, 0, 5, tzinfo=UTC)


def test_a_time_survives_the_wire_to_the_second() -> None:
    assert to_wire(MOMENT.replace(microsecond=999_999)) == "2026-11-24T13:00:05Z"
    assert from_wire("2026-11-24T13:00:05Z") == MOMENT


def test_other_zones_become_utc() -> None:
    assert to_wire(MOMENT.astimezone(timezone(timedelta(hours=5)))) == "2026-11-24T13:00:05Z"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-24",
        "2026-11-24T13:00:05",
        "2026-11-24T13:00:05+00:00",
        "2026-11-24T13:00:05.5Z",
        "2026-11-24 13:00:05Z",
        "20261124T130005.123Z",
        "2026-13-24T13:00:05Z",
        "2026-11-24T13:00:05Z\n",
        "٢026-11-24T13:00:05Z",
    ],
)
def test_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_wire(text)


def test_milliseconds_survive_the_due_index() -> None:
    moment = MOMENT.replace(microsecond=123_000)
    assert from_millis(to_millis(moment)) == moment
