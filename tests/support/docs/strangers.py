"""docs/security.md, "What a stranger's request costs": its table, and requests counted as it counts."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.support.costs.metered import Metered, metered_calls
from tests.support.template import ROOT

ACME = (
    "ACME directory",
    "ACME new-nonce",
    "ACME renewal-info",
    "ACME, another's account",
    "ACME new-account",
    "ACME revoke-cert",
)
"""Names of the requests that the ACME server answers to anyone."""
MARGIN = 10
"""Times the CPU of the page: test machines are busy."""
_PAGE = ROOT / "docs" / "security.md"
_TRIES = 5


@dataclass(frozen=True)
class Cost:
    """In read units, rows written, and calls of other services."""

    reads: float
    writes: int
    others: int


def best(prepare: Callable[[], Callable[[], object]]) -> tuple[Cost, float]:
    """Once the process has read what it keeps; with the least CPU of several tries, in milliseconds."""
    prepare()()
    least = float("inf")
    for _ in range(_TRIES):
        run = prepare()
        with metered_calls() as meter:
            began = time.process_time()
            run()
            least = min(least, time.process_time() - began - meter.away)
    return cost_of(meter), 1000 * least


def cost_of(meter: Metered) -> Cost:
    return Cost(meter.reads, meter.writes, meter.others.total())


def on_the_page() -> dict[str, tuple[Cost, float]]:
    """The cost of each route, and milliseconds of CPU."""
    lines = re.findall(r"^\| `([^`]+)` .*\| ([\d.]+) \| (\d+) \| (\d+) \| (\d+) \|$", _PAGE.read_text(), re.M)
    return {name: (Cost(float(r), int(w), int(o)), float(ms)) for name, r, w, o, ms in lines}
