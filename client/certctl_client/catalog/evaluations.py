"""Waits for the evaluation of a policy over the existing certificates."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from certctl_client.output.progress import waiting

_EVERY_SECONDS = 2.0
_UNDER_WAY = ("waiting", "running")


def evaluated(
    get: Callable[[str], Mapping[str, Any]],
    policy_id: str,
    sleep: Callable[[float], None] = time.sleep,
) -> Mapping[str, Any] | None:
    """The evaluation, once all certificates are evaluated; None if the policy has none."""
    with waiting(f"Evaluating {policy_id}") as progress:
        while True:
            evaluation: Mapping[str, Any] | None = get(policy_id).get("evaluation")
            if evaluation is None or evaluation["state"] not in _UNDER_WAY:
                return evaluation
            progress(f"{evaluation['evaluated']} of {evaluation['total'] or '?'}")
            sleep(_EVERY_SECONDS)
