"""`certctl mcp --http`: who is let in."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from certctl_client.api.resources import Stack
from certctl_client.api.transport import Api
from certctl_client.errors import ConfigurationError
from certctl_client.mcp.http import Address, address_in, guard_for, options_of, token_in
from certctl_client.mcp.server import Offer, server_for
from certctl_client.settings import Settings

_ADDRESS = Address("127.0.0.1", 8765)
_TOKEN = "t" * 32
_LET_IN = {"Authorization": f"Bearer {_TOKEN}", "Accept": "application/json, text/event-stream"}
_HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "0"},
    },
}


@pytest.fixture
def http() -> Iterator[TestClient]:
    with Api(Settings("http://127.0.0.1:1", "certctl_" + "k" * 43)) as api:
        guard = guard_for(_ADDRESS, _TOKEN)
        server = server_for(Stack(api), "http://127.0.0.1:1", Offer(["jobs"]), guard)
        with TestClient(server.streamable_http_app(**options_of(_ADDRESS)), base_url=_ADDRESS.url) as client:
            yield client


def test_a_client_with_the_token_is_served(http: TestClient) -> None:
    answer = http.post("/mcp", json=_HELLO, headers=_LET_IN)

    assert answer.status_code == 200
    assert answer.json()["result"]["serverInfo"]["name"] == "certctl"


@pytest.mark.parametrize("sent", ["", "Bearer ", "Bearer wrong", f"Basic {_TOKEN}", f"Bearer {_TOKEN}x"])
def test_a_client_without_the_token_is_refused(http: TestClient, sent: str) -> None:
    answer = http.post("/mcp", json=_HELLO, headers=_LET_IN | {"Authorization": sent})

    assert answer.status_code == 401
    assert "certctl" not in answer.text


@pytest.mark.parametrize(
    "more",
    [
        {"Host": "certctl.evil.example"},
        {"Host": "127.0.0.1:9999"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_pages_of_other_origins_are_refused_even_with_the_token(
    http: TestClient, more: dict[str, str]
) -> None:
    assert http.post("/mcp", json=_HELLO, headers=_LET_IN | more).status_code in (403, 421)


@pytest.mark.parametrize("where", ["127.0.0.1:8765", "localhost:8765", "[::1]:8765", "8765"])
def test_it_listens_on_this_machine(where: str) -> None:
    assert address_in(where).port == 8765


@pytest.mark.parametrize("where", ["0.0.0.0:8765", "10.0.0.5:80", "certctl.example.com:443"])
def test_it_listens_on_no_other_address(where: str) -> None:
    with pytest.raises(ConfigurationError, match="other machines"):
        address_in(where)


@pytest.mark.parametrize("where", ["127.0.0.1", "127.0.0.1:0", "127.0.0.1:x", "127.0.0.1:70000", ""])
def test_an_address_needs_a_port(where: str) -> None:
    with pytest.raises(ConfigurationError, match="HOST:PORT"):
        address_in(where)


def test_a_token_is_made_unless_one_is_set() -> None:
    made, is_new = token_in({})

    assert is_new
    assert len(made) >= 40
    assert made != token_in({})[0]
    assert token_in({"CERTCTL_MCP_TOKEN": _TOKEN}) == (_TOKEN, False)
    for weak in ("short", "with blanks in it, which is long enough", "\n" * 30):
        with pytest.raises(ConfigurationError):
            token_in({"CERTCTL_MCP_TOKEN": weak})
