"""The records of what happened: the audit trail, and a failed job that is tried again."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from playwright.sync_api import Browser, expect

from tests.e2e.browser.pages import signed_in, visit
from tests.e2e.journey import Journey
from tests.support.local.stack import LocalStack, wait_for

_AGENT = "/api/v1/agent"
_NGINX = {
    "certificate_path": "/etc/ssl/site.pem",
    "key_path": "/etc/ssl/site.key",
    "verify_address": "127.0.0.1:443",
}


@dataclass(frozen=True)
class _Agent:
    """An agent on a host of the test, which reports whatever the test wants."""

    stack: LocalStack
    id: str
    key: str

    def work(self, kind: str) -> Any:
        def first() -> Any:
            listed = self.stack.get(f"{_AGENT}/work", key=self.key)["data"]
            return next((work for work in listed if work["type"] == kind), None)

        return wait_for(first, f"{kind} as work of the agent", 60)

    def request(self, work: Any, csr: Path) -> None:
        path = f"{_AGENT}/jobs/{work['job_id']}/csr"
        answer = self.stack.call("POST", path, {"csr_pem": csr.read_text()}, key=self.key)
        assert answer.status_code == 202, answer.text

    def report(self, work: Any, **result: Any) -> None:
        path = f"{_AGENT}/jobs/{work['job_id']}"
        started = self.stack.call("POST", f"{path}/start", {}, key=self.key)
        body = {"attempt": started.json()["attempt"]} | result
        answer = self.stack.call("POST", f"{path}/result", body, key=self.key)
        assert answer.status_code == 200, answer.text


def _made(stack: LocalStack, path: str, body: Any, **options: Any) -> Any:
    answer = stack.call("POST", f"/api/v1/{path}", body, **options)
    assert answer.status_code == 201, answer.text
    return answer.json()


def _enrolled(stack: LocalStack) -> _Agent:
    host = f"web-{uuid4().hex[:10]}.example.com"
    token = _made(stack, "agents/bootstrap-tokens", {"hostname_pattern": host})["token"]
    about = {"hostname": host, "version": "1.0.0", "os": "linux", "architecture": "x86_64"}
    made = _made(stack, "agent/register", about, key=token)
    return _Agent(stack, made["agent_id"], made["key"])


def test_a_failed_deployment_is_deployed_again_from_its_job_to_its_end(
    chromium: Browser, local_stack: LocalStack, journey: Journey
) -> None:
    agent = _enrolled(local_stack)
    body = {"name": f"site-{uuid4().hex[:10]}", "type": "NGINX", "agent_id": agent.id, "config": _NGINX}
    target = _made(local_stack, "targets", body)
    name = f"www-{uuid4().hex[:10]}.example.com"
    _made(local_stack, "certificates", {"common_name": name, "target_ids": [target["id"]]})
    agent.request(agent.work("Issuance"), journey.csr(name)[1])
    work = agent.work("Deployment")
    agent.report(work, outcome="failed", error="nginx: test failed", untouched=True)
    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        visit(page, f"/jobs?status=Failed&open={work['job_id']}")
        drawer = page.get_by_role("dialog", name="Deployment")
        expect(drawer.get_by_text("nginx: test failed").first).to_be_visible()
        drawer.get_by_role("button", name="Deploy again").click()
        page.get_by_role("dialog", name="Deploy again?").get_by_role("button", name="Deploy").click()
        again = agent.work("Deployment")
        assert again["job_id"] != work["job_id"]
        agent.report(again, outcome="succeeded", served_fingerprint_sha256=again["fingerprint_sha256"])
        visit(page, f"/jobs?open={again['job_id']}")
        expect(drawer.get_by_text("Completed").first).to_be_visible()
        expect(drawer.get_by_text("first admin").first).to_be_visible()


def test_the_audit_page_opens_on_changes_with_names_of_actors(
    chromium: Browser, local_stack: LocalStack, journey: Journey
) -> None:
    journey.issued()
    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        visit(page, "/audit")
        expect(page.get_by_role("link", name="first admin requested").first).to_be_visible()
        expect(page.get_by_role("link", name="GET /api/v1")).to_have_count(0)
        page.get_by_text("API calls", exact=True).click()
        expect(page.get_by_role("link", name="GET /api/v1").first).to_be_visible()
        expect(page.get_by_role("link", name="first admin requested")).to_have_count(0)
