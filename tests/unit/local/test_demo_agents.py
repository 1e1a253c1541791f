"""The demo's agents, against a server that answers as the API."""

import hashlib
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from certctl_client.agent.consent.consent import Consent, Source
from certctl_client.agent.targets.base import Assignment
from certctl_client.agent.targets.registry import target_of
from local.demo.agents import DemoAgents, remembered
from local.demo.api import Api
from local.demo.fleet import AGENTS, ONLINE, TARGETS, consent_of
from tests.support.channels.receivers import Receiver, answers

DEPLOYMENT = {"job_id": "job-1", "type": "Deployment", "fingerprint_sha256": "ab" * 32}
NAMES = {"common_name": "shop.example.com", "sans": ["DNS:shop.example.com", "DNS:www.example.com"]}
REQUEST = {"job_id": "job-2", "type": "Renewal", "fingerprint_sha256": None} | NAMES


def _one_round(receiver: Receiver, *hosts: str) -> None:
    stopping = threading.Event()
    stopping.set()
    keys = {host: f"certctl_{host}" for host in hosts}
    DemoAgents(Api(f"http://127.0.0.1:{receiver.port}", "certctl_admin"), keys).work(stopping)


def _says(*work: dict[str, Any]) -> Receiver:
    return Receiver(answers(200, json.dumps({"work": work, "attempt": 3}).encode()))


def test_an_agent_is_heard_and_does_the_deployment_that_waits_with_its_own_key() -> None:
    with _says(DEPLOYMENT).running() as receiver:
        _one_round(receiver, "edge-1.example.com")
        paths = [each.path.removeprefix("/api/v1/agent") for each in receiver.received]
        result = json.loads(receiver.received[-1].body)
        keys = {each.headers["authorization"] for each in receiver.received}
    assert paths == ["/heartbeat", "/jobs/job-1/start", "/jobs/job-1/result"]
    assert (result["attempt"], result["served_fingerprint_sha256"]) == (3, DEPLOYMENT["fingerprint_sha256"])
    assert keys == {"Bearer certctl_edge-1.example.com"}


def test_a_server_that_wants_to_know_is_told_what_the_host_allows() -> None:
    wanted = answers(200, b'{"work": [], "consent_wanted": true}')
    with Receiver(wanted, answers(200, b'{"work": []}')).running() as receiver:
        _one_round(receiver, "edge-1.example.com")
        first, second = receiver.received
    consent = json.loads(second.body)["consent"]
    canonical = json.dumps(consent, sort_keys=True, separators=(",", ":"))
    assert "consent" not in json.loads(first.body)
    assert consent["directories"] == ["/etc/nginx/tls", "/srv/shop"]
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    assert first.headers["certctl-consent"] == second.headers["certctl-consent"] == digest


@pytest.mark.parametrize("host", AGENTS)
def test_a_host_allows_its_targets(host: str) -> None:
    consent = Consent(**consent_of(host) | {"source": Source.FILE})
    of_host = [(target_id, kind, config) for target_id, at, kind, config in TARGETS if at == host]

    for target_id, kind, config in of_host:
        without_owner = {name: value for name, value in config.items() if name != "owner"}
        target_of(kind, Assignment(target_id, "mc-1", "a.example.com", without_owner, consent))

    assert set(consent.owners) == {config["owner"] for *_, config in of_host if "owner" in config}


def test_an_agent_makes_the_request_that_it_is_asked_for() -> None:
    with _says(REQUEST).running() as receiver:
        _one_round(receiver, "edge-1.example.com")
        sent = receiver.received[-1]
    request = x509.load_pem_x509_csr(json.loads(sent.body)["csr_pem"].encode())
    names = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert sent.path.endswith("/jobs/job-2/csr")
    assert names.get_values_for_type(x509.DNSName) == ["shop.example.com", "www.example.com"]


def test_an_agent_that_is_refused_does_not_stop_the_next_one() -> None:
    with Receiver(answers(401, b"{}"), answers(200, b'{"work": []}')).running() as receiver:
        _one_round(receiver, "edge-1.example.com", "pay-lb-1.example.com")
        assert [each.path.rpartition("/")[2] for each in receiver.received] == ["heartbeat"] * 2
        assert {each.headers["certctl-max-poll-seconds"] for each in receiver.received} == {"15"}


def test_only_agents_that_are_online_are_remembered(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    assert remembered(file) == {}
    file.write_text(json.dumps(dict.fromkeys(AGENTS, "certctl_x")))
    assert tuple(remembered(file)) == ONLINE
