"""The token of an assistant: the user's key is sent for it alone, and it ends with the server."""

from datetime import timedelta
from pathlib import Path

import pytest

from certctl.domain.access.permissions import Role
from certctl_client.api.resources import Stack
from certctl_client.errors import CommandError
from certctl_client.exit_codes import ExitCode
from certctl_client.mcp.tokens import assistants_api
from certctl_client.settings import Settings
from tests.support.client.mcp_sessions import connected
from tests.support.client.server import KEY, Asked, LoopbackServer, Reply, json_reply, problem
from tests.support.client.stack import BridgedStack
from tests.support.identity.child_tokens import child_of

TOKEN, SESSION = "/api/v1/auth/token", "/api/v1/auth/session"


def test_requests_of_an_assistant_have_a_token_that_ends_with_it(stack: BridgedStack, tmp_path: Path) -> None:
    environment = stack.environment()
    with connected(environment, tmp_path) as session:
        session.tool("list_cas")
    exchange, *others = stack.asked
    assert (exchange.path, exchange.body["scope"]) == (TOKEN, "read")
    assert "authorization" not in exchange.headers
    (sent,) = {asked.headers["authorization"].removeprefix("Bearer ") for asked in others}
    assert sent.startswith("certctl_tok_")
    assert (others[-1].method, others[-1].path) == ("DELETE", SESSION)
    assert stack.issuing.stack.client("identity_api", sent).delete(SESSION).status == 401


def test_another_token_is_taken_when_one_has_ended(stack: BridgedStack) -> None:
    settings = Settings(stack.url, stack.issuing.stack.new_key(Role.ADMIN))
    with assistants_api(settings, may_write=True) as api:
        first = Stack(api).keys.session()
        stack.issuing.stack.clock.advance(timedelta(hours=13))
        second = Stack(api).keys.session()
    assert first["id"] != second["id"]
    assert [asked.body["scope"] for asked in stack.asked if asked.path == TOKEN] == ["write", "write"]


def test_a_credential_that_is_a_token_is_used_as_it_is(stack: BridgedStack) -> None:
    text = child_of(stack.issuing.stack, stack.issuing.stack.new_key(Role.VIEWER))
    with assistants_api(Settings(stack.url, text), may_write=False) as api:
        Stack(api).keys.session()
    assert [asked.path for asked in stack.asked] == [SESSION]


def test_an_ended_key_is_refused_with_what_to_do(stack: BridgedStack) -> None:
    unknown = Settings(stack.url, "certctl_" + "x" * 43)
    with pytest.raises(CommandError) as refused, assistants_api(unknown, may_write=False) as api:
        Stack(api).keys.session()
    assert refused.value.code == ExitCode.DENIED
    assert "certctl login" in refused.value.next_step


def test_a_stack_of_an_earlier_release_gets_the_key(
    server: LoopbackServer, capsys: pytest.CaptureFixture[str]
) -> None:
    def respond(asked: Asked) -> Reply:
        return problem(404, "There is no such route.") if asked.path == TOKEN else json_reply({"data": []})

    server.respond = respond
    with assistants_api(Settings(server.url, KEY), may_write=False) as api:
        assert list(api.records("/api/v1/certificates")) == []
    assert server.asked[-1].headers["authorization"] == f"Bearer {KEY}"
    assert "earlier release" in capsys.readouterr().err
