"""The refusals of docs/policies.md. `PYTHONPATH=layers/certctl python -m
tests.support.aws.policy_documents` writes them again.

A block of the page that follows `<!-- recorded: NAME -->` is the response of the deployed functions.
"""

import json
from collections.abc import Mapping
from typing import Any

from certctl.domain.policies.policy_types import PolicyType
from tests.support.api.http import Answer
from tests.support.catalog.entries import a_policy, store_entry
from tests.support.channels.provider_documents import rewritten
from tests.support.clock import Clock
from tests.support.functions.deployed import deployed
from tests.support.issuing.issuing import CERTIFICATES, Issuing, issuing
from tests.support.template import ROOT

DOCUMENT = ROOT / "docs" / "policies.md"
REQUEST = {"common_name": "www.example.com"}
BREAKING: Mapping[PolicyType, dict[str, Any]] = {
    PolicyType.ALLOWED_ISSUERS: {"issuer_ids": ["iss-public"]},
    PolicyType.ALLOWED_DOMAINS: {"domains": ["*.example.org"]},
    PolicyType.REQUIRED_METADATA: {"tags": ["cost"], "fields": ["owner_id"]},
    PolicyType.ALLOWED_ENVIRONMENTS: {"environments": ["production"]},
    PolicyType.RENEWAL_LEAD_TIME: {"min_days": 45},
    PolicyType.CERTIFICATE_LIFETIME: {"max_days": 47},
}
ANSWER, MESSAGES = "A refusal", "Messages by type"


def rule(world: Issuing, kind: PolicyType, severity: str, policy_id: str, config: Mapping[str, Any]) -> None:
    """In force at once: clears the process's catalog cache."""
    store_entry(world.stack.database, a_policy(policy_id, kind, world.stack.clock(), severity, **config))
    world.stack.restart()


def recorded(world: Issuing) -> dict[str, str]:
    """Name -> text, as the page shows it: the first rule alone, then one rule of each type at once."""
    (first, config), *others = BREAKING.items()
    rule(world, first, "Error", f"pol-{first.value.lower()}", config)
    alone = world.api.post(CERTIFICATES, REQUEST)
    for kind, config in others:
        rule(world, kind, "Error", f"pol-{kind.value.lower()}", config)
    errors = world.api.post(CERTIFICATES, REQUEST).body["errors"]
    messages = (f"{error['field']}\n    {error['message']}" for error in errors)
    return {ANSWER: _shown(alone), MESSAGES: "\n".join(messages)}


def _shown(answer: Answer) -> str:
    body = answer.body | {"request_id": "..."}
    request = f"POST {CERTIFICATES} {json.dumps(REQUEST)}"
    return f"{request}\n\n{answer.status} {json.dumps(body, indent=2)}"


if __name__ == "__main__":
    with deployed(Clock()) as stack, issuing(stack) as made:
        page = rewritten(DOCUMENT.read_text(encoding="utf-8"), recorded(made))
    DOCUMENT.write_text(page, encoding="utf-8")
