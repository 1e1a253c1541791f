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

    def tool(self, name: str, /, **arguments: Any) -> "Answered":
        result: CallToolResult = self.ask("call_tool", name, arguments)
        assert not result.is_error, result.content
        assert result.structured_content is None  # it would be a second copy
        (content,) = result.content
        assert isinstance(content, TextContent)
        return answered(content.text)

    def failure(self, name: str, /, **arguments: Any) -> str:
        result: CallToolResult = self.ask("call_tool", name, arguments)
        assert result.is_error
        (content,) = result.content
        assert isinstance(content, TextContent)
        return content.text

    def resource(self, uri: str) -> "Answered":
        (content,) = self.ask("read_resource", uri).contents
        assert isinstance(content, TextResourceContents)
        assert content.mime_type == "text/plain"
        return answered(content.text)


@contextmanager
def connected(
    environment: dict[str, str], scratch: Path, *options: str, mode: str = "auto"
) -> Iterator[Session]:
    """`mode` "legacy" is the handshake of the protocol's versions before 2026."""
    environment = {**environment, "PYTHONPATH": str(ROOT / "client"), "XDG_CONFIG_HOME": str(scratch)}
    command = ["-m", "certctl_client", "mcp", "--toolsets", "all", *options]
    started = StdioServerParameters(command=sys.executable, args=command, env=environment)
    log = scratch / "stderr.txt"
    with log.open("w") as file, start_blocking_portal() as portal:
        client = Client(stdio_client(started, errlog=file), mode=mode, read_timeout_seconds=60)
        entered: AbstractContextManager[Client] = portal.wrap_async_context_manager(client)
        with entered:
            yield Session(portal.call, client, environment["CERTCTL_API_KEY"])
    assert log.read_text() == ""


class Answered(dict[str, Any]):
    """The records of an answer, with its `notice` and `hint`, which are the server's own words."""

    notice: str
    hint: str


def answered(text: str) -> Answered:
    """Checks that all records stand in one marking, which nothing in them can end."""
    notice, *hints, begin, block, end = text.split("\n")
    boundary = boundary_of(notice)
    assert (begin, end) == (f"<untrusted {boundary}>", f"</untrusted {boundary}>")
    assert not set(block) & set("<>")
    assert block.isprintable()
    assert len(hints) <= 1
    found = Answered(json.loads(block))
    assert None not in list(_values(found))
    found.notice, found.hint = notice, "".join(hints)
    return found


def boundary_of(notice: str) -> str:
    boundary = notice.partition("<untrusted ")[2].partition(">")[0]
    assert len(boundary) == 8
    assert notice.startswith(f"Between <untrusted {boundary}> and </untrusted {boundary}> stand texts")
    return boundary


def _values(value: Any) -> Iterator[Any]:
    if not isinstance(value, dict | list):
        yield value
        return
    for each in value.values() if isinstance(value, dict) else value:
        yield from _values(each)


def assert_marked(notice: str, shown: str) -> None:
    """`shown`, of an error, is one complete marking, and contains nothing that could end it."""
    boundary = boundary_of(notice)
    begin, end = f"<untrusted {boundary}>", f"</untrusted {boundary}>"
    assert shown.startswith(begin)
    assert shown.endswith(end)
    assert not set(shown.removeprefix(begin).removesuffix(end)) & set("<>")
