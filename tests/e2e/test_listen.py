"""`certctl listen` and `certctl channels trigger`: alerts of the stack, and samples, at a local port."""

import base64
import hashlib
import hmac
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.e2e.journey import Journey
from tests.support.channels.receivers import Received, Receiver
from tests.support.client.command import Certctl
from tests.support.local.stack import LocalStack, wait_for
from tests.support.template import ROOT

_KEY = b"0123456789abcdefghijklmn"
_END_SECONDS = 30


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTCTL_LISTEN_SECRET", "whsec_" + base64.b64encode(_KEY).decode())


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().running() as receiver:
        yield receiver


@contextmanager
def listening(stack: LocalStack, url: str) -> Iterator[subprocess.Popen[str]]:
    """The command, once it passes on what is new."""
    command = ("listen", "--forward-to", url, "--every", "2")
    with subprocess.Popen(
        [sys.executable, "-m", "certctl_client", *command],
        env=os.environ
        | {"CERTCTL_URL": stack.url, "CERTCTL_API_KEY": stack.outputs["api_key"]}
        | {"PYTHONPATH": str(ROOT / "client")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stderr is not None
            assert "Forwarding new alerts" in process.stderr.readline()
            yield process
        finally:
            process.kill()


def is_signed(request: Received) -> bool:
    headers = request.headers
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + request.body
    signature = base64.b64encode(hmac.digest(_KEY, signed, hashlib.sha256)).decode()
    return headers["webhook-signature"] == f"v1,{signature}"


def test_a_revocation_is_forwarded_once_while_the_command_runs(
    local_stack: LocalStack, journey: Journey, receiver: Receiver
) -> None:
    """The alert has a row for each channel: the id is that of one of them."""

    def forwarded() -> list[Received]:
        bodies = [(request, json.loads(request.body)) for request in list(receiver.received)]
        return [
            request
            for request, body in bodies
            if body["type"] == "Revocation" and body["data"]["certificate"]["common_name"] == issued.name
        ]

    with listening(local_stack, receiver.url("/hooks")) as command:
        issued = journey.issued()
        journey.post(f"{issued.id}/revoke", {"reason": "superseded"})
        wait_for(forwarded, "the alert of the revocation")
        command.send_signal(signal.SIGINT)
        out, told = command.communicate(timeout=_END_SECONDS)

    (request,) = forwarded()
    about = {"certificate_id": issued.id, "type": "Revocation"}
    rows = journey.stack.get("/api/v1/notifications", params=about)["data"]
    assert request.path == "/hooks"
    assert is_signed(request)
    assert request.headers["webhook-id"] in [row["id"] for row in rows]
    assert " Revocation " in out
    assert "To continue: certctl listen" in told


def test_a_sample_is_sent_to_a_local_port(local_stack: LocalStack, receiver: Receiver) -> None:
    ran = Certctl(local_stack).run("channels", "trigger", "RenewalFailure", "--forward-to", receiver.url())

    assert ran.returncode == 0, ran.stderr
    (request,) = receiver.received
    body: Any = json.loads(request.body)
    assert is_signed(request)
    assert (body["type"], body["data"]["subject"]) == ("RenewalFailure", "Test: RenewalFailure (sample)")
