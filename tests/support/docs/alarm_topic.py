"""The statement of the runbook for the policy of the alarm topic."""

import json
from typing import Any

from tests.support.template import ROOT


def documented_statement() -> dict[str, Any]:
    text = (ROOT / "docs/alarms.md").read_text(encoding="utf-8")
    begin = text.index('{"Sid": "EventBridgeRules"')
    statement: dict[str, Any] = json.loads(text[begin : text.index("```", begin)])
    return statement
