"""Times in requests."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator

_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


def _no_number(value: Any) -> Any:
    """Pydantic takes `2026` for seconds since 1970, which would be another time than was meant."""
    if isinstance(value, datetime) or (isinstance(value, str) and "T" in value.upper()):
        return value
    raise ValueError("must be a time with a zone, like 2026-11-24T13:00:00Z")


def _of_our_age(moment: datetime) -> datetime:
    """Years before 1000 are written with fewer digits, and the last day is another year in some zone."""
    if not _FIRST <= moment <= _LAST:
        raise ValueError("must be between 1970 and the last days of 9999")
    return moment


Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_no_number, json_schema_input_type=AwareDatetime),
    AfterValidator(_of_our_age),
]
"""RFC 3339, of 1970 to 9999. The zone is required."""
