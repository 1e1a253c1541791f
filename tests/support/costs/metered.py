"""What a request costs the account, by the calls of AWS that it makes through any client."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import get_ident
from typing import Any

import pytest
from botocore.client import BaseClient

from tests.support.aws.local_kms import LocalKms
from tests.support.costs.read_units import started_units

_READS = frozenset({"GetItem", "BatchGetItem", "Query"})


@dataclass
class Metered:
    """`reads`: DynamoDB's read units. `writes`: rows that it changes. `others`: calls of other services by
    name. `away`: seconds of CPU in clients and emulators, which are not the function's own."""

    reads: float = 0
    writes: int = 0
    others: Counter[str] = field(default_factory=Counter)
    away: float = 0

    def note(
        self, service: str, operation: str, request: Mapping[str, Any], answer: Mapping[str, Any]
    ) -> None:
        if service != "dynamodb":
            self.others[f"{service} {operation}"] += 1
        elif operation in _READS:
            self.reads += _read_units(operation, request, answer)
        else:
            self.writes += len(request.get("TransactItems", [request]))


@contextmanager
def metered_calls() -> Iterator[Metered]:
    """Rows that a projection cuts count as rows of less than 4 KiB, which all of those are."""
    meter, real = Metered(), BaseClient._make_api_call  # type: ignore[attr-defined]  # the stubs lack it
    own_thread = get_ident()

    def call(client: Any, operation: str, request: dict[str, Any]) -> Any:
        began = time.process_time()
        answer = real(client, operation, request)
        if get_ident() == own_thread:
            meter.away += time.process_time() - began
        meter.note(client.meta.service_model.service_name, operation, request, answer)
        return answer

    real_mac = LocalKms.generate_mac

    def mac(kms: LocalKms, **named: Any) -> dict[str, Any]:
        meter.note("kms", "GenerateMac", named, {})
        return real_mac(kms, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", call)
        patch.setattr(LocalKms, "generate_mac", mac)
        yield meter


def _read_units(operation: str, request: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
    if operation == "BatchGetItem":
        return sum(_priced(wanted, len(wanted["Keys"])) for wanted in request["RequestItems"].values())
    items = answer["Items"] if operation == "Query" else [answer.get("Item", {})]
    return _priced(request, started_units(items))


def _priced(request: Mapping[str, Any], units: int) -> float:
    return units if request.get("ConsistentRead") else units / 2
