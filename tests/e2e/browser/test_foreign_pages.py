"""A page of another origin, in the developer's own browser, against every port that `make run` opens."""

import base64
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.browser.chromium import FOREIGN_HOST
from tests.support.local.stack import LocalStack
from tests.support.serving import running_server

_FORM, _TEXT = "application/x-www-form-urlencoded", "text/plain"
_ROLE = "arn:aws:iam::000000000000:role/foreign"
# Simple requests by the Fetch standard: no preflight asks whether they may be sent. Playwright sees the first
# one's status, and none of the second, whose answer the browser drops.
_SEND = """
async ([url, type, body]) => {
  const request = { method: "POST", headers: { "Content-Type": type }, body };
  await fetch(url, { ...request, mode: "no-cors" });
  try {
    return `readable: ${await (await fetch(url, request)).text()}`;
  } catch (error) {
    return "not readable";
  }
}
"""


class _EmptyPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>foreign</title>")

    def log_message(self, *_: object) -> None:
        """Nothing: the test looks at the browser's side."""


@pytest.fixture
def foreign_page(chromium: Browser) -> Iterator[Page]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _EmptyPage)
    with running_server(server), closing(chromium.new_page()) as page:
        page.goto(f"http://{FOREIGN_HOST}:{server.server_port}/")
        yield page


def credentials(key_id: str, service: str) -> str:
    """In the query, where they need no header; the signature is nobody's."""
    scope = f"{key_id}/20261126/us-east-1/{service}/aws4_request"
    return urlencode(
        {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Credential": scope,
            "X-Amz-Date": "20261126T000000Z",
            "X-Amz-SignedHeaders": "host",
            "X-Amz-Signature": "00",
        }
    )


def attacks(endpoint: str, key_id: str, marker: Path) -> list[tuple[str, str, str]]:
    """The three requests that run code on the developer's machine: a role, a function, a call of it."""
    trust = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
    role = {
        "Action": "CreateRole",
        "Version": "2010-05-08",
        "RoleName": "foreign",
        "AssumeRolePolicyDocument": json.dumps(trust),
    }
    function = {
        "FunctionName": "foreign",
        "Runtime": "python3.13",
        "Role": _ROLE,
        "Handler": "code.run",
        "Code": {"ZipFile": base64.b64encode(program(marker)).decode()},
    }
    lambdas = f"{endpoint}/2015-03-31/functions"
    query = credentials(key_id, "lambda")
    return [
        (f"{endpoint}/?{credentials(key_id, 'iam')}", _FORM, urlencode(role)),
        (f"{lambdas}?{query}", _TEXT, json.dumps(function)),
        (f"{lambdas}/foreign/invocations?{query}", _TEXT, "{}"),
    ]


def program(marker: Path) -> bytes:
    """A deployment package whose function writes the marker."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("code.py", f"def run(event, context):\n    open({str(marker)!r}, 'w').close()\n")
    return packed.getvalue()


@pytest.mark.parametrize("key", ["well-known", "the stack's own"])
def test_a_foreign_page_cannot_run_code_through_the_emulator(
    foreign_page: Page, local_stack: LocalStack, tmp_path: Path, key: str
) -> None:
    own = local_stack.outputs["aws_access_key_id"]
    statuses: list[int] = []
    foreign_page.on("response", lambda response: statuses.append(response.status))
    before = local_stack.client("lambda").list_functions()["Functions"]

    requests = attacks(
        local_stack.outputs["aws_endpoint_url"], "test" if key == "well-known" else own, tmp_path / "marker"
    )
    answers = [foreign_page.evaluate(_SEND, list(request)) for request in requests]

    assert answers == ["not readable"] * 3
    assert statuses == [403] * 3
    assert len(local_stack.client("lambda").list_functions()["Functions"]) == len(before)
    assert not (tmp_path / "marker").exists()


def test_a_foreign_page_can_use_nothing_of_the_front_door(
    foreign_page: Page, local_stack: LocalStack
) -> None:
    statuses: list[int] = []
    foreign_page.on("response", lambda response: statuses.append(response.status))
    paths = ("/api/v1/agent/register", "/demo/receivers/working", "/", "/.well-known/pki/crl/iss-local")

    answers = [foreign_page.evaluate(_SEND, [local_stack.url + path, _TEXT, "{}"]) for path in paths]

    assert answers == ["not readable"] * len(paths)
    assert statuses == [403] * len(paths)


def test_a_foreign_page_cannot_put_the_dashboard_into_a_frame_but_may_link_to_it(
    foreign_page: Page, local_stack: LocalStack
) -> None:
    with foreign_page.expect_response(local_stack.url + "/") as framed:
        foreign_page.evaluate(
            "url => { const f = document.createElement('iframe'); f.src = url; document.body.append(f); }",
            local_stack.url + "/",
        )
    assert framed.value.status == 403

    foreign_page.evaluate("url => { location.href = url; }", local_stack.url + "/")
    foreign_page.wait_for_url(local_stack.url + "/**")
    assert "certctl" in foreign_page.title()


def test_a_host_name_that_was_rebound_to_this_machine_reads_nothing(
    foreign_page: Page, local_stack: LocalStack
) -> None:
    """DNS rebinding: the page's own name now leads to the stack's ports, so it is the same origin."""
    for port in (local_stack.url, local_stack.outputs["aws_endpoint_url"]):
        answer = foreign_page.goto(f"http://{FOREIGN_HOST}:{port.rpartition(':')[2]}/")
        assert answer is not None
        assert answer.status == 403
