"""DynamoDB steps in sequence of every route, and what a revocation writes.

Run: `PYTHONPATH=layers/certctl:. .venv/bin/python -m bench.round_trips`. Bounds (CONTRIBUTING.md#tests): a
read 2, a write 4. Beside them every request reads its key and writes its audit row; an Idempotency-Key adds
two. Parallel reads are one step. Last result (2026-11-24): no route over its bound; a revocation 27 WRU to
its commit, 33 with two alerts delivered.
"""

import logging

from tests.support.api.route_calls import CALLS, RouteCall, measured
from tests.support.clock import Clock
from tests.support.costs.revocation_units import DELIVERY_UNITS, REVOCATION_BOUND, revocation_units
from tests.support.functions.deployed import deployed
from tests.support.issuing.issuing import Issuing, issuing


def main() -> None:
    logging.disable()
    with deployed(Clock()) as stack, issuing(stack) as world:
        print(f"{'route':<70}{'steps':>6}{'bound':>6}{'calls':>6}")
        late = [call.label for call in CALLS if not _reported(world, call)]
        print(f"over the bound: {', '.join(late) or 'none'}")
        _report_revocation(world)


def _reported(world: Issuing, call: RouteCall) -> bool:
    recording = measured(world, call)
    print(f"{call.label:<70}{recording.steps():>6}{call.bound:>6}{recording.count():>6}")
    return recording.steps() <= call.bound


def _report_revocation(world: Issuing) -> None:
    units = revocation_units(world)
    for table, amount in units.items():
        print(f"  {table:<68}{amount:>6}")
    total = sum(units.values())
    print(f"revocation with 1 version and 2 channels, to its commit: {total} WRU")
    print(f"with 2 deliveries of {DELIVERY_UNITS}: {total + 2 * DELIVERY_UNITS} of {REVOCATION_BOUND} WRU")


if __name__ == "__main__":
    main()
