"""The cost of reads, by DynamoDB's own formula, from the requests and the returned items. A read costs one
unit per started 4 KiB, half of that if it is eventually consistent. A query is one read of everything that it
returns; in a batch each item is a read, even a missing one. Requests that return less than they read
(filters, projections) are refused: their responses do not show their cost."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from tests.support.costs.write_units import item_bytes

_STARTED = 4096
_COUNTED_BYTES = 200
"""At most, of an entry of an index that is counted and not returned."""
_READS = {"GetItem", "Query", "BatchGetItem"}
_OTHERS = {"Scan", "TransactGetItems", "ExecuteStatement", "BatchExecuteStatement"}
_LESS = {"FilterExpression", "ProjectionExpression"}


@dataclass
class Reads:
    """`reads` has the units of each request, as they were sent; thread-safe."""

    reads: list[tuple[str, str, float]] = field(default_factory=list)

    @property
    def units(self) -> float:
        return sum(units for *_, units in self.reads)

    def note(self, operation: str, request: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        assert operation not in _OTHERS, operation
        if operation == "BatchGetItem":
            for table, wanted in request["RequestItems"].items():
                self._add(operation, table, wanted, _batch_units(wanted, answer["Responses"].get(table, [])))
        elif request.get("Select") == "COUNT":
            counted = _started(answer["ScannedCount"] * _COUNTED_BYTES)
            self._add(operation, request["TableName"], request, counted)
        elif operation in _READS:
            found = answer["Items"] if operation == "Query" else [answer.get("Item", {})]
            self._add(operation, request["TableName"], request, started_units(found))

    def _add(self, operation: str, table: str, request: Mapping[str, Any], full: int) -> None:
        assert not _LESS & request.keys(), (operation, table)
        self.reads.append((operation, table, full if request.get("ConsistentRead") else full / 2))


@contextmanager
def metered_reads(client: Any) -> Iterator[Reads]:
    """Counts every read of this client."""
    reads, real = Reads(), client._make_api_call

    def call(operation: str, request: dict[str, Any]) -> Any:
        answer = real(operation, request)
        reads.note(operation, request, answer)
        return answer

    client._make_api_call = call
    try:
        yield reads
    finally:
        del client._make_api_call


def started_units(items: Iterable[Mapping[str, Any]]) -> int:
    """The read units of one read of all these items."""
    return _started(sum(map(item_bytes, items)))


def _batch_units(wanted: Mapping[str, Any], found: list[Mapping[str, Any]]) -> int:
    missing = len(wanted["Keys"]) - len(found)
    return missing + sum(_started(item_bytes(item)) for item in found)


def _started(size: int) -> int:
    return max(1, ceil(size / _STARTED))


def units_of(operation: str, request: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
    """The read units of any request; if it returns less than it reads, those of what it returns."""
    reads = Reads()
    if operation in _READS:
        reads.note(operation, {name: value for name, value in request.items() if name not in _LESS}, answer)
    return reads.units
