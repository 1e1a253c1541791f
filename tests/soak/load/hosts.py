"""Agents: they register, poll, make keys, deploy, and report; one deployment in six fails at first."""

import hashlib
import json
from typing import Any

from tests.soak.calls import Caller
from tests.soak.load.actors import Actor, Owned
from tests.support.issuing.csr import csr_pem

_CONSENT = {
    "source": "file",
    "kinds": ["Files"],
    "directories": [],
    "any_directory": True,
    "commands": [],
    "any_command": True,
    "owners": [],
    "any_owner": True,
    "verify_addresses": [],
    "any_verify_address": True,
}
_FAILURES = 1 / 6


def poll(actor: Actor) -> None:
    """A round of one host; a new certificate for its target now and then."""
    if "caller" not in actor.memory and (actor.stopping.is_set() or not _enroll(actor)):
        return
    if actor.rng.random() < 0.3:
        _want_certificate(actor)
    for job in _work(actor):
        _take_up(actor, job)


def _enroll(actor: Actor) -> bool:
    host = f"{actor.label()}.example.com"
    token = actor.create("/api/v1/agents/bootstrap-tokens", {"hostname_pattern": host}, actor.label())
    if not token.is_good:
        return False
    registered = actor.caller.ask(
        "POST", "/api/v1/agent/register", _report(host), Authorization=f"Bearer {token.body['token']}"
    )
    if not registered.is_good:
        return False
    agent_id = registered.body["agent_id"]
    actor.memory |= {"caller": actor.caller.with_key(registered.body["key"]), "host": host, "agent": agent_id}
    actor.journal.note("agent", id=agent_id, host=host)
    return _add_target(actor, host, agent_id)


def _add_target(actor: Actor, host: str, agent_id: str) -> bool:
    config = {"certificate_path": "/srv/soak/tls.pem", "key_path": "/srv/soak/tls.key", "owner": "soak"}
    body = {"name": host, "type": "Files", "config": config, "agent_id": agent_id, "team_id": "t-default"}
    made = actor.create("/api/v1/targets", body, actor.label())
    if made.is_good:
        actor.memory["target"] = made.body["id"]
    return made.is_good


def _want_certificate(actor: Actor) -> None:
    if "target" not in actor.memory or actor.stopping.is_set():
        return
    label = actor.label()
    name = f"{label}.hosts.example.com"
    body = {"common_name": name, "target_ids": [actor.memory["target"]]}
    answer = actor.create("/api/v1/certificates", body, label)
    if answer.is_good:
        actor.journal.note("issue", id=answer.body["id"], name=name, job=answer.body["job_id"])


def _work(actor: Actor) -> list[Any]:
    answer = _heard(actor, {})
    if answer.get("consent_wanted"):
        answer = _heard(actor, {"consent": _CONSENT})
    return answer.get("work") or []


def _heard(actor: Actor, more: dict[str, Any]) -> Any:
    agent: Caller = actor.memory["caller"]
    digest = hashlib.sha256(json.dumps(_CONSENT, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    report = _report(actor.memory["host"]) | more
    answer = agent.ask(
        "POST", "/api/v1/agent/heartbeat", report, Certctl_Consent=digest, Certctl_Max_Poll_Seconds="15"
    )
    return answer.body if answer.is_good else {}


def _report(host: str) -> dict[str, Any]:
    return {"hostname": host, "version": "0.1.0", "os": "Linux", "architecture": "x86_64"}


def _take_up(actor: Actor, job: Any) -> None:
    agent: Caller = actor.memory["caller"]
    path = f"/api/v1/agent/jobs/{job['job_id']}"
    if job["type"] == "Deployment":
        _deploy(actor, agent, path, job)
        return
    made = agent.ask("POST", f"{path}/csr", {"csr_pem": csr_pem(job["common_name"], job["sans"])})
    if made.is_good or made.may_have_been_done:
        actor.journal.note("agent_csr", job=job["job_id"], id=job["certificate_id"])


def _deploy(actor: Actor, agent: Caller, path: str, job: Any) -> None:
    started = agent.ask("POST", f"{path}/start", {})
    if not started.is_good:
        return
    attempt = started.body["attempt"]
    if actor.rng.random() < _FAILURES and not actor.stopping.is_set():
        body = {"attempt": attempt, "outcome": "failed", "error": "no space left", "rolled_back": True}
        agent.ask("POST", f"{path}/result", body)
        return
    served = job["fingerprint_sha256"]
    body = {"attempt": attempt, "outcome": "succeeded", "served_fingerprint_sha256": served}
    done = agent.ask("POST", f"{path}/result", body)
    if done.is_good or done.may_have_been_done:
        actor.journal.note(
            "deployed", job=job["job_id"], id=job["certificate_id"], serial=job["serial_number"]
        )
        actor.fleet.add(Owned(job["certificate_id"], job["common_name"]))
