"""Times that clients send."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator


def _no_number(value: Any) -> Any:
    """Pydantic takes `2026` for seconds since 1970, and a list would be of another time than was meant."""
    if isinstance(value, datetime) or (isinstance(value, str) and "T" in value.upper()):
        return value
    raise ValueError("must be a time with a zone, like 2026-11-24T13:00:00Z")


Moment = Annotated[AwareDatetime, BeforeValidator(_no_number, json_schema_input_type=AwareDatetime)]
"""RFC 3339. The zone is required."""
