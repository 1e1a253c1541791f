"""Validates the challenges of ACME orders: one attempt per nudge. Connects to what strangers name, so it may
change the authorizations of orders and nothing else. It sends no nudges: a client that waits polls, and its
polls send them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from certctl.batches import Batch, Body, Context
from certctl.compose.acme_validator import AcmeValidator
from certctl.domain.acme.attempts import nudged
from certctl.domain.errors import Unavailable
from certctl.observability import with_context

_AT_ONCE = 10
_NEEDS = timedelta(seconds=18)
"""The time that an attempt needs of the function's 30 s: 10 s, a claim and a report."""

services = AcmeValidator()


@with_context
def lambda_handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """SQS records of `{"id": "<order>#<n>"}`; failed ones are returned. No record is at work afterwards."""
    attempt = services.validations.attempt  # made once, before threads share it

    def process(nudge: Body) -> None:
        attempt(*nudged(nudge["id"]))

    return Batch(process, _return_to_queue, _NEEDS, _AT_ONCE).work_off(event["Records"], context)


def _return_to_queue(_bodies: Sequence[str]) -> None:
    """Records that a run has no time for come back after their visibility timeout."""
    raise Unavailable("acme_validator sends nothing.")
