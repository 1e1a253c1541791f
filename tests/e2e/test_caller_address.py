"""What the front door, which stands for CloudFront, makes of a call: the caller's address, nothing else."""

import http.client
from urllib.parse import urlsplit

import pytest

from tests.support.local.stack import LocalStack, wait_for

# Loopback, and not what the emulator's gateway calls everybody.
CALLER, GATEWAY = "127.0.0.5", "127.0.0.1"
FORGED = {
    "X-Certctl-Client": "203.0.113.7",
    "X-Certctl-Origin": "guess",
    "X-Forwarded-For": "203.0.113.8",
}


def send(url: str, headers: dict[str, str], source: str) -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, 30, source_address=(source, 0))
    connection.request("GET", parts.path, headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


def gateway_url(stack: LocalStack) -> str:
    cloudformation = stack.client("cloudformation")
    api = cloudformation.describe_stack_resource(StackName="certctl-local", LogicalResourceId="HttpApi")
    api_id = api["StackResourceDetail"]["PhysicalResourceId"]
    return f"{stack.outputs['aws_endpoint_url']}/_aws/execute-api/{api_id}/$default"


@pytest.mark.parametrize(("is_direct", "recorded"), [(False, CALLER), (True, GATEWAY)])
def test_the_trail_has_who_called_whatever_the_caller_says(
    local_stack: LocalStack, is_direct: bool, recorded: str
) -> None:
    path = f"/api/v1/owners/o-caller-{is_direct}".lower()
    key = {"Authorization": f"Bearer {local_stack.outputs['api_key']}"}
    base = gateway_url(local_stack) if is_direct else local_stack.url
    assert send(base + path, key | FORGED, CALLER) == 404
    events = wait_for(lambda: _calls(local_stack, path), "the call's audit row")
    assert {event["details"]["source_ip"] for event in events} == {recorded}


def _calls(stack: LocalStack, path: str) -> list[dict[str, dict[str, str]]]:
    found = stack.get("/api/v1/audit", params={"resource_type": "api", "resource_id": path})
    return list(found["data"])


def test_an_answer_is_compressed_only_for_a_caller_that_asks(local_stack: LocalStack) -> None:
    key = {"Authorization": f"Bearer {local_stack.outputs['api_key']}"}
    assert coding_of(local_stack.url, key) is None
    assert coding_of(local_stack.url, key | {"Accept-Encoding": "gzip"}) == "gzip"


def coding_of(url: str, headers: dict[str, str]) -> str | None:
    """The coding of a large response; http.client would name codings by itself."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, 30)
    connection.putrequest("GET", "/api/v1/channel-kinds", skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    connection.close()
    assert answer.status == 200
    return answer.getheader("Content-Encoding")
