"""What the agent asks, and what it reads of the answers, is what docs/openapi.json describes."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from certctl_client.agent.control_plane import ControlPlane, Host
from certctl_client.agent.crls.memory import InstalledCrl
from certctl_client.agent.wire import version_of, work_of
from tests.support.api.openapi import DOCUMENT

type Schema = dict[str, Any]
type Call = Callable[[ControlPlane], Any]

_DOCUMENT: Schema = json.loads(DOCUMENT.read_text(encoding="utf-8"))
_PREFIX = "/api/v1/agent"
_HOST = Host("web-1.example.com", "linux", "x86_64")
_CRL_REPORT = {
    "target_id": "tgt-1",
    "crls": [asdict(InstalledCrl("CN=CA", 3, "2026-11-27T12:00:00Z", "2026-11-30T12:00:00Z"))],
    "problem": "",
}
_CALLS: Mapping[str, Call] = {
    "register_with_token": lambda server: server.register(_HOST),
    "send_heartbeat": lambda server: server.heartbeat(_HOST),
    "rotate_agent_key": lambda server: server.rotate_key(),
    "list_work": lambda server: [work_of(record) for page, _ in server.work() for record in page],
    "submit_job_csr": lambda server: server.submit_request("job-1", "-----BEGIN"),
    "start_deployment": lambda server: server.start("job-1"),
    "report_deployment": lambda server: server.report("job-1", {"attempt": 1, "outcome": "succeeded"}),
    "get_deployable_version": lambda server: version_of(server.version("mc-1", "0a")),
}


def _operations() -> Iterator[tuple[str, str, str, Schema]]:
    """(id, method, path, operation) of the agent's routes."""
    for path, methods in _DOCUMENT["paths"].items():
        if path.startswith(f"{_PREFIX}/"):
            yield from ((op["operationId"], method, path, op) for method, op in methods.items())


def _content(described: Schema) -> Schema:
    content: Schema = described["content"]["application/json"]
    return content


def _answer(operation: Schema) -> Schema:
    (success,) = [code for code in operation["responses"] if code.startswith("2")]
    return _content(operation["responses"][success])


def _faults(content: Schema, value: Any) -> list[str]:
    schema = {**content["schema"], "components": _DOCUMENT["components"]}
    return [error.message for error in Draft202012Validator(schema).iter_errors(value)]


class Described:
    """A server that answers each request with the example of the document, and keeps what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[str]]] = []
        self.headers: list[httpx.Headers] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.headers.append(request.headers)
        for name, method, path, operation in _operations():
            is_path = re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), request.url.path)
            if is_path and request.method == method.upper():
                self.asked.append((name, self._faults(operation, request)))
                return httpx.Response(200, json=_answer(operation)["example"])
        raise AssertionError(f"{request.method} {request.url.path} is not described")

    def _faults(self, operation: Schema, request: httpx.Request) -> list[str]:
        if "requestBody" not in operation:
            return [] if request.content in (b"", b"{}") else ["a body that is not described"]
        return _faults(_content(operation["requestBody"]), json.loads(request.content))


@pytest.fixture
def described(monkeypatch: pytest.MonkeyPatch) -> Described:
    served = Described()
    transport = httpx.MockTransport(served)
    client = httpx.Client
    monkeypatch.setattr(httpx, "Client", lambda **more: client(**{**more, "transport": transport}))
    return served


@pytest.mark.parametrize("name", _CALLS)
def test_a_call_of_the_agent_is_described_and_its_answer_is_understood(
    described: Described, name: str
) -> None:
    with ControlPlane("https://certctl.example.com", "certctl_boot_x") as server:
        _CALLS[name](server)

    assert described.asked == [(name, [])]


def test_the_header_that_asks_for_work_is_described_and_so_is_what_the_agent_reads_of_the_answer(
    described: Described,
) -> None:
    with ControlPlane("https://certctl.example.com", "certctl_x") as server:
        server.poll(_HOST, 45.0, "0" * 64, crls=[_CRL_REPORT])
        sent = described.headers[-1]

    (operation,) = [op for name, _, _, op in _operations() if name == "send_heartbeat"]
    headers = {p["name"]: p["schema"] for p in operation["parameters"] if p["in"] == "header"}
    asks_for = {"certctl-crl-bundles", "certctl-probes"}
    assert headers.keys() == {"certctl-max-poll-seconds", "certctl-consent", *asks_for}
    assert sent["certctl-crl-bundles"] == "1"
    validator = Draft202012Validator({"type": "integer", "minimum": 1, "maximum": 86400})
    assert validator.is_valid(int(sent["certctl-max-poll-seconds"]))
    answer = _DOCUMENT["components"]["schemas"]["HeartbeatView"]
    work = {"items": {"$ref": "#/components/schemas/WorkView"}, "type": "array"}
    read = {"work", "next_cursor", "poll_after_seconds", "consent_wanted", "crl_bundles"}
    assert read <= set(answer["required"])
    assert work in answer["properties"]["work"]["anyOf"]


def test_the_agent_has_a_call_for_each_of_its_routes() -> None:
    assert {name for name, *_ in _operations()} == _CALLS.keys()


@pytest.mark.parametrize("field", ["job_id", "type", "status", "certificate_id", "common_name", "sans"])
def test_what_the_agent_needs_of_work_is_never_left_out(field: str) -> None:
    assert field in _DOCUMENT["components"]["schemas"]["WorkView"]["required"]


def test_a_result_with_everything_is_described() -> None:
    (operation,) = [op for name, _, _, op in _operations() if name == "report_deployment"]
    result = {"attempt": 2, "outcome": "failed", "error": "nginx -t", "rolled_back": True}

    assert _faults(_content(operation["requestBody"]), result) == []
    assert _faults(_content(operation["requestBody"]), result | {"served_fingerprint_sha256": "0" * 64}) == []
    refused = {"outcome": "failed", "error": "", "rolled_back": False, "untouched": True}
    assert _faults(_content(operation["requestBody"]), {"attempt": 1, **refused}) == []
