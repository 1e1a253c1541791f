"""The demo's agents that are online: they send heartbeats, and do their work without files."""

import hashlib
import json
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from local.demo.api import Api, DemoError
from local.demo.fleet import ONLINE, consent_of
from local.demo.requests import csr_pem

# Real ones take 300 while they are idle: here a person waits for what comes of a click.
_ROUND_SECONDS = 15
_WISH = {"Certctl-Max-Poll-Seconds": str(_ROUND_SECONDS)}
_CONSENT = "Certctl-Consent"


@dataclass(frozen=True)
class DemoAgents:
    """`keys` by host."""

    api: Api
    keys: Mapping[str, str]

    def work(self, stopping: threading.Event) -> None:
        """In rounds until the event."""
        while True:
            self._round()
            if stopping.wait(_ROUND_SECONDS):
                return

    def _round(self) -> None:
        for host, key in self.keys.items():
            with suppress(DemoError):  # the stack is busy, or the agent was retired
                agent = replace(self.api, key=key)
                for job in _heard(agent, host)["work"]:
                    _take_up(agent, job)


def _heard(agent: Api, host: str) -> Any:
    """A heartbeat, and a second one if the server does not know the host's consent yet."""
    consent = consent_of(host)
    headers = {**_WISH, _CONSENT: _digest(consent)}
    answer = agent.call("POST", "/agent/heartbeat", _report(host), headers=headers)
    if not answer.get("consent_wanted"):
        return answer
    return agent.call("POST", "/agent/heartbeat", {**_report(host), "consent": consent}, headers=headers)


def _digest(consent: Mapping[str, Any]) -> str:
    canonical = json.dumps(consent, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _report(host: str) -> dict[str, Any]:
    return {"hostname": host, "version": "0.1.0", "os": "Linux", "architecture": "x86_64"}


def _take_up(agent: Api, job: Mapping[str, Any]) -> None:
    path = f"/agent/jobs/{job['job_id']}"
    if job["type"] == "Deployment":
        _deploy(agent, path, job)
    else:
        agent.call("POST", f"{path}/csr", {"csr_pem": csr_pem(job["common_name"], job["sans"])})


def _deploy(agent: Api, path: str, job: Mapping[str, Any]) -> None:
    attempt = agent.call("POST", f"{path}/start", {})["attempt"]
    served = job["fingerprint_sha256"]
    result = {"attempt": attempt, "outcome": "succeeded", "served_fingerprint_sha256": served}
    agent.call("POST", f"{path}/result", result)


def remembered(path: Path) -> dict[str, str]:
    """Keys of those that are online; none without a demo."""
    if not path.exists():
        return {}
    keys: dict[str, str] = json.loads(path.read_text())
    return {host: keys[host] for host in ONLINE if host in keys}
