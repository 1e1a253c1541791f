"""docs/policies.md shows the refusals that callers really get."""

from certctl.domain.policies.policy_types import PolicyType
from tests.support.aws.policy_documents import DOCUMENT, MESSAGES, recorded
from tests.support.channels.provider_documents import documented
from tests.support.issuing.issuing import Issuing

REWRITE = "`PYTHONPATH=layers/certctl python -m tests.support.aws.policy_documents` writes it anew"


def test_the_page_shows_the_refusals_as_they_are_answered(world: Issuing) -> None:
    page = DOCUMENT.read_text(encoding="utf-8")
    answered = recorded(world)
    assert documented(page) == answered, REWRITE
    assert all(f"pol-{kind.value.lower()}" in answered[MESSAGES] for kind in PolicyType)
