"""Starts MiniStack, run by the emulator's own interpreter, with one gap mended.

MiniStack 1.5.33 enforces IAM but knows no condition key of KMS, so it would refuse every signature that
template.yaml allows on condition of its algorithm and of MessageType=DIGEST.
"""

import json
from typing import Any

# Only the emulator's environment has it; mypy checks this folder in the runner's.
from ministack import app  # type: ignore[import-not-found]
from ministack.core import iam_actions  # type: ignore[import-not-found]

_context_of_tags = iam_actions.request_tag_context


def _signing_context(body: bytes) -> dict[str, Any]:
    request = json.loads(body or b"{}")
    # RAW is what KMS assumes when the request does not say.
    named = {
        "kms:MessageType": request.get("MessageType", "RAW"),
        "kms:SigningAlgorithm": request.get("SigningAlgorithm"),
    }
    return {key: value for key, value in named.items() if isinstance(value, str)}


def _context(service: str, action: str, body: bytes, parameters: dict[str, Any]) -> dict[str, Any]:
    context: dict[str, Any] = _context_of_tags(service, action, body, parameters)
    return context | _signing_context(body) if action == "kms:Sign" else context


if __name__ == "__main__":
    iam_actions.request_tag_context = _context
    app.main()
