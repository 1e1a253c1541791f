"""A tool that looks at what a server serves, from this machine."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from certctl_client.mcp.results import ToolResult, selected
from certctl_client.session import ca_cert

if TYPE_CHECKING:
    from certctl_client.judging.verdicts import Judged

Host = Annotated[str, Field(min_length=1, max_length=262, description="www.example.com, or HOST:PORT.")]
ServerName = Annotated[
    str | None, Field(max_length=253, description="The name to ask for (SNI) instead of the host.")
]
Starttls = Literal["auto", "none", "smtp", "imap", "ldap", "postgres", "mysql"]

_DAYS = 14
_RECORD = (
    *("endpoint", "verdict", "name", "starttls", "findings", "notes", "names", "issuer", "not_after"),
    *("days_left", "key", "signature", "protocols", "addresses", "probed_at"),
)


@dataclass(frozen=True)
class Probing:
    def probe_server(
        self, host: Host, server_name: ServerName = None, starttls: Starttls = "auto"
    ) -> ToolResult:
        """Look at what a TLS server serves now, as seen from the machine of this assistant, at each of its
        addresses: certificate, chain, name, end, key and versions of TLS, with what to do about each fault.
        Needs no stack, and sends nothing after a handshake."""
        (record,) = _records(host, server_name, starttls)
        return ToolResult(selected(record, _RECORD))


def _records(host: str, name: str | None, starttls: str) -> Iterator[dict[str, Any]]:
    """The record of the one endpoint. Raises ConfigurationError."""
    from datetime import UTC, datetime

    from certctl_client.judging.endpoints import order_of
    from certctl_client.judging.probing import THOROUGHLY, Question, judge_each
    from certctl_client.judging.views import record_of
    from certctl_client.probing.forbidden import not_forbidden

    order = order_of(host, THOROUGHLY, name, starttls)
    question = Question(order, order.sni or name or order.host, _DAYS)
    found: list[Judged] = []
    trusted = [Path(file)] if (file := ca_cert()) else []
    judge_each([question], trusted, lambda _, judged: found.append(judged), not_forbidden)
    yield from (record_of(each, question.name, datetime.now(UTC)) for each in found)
