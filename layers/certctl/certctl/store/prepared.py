"""Updates whose expressions are built once, for those that a worker makes all the time."""

from collections.abc import Mapping
from typing import Any

from certctl.store.writes import Write

Raw = Mapping[str, Any]
"""A value as DynamoDB has it: `{"S": "a"}`."""


class PreparedUpdate:
    """An update like `example` with other values. `blanks` names the raw values of the example that each use
    fills in: none of them may occur in it by chance. A blank that the example does not have is left out."""

    def __init__(self, example: Write, blanks: Mapping[str, Raw]) -> None:
        self._request = example.request
        values: Mapping[str, Raw] = example.request["ExpressionAttributeValues"]
        self._fixed = {place: value for place, value in values.items() if value not in blanks.values()}
        self._places = [
            (place, name) for place, value in values.items() for name in blanks if blanks[name] == value
        ]

    def filled(self, key: Raw, values: Mapping[str, Raw], refused: Exception | None = None) -> Write:
        """`values` by the names of the blanks."""
        given = {place: values[name] for place, name in self._places}
        request = self._request | {"Key": key, "ExpressionAttributeValues": self._fixed | given}
        return Write("Update", request, refused) if refused else Write("Update", request)
