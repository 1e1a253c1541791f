"""`certctl mcp` in a separate process, with the SDK's client at the other end of its pipes."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from anyio.from_thread import start_blocking_portal
from mcp import Client, StdioServerParameters, stdio_client
from mcp_types import CallToolResult, TextContent, TextResourceContents

from tests.support.template import ROOT


class Session:
    """The client, called without await. The key shows nowhere."""

    def __init__(self, call: Callable[..., Any], client: Client, key: str) -> None:
        self._call, self._client, self._key = call, client, key

    def ask(self, method: str, *arguments: Any) -> Any:
        answer = self._call(getattr(self._client, method), *arguments)
        assert self._key not in repr(answer)
        return answer

    def tool(self, name: str, /, **arguments: Any) -> Any:
        """Its structured content."""
        result: CallToolResult = self.ask("call_tool", name, arguments)
        assert not result.is_error, result.content
        (content,) = result.content
        assert isinstance(content, TextContent)
        assert json.loads(content.text) == result.structured_content
        return result.structured_content

    def failure(self, name: str, /, **arguments: Any) -> str:
        result: CallToolResult = self.ask("call_tool", name, arguments)
        assert result.is_error
        (content,) = result.content
        assert isinstance(content, TextContent)
        return content.text

    def resource(self, uri: str) -> Any:
        (content,) = self.ask("read_resource", uri).contents
        assert isinstance(content, TextResourceContents)
        assert content.mime_type == "application/json"
        return json.loads(content.text)


@contextmanager
def connected(
    environment: dict[str, str], scratch: Path, *options: str, mode: str = "auto"
) -> Iterator[Session]:
    """`mode` "legacy" is the handshake of the protocol's versions before 2026."""
    environment = {**environment, "PYTHONPATH": str(ROOT / "client"), "XDG_CONFIG_HOME": str(scratch)}
    command = ["-m", "certctl_client", "mcp", *options]
    started = StdioServerParameters(command=sys.executable, args=command, env=environment)
    log = scratch / "stderr.txt"
    with log.open("w") as file, start_blocking_portal() as portal:
        client = Client(stdio_client(started, errlog=file), mode=mode, read_timeout_seconds=60)
        entered: AbstractContextManager[Client] = portal.wrap_async_context_manager(client)
        with entered:
            yield Session(portal.call, client, environment["CERTCTL_API_KEY"])
    assert log.read_text() == ""


def assert_marked(answer: dict[str, Any], shown: str) -> None:
    """`shown` is one complete marking of this response, and contains nothing that could end it."""
    boundary = answer["notice"].partition("<untrusted ")[2].partition(">")[0]
    begin, end = f"<untrusted {boundary}>", f"</untrusted {boundary}>"
    assert len(boundary) == 8
    assert shown.startswith(begin)
    assert shown.endswith(end)
    assert not set(shown.removeprefix(begin).removesuffix(end)) & set("<>")
