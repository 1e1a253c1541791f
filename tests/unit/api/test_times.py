"""Times that clients send."""

from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from certctl.api.times import Moment

_ADAPTER = TypeAdapter[datetime](Moment)


@pytest.mark.parametrize(
    "text", ["2026-11-24T13:00:00Z", "2026-11-24t13:00:00z", "2026-11-24T14:00:00+01:00", "2026-11-24T13:00Z"]
)
def test_a_time_with_a_zone_is_taken(text: str) -> None:
    assert _ADAPTER.validate_python(text) == datetime(2026, 11, 24, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    "value", ["2026", "0.99999", 1_795_000_000, 1.5, "2026-11-24", "1e9", "", None, True]
)
def test_a_number_is_no_time(value: object) -> None:
    """Pydantic alone would take it for seconds since 1970."""
    with pytest.raises(ValidationError, match="must be a time with a zone"):
        _ADAPTER.validate_python(value)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValidationError, match="timezone"):
        _ADAPTER.validate_python("2026-11-24T13:00:00")


@pytest.mark.parametrize(
    "text",
    [
        "0090-10-27T02:16:40Z",
        "1969-12-31T23:59:59Z",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_a_time_of_another_age_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="between 1970"):
        _ADAPTER.validate_python(text)


def test_it_is_described_as_a_time() -> None:
    assert _ADAPTER.json_schema() == {"type": "string", "format": "date-time"}
