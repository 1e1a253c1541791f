"""A deployment that an agent refused before it touched anything (docs/agent.md)."""

import pytest

from certctl.domain.notifications.statuses import NotificationType, Severity
from tests.support.agents.agents import AgentsByHttp
from tests.support.notifications.routed import rows_of

_REASON = "/srv/a.pem is not in a directory that this host allows."
_REFUSAL = {"outcome": "failed", "error": _REASON, "rolled_back": False, "untouched": True}


@pytest.fixture(autouse=True)
def one_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTCTL_CHANNELS", "Webhook.url=certctl/blue/channels/webhook")


def test_it_ends_at_once_and_is_shown_as_untouched(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()
    issued = agents.issued(agent, agents.target(agent))
    (work,) = agent.work()

    answer = agent.failed(work, **_REFUSAL)

    assert answer.body["status"] == "Failed"
    (deployment,) = agents.deployments(issued["id"])
    job = agents.world.stack.admin("insights_api").get(f"/api/v1/jobs/{work['job_id']}").body
    assert deployment["attempts"] == 1
    assert deployment["last_error"] == job["last_error"] == f"{_REASON} (nothing was touched)"
    assert agent.start(work["job_id"]).status == 409


def test_its_alert_is_a_warning_without_word_of_a_rollback(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()
    issued = agents.issued(agent, agents.target(agent))
    (work,) = agent.work()

    agent.failed(work, **_REFUSAL)

    rows = rows_of(agents.world.stack.database, issued["id"])
    (alert,) = [row for row in rows if row.type is NotificationType.DEPLOYMENT_FAILURE]
    assert alert.severity is Severity.WARNING
    assert "rolled back" not in alert.message
    assert _REASON in alert.message


def test_a_failed_rollback_is_tried_again(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()
    agents.issued(agent, agents.target(agent))
    (work,) = agent.work()

    answer = agent.failed(work, rolled_back=False)

    assert answer.body["status"] == "Pending"


@pytest.mark.parametrize("contrary", [{"outcome": "succeeded"}, {"rolled_back": True}])
def test_it_is_neither_a_success_nor_rolled_back(agents: AgentsByHttp, contrary: dict[str, object]) -> None:
    agent = agents.enrolled()
    agents.issued(agent, agents.target(agent))
    (work,) = agent.work()

    answer = agent.failed(work, **(_REFUSAL | contrary))

    assert answer.status == 422
    assert "untouched" in answer.text
