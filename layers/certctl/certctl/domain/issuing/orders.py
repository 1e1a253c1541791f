"""Progress of an order at an external issuer, as its job stores it: JSON in `Job.issuer_progress`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from certctl.domain.issuing.external import OWN_KEY, Pending

NO_ORDER = "{}"
"""The progress that is stored after an order that the issuer has lost."""


@dataclass(frozen=True)
class OrderState:
    progress: Mapping[str, Any] = field(default_factory=dict)
    """The issuer's own, from its last Pending; empty before that."""
    may_be_signed: bool = False
    """See `Pending.may_be_signed`."""
    needs_cleanup: bool = False
    """See `Pending.needs_cleanup`."""
    is_alerted: bool = False
    """Whether a person was alerted that the result is unknown."""
    reported: int = 0
    """The job's last attempt that reported its result."""

    @property
    def must_be_settled(self) -> bool:
        """Whether something is left to do if the job ends now."""
        return self.may_be_signed or self.needs_cleanup


def order_after(pending: Pending, attempt: int) -> OrderState:
    """The order after the attempt that returned `pending`."""
    return OrderState(
        progress=pending.progress,
        may_be_signed=pending.may_be_signed,
        needs_cleanup=pending.needs_cleanup,
        reported=attempt,
    )


def stored_order(order: OrderState) -> str:
    """The issuer's own keys stay where they were before there was `OWN_KEY`: workers of the previous release
    run during a deployment."""
    own = {
        "may_be_signed": order.may_be_signed,
        "needs_cleanup": order.needs_cleanup,
        "is_alerted": order.is_alerted,
        "reported": order.reported,
    }
    return json.dumps({**order.progress, OWN_KEY: own})


def order_of(issuer_progress: str | None) -> OrderState:
    """Reads orders of earlier releases too: `finalizing` and `records`, keys of ACME's progress, then had the
    meaning of `may_be_signed` and `needs_cleanup`. Such a worker, during a deployment, passes on `OWN_KEY` as
    it found it, so these keys count beside it."""
    progress = json.loads(issuer_progress or "{}")
    own = progress.pop(OWN_KEY, {})
    return OrderState(
        progress=progress,
        may_be_signed=bool(own.get("may_be_signed") or progress.get("finalizing")),
        needs_cleanup=bool(own.get("needs_cleanup") or progress.get("records")),
        is_alerted=bool(own.get("is_alerted")),
        reported=int(own.get("reported", 0)),
    )
