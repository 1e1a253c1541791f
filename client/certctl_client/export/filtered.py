"""Exports events that match filters, each with its inclusion proof, and the heads that the proofs lead to."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from certctl_client.api.paths import Parameters, path_of
from certctl_client.api.responses import canonical_json
from certctl_client.api.transport import Api
from certctl_client.errors import CommandError
from certctl_client.export.directory import private_file, remove_all_but
from certctl_client.export.seal_lists import heads_down_to, newest_seq
from certctl_client.output.progress import Progress
from certctl_client.plain_text import counted
from certctl_client.trail.bundle import EVENTS, HEADS, KEY, PROOFS


@dataclass(frozen=True)
class FilteredExport:
    """`unsealed` counts matching events that were left out: nothing proves them yet. `oldest_seal` is that of
    the proofs."""

    events: int
    unsealed: int
    oldest_seal: int | None

    def sentence(self) -> str:
        left_out = f" ({self.unsealed} that are not sealed yet left out)" if self.unsealed else ""
        return f"{counted(self.events, 'event')} with proofs{left_out}"


def export_filtered(
    api: Api, directory: Path, query: Parameters, heads_from: int | None, progress: Progress
) -> FilteredExport:
    """Writes events.jsonl, proofs.jsonl, heads.jsonl and key.pem. Raises CommandError, OSError."""
    remove_all_but(directory)
    with private_file(directory, KEY) as key:
        key.write(api.get(path_of("audit", "key")).content)
    export = _write_events(api, directory, query, progress)
    _write_heads(api, directory, _first_head(api, export, heads_from))
    return export


def _write_events(api: Api, directory: Path, query: Parameters, progress: Progress) -> FilteredExport:
    events = unsealed = 0
    oldest: int | None = None
    with private_file(directory, EVENTS) as lines, private_file(directory, PROOFS) as proofs:
        for text, proof in _matching(api, query):
            if proof is None:
                unsealed += 1
                continue
            lines.write(text.encode() + b"\n")
            proofs.write(canonical_json(proof) + b"\n")
            events += 1
            oldest = min(oldest or proof["seq"], proof["seq"])
            progress("events", events, None)
    return FilteredExport(events, unsealed, oldest)


def _matching(api: Api, query: Parameters) -> Iterator[tuple[str, dict[str, Any] | None]]:
    cursor: str | None = None
    while True:
        response = api.get(path_of("audit", "export"), {**query, "cursor": cursor})
        yield from map(_event_and_proof, response.content.splitlines())
        following = response.headers.get("X-Next-Cursor")
        if not following:
            return
        if following == cursor:
            raise _not_ours()
        cursor = following


def _event_and_proof(line: bytes) -> tuple[str, dict[str, Any] | None]:
    try:
        value = json.loads(line)
        text, proof = value["event"], value["proof"]
        has_form = isinstance(text, str) and (proof is None or type(proof["seq"]) is int)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise _not_ours() from None
    if not has_form or "\n" in text:
        raise _not_ours()
    return text, proof


def _first_head(api: Api, export: FilteredExport, heads_from: int | None) -> int:
    query = [seq for seq in (export.oldest_seal, heads_from) if seq is not None]
    return min(query, default=0) or newest_seq(api)


def _write_heads(api: Api, directory: Path, first: int) -> None:
    """Reads the heads after the events, so that those of all proofs are included."""
    lines = [canonical_json(signed) + b"\n" for signed in heads_down_to(api, first)]
    with private_file(directory, HEADS) as file:
        file.writelines(reversed(lines))


def _not_ours() -> CommandError:
    return CommandError("The server's export does not consist of events with proofs.")
