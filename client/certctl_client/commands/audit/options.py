"""Options of the audit commands: filters, and the trust anchors of a verification."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from certctl_client.api.paths import Parameters
from certctl_client.commands.audit.actions import ACTIONS
from certctl_client.errors import ConfigurationError
from certctl_client.files import read_bounded
from certctl_client.times import wire_time, wire_time_before

if TYPE_CHECKING:
    from certctl_client.trail.trust import Trust

_FILE_LIMIT = 4 * 1024 * 1024


class EventKind(StrEnum):
    CHANGES = "changes"
    SESSIONS = "sessions"
    CALLS = "calls"


Actor = Annotated[
    str | None,
    typer.Option(help="Id of the person, account, agent or credential, or system/<function>."),
]
ActorType = Annotated[str | None, typer.Option(help="User, Service, System or Agent.")]


def completed_actions(incomplete: str) -> list[str]:
    return sorted(action for action in ACTIONS if action.startswith(incomplete))


Action = Annotated[
    str | None,
    typer.Option(help="For example certificate_revoked.", autocompletion=completed_actions),
]
ResourceType = Annotated[str | None, typer.Option(help="For example certificate.")]
ResourceId = Annotated[str | None, typer.Option(help="For example mc-01k...")]
From = Annotated[str | None, typer.Option("--from", help="2026-11-24 or 2026-11-24T13:00:00Z, inclusive.")]
To = Annotated[
    str | None, typer.Option("--to", help="Like --from, inclusive; a day means its midnight in UTC.")
]
ChangesOnly = Annotated[bool, typer.Option("--changes-only", help="Leave out the records of API calls.")]
Kind = Annotated[
    EventKind | None,
    typer.Option(help="Changes of records, sessions (sign-ins, tokens), or calls of the API."),
]
Since = Annotated[str | None, typer.Option(help="Instead of --from: 30m, 24h, 7d, 2w.")]

KeyFile = Annotated[
    Path | None, typer.Option("--key", help="The seal key that you trust, as PEM.", dir_okay=False)
]
KeySha256 = Annotated[
    str | None, typer.Option("--key-sha256", help="Or its SHA-256, in hex (`certctl audit key`).")
]
HeadFile = Annotated[
    Path | None,
    typer.Option("--head", help="A head that you trust (`certctl audit head`).", dir_okay=False),
]


def filters(
    actor: str | None,
    actor_type: str | None,
    action: str | None,
    resource_type: str | None,
    resource_id: str | None,
    from_: str | None,
    to: str | None,
    since: str | None,
    changes_only: bool,
    kind: EventKind | None,
) -> Parameters:
    """Query parameters of the given filters. Raises ConfigurationError."""
    if from_ and since:
        raise ConfigurationError("--from and --since exclude each other.", "Give one of them.")
    given = {
        "actor": actor,
        "actor_type": actor_type,
        "action": action,
        "resource_type": resource_type,
        "resource_id": resource_id,
        "from": wire_time_before(datetime.now(UTC), since) if since else from_ and wire_time(from_),
        "to": to and wire_time(to),
        "changes_only": "true" if changes_only else None,
        "kind": kind and kind.value,
    }
    return {name: value for name, value in given.items() if value}


def trust(key: Path | None, key_sha256: str | None, head: Path | None) -> "Trust":
    """Raises ConfigurationError."""
    from certctl_client.trail.keys import NotASealKey, seal_key
    from certctl_client.trail.trust import NotAHead, Trust, trusted_head

    try:
        return Trust(
            key=seal_key(read_bounded(key, _FILE_LIMIT)) if key else None,
            key_sha256=_fingerprint(key_sha256) if key_sha256 else None,
            head=trusted_head(read_bounded(head, _FILE_LIMIT)) if head else None,
        )
    except NotASealKey as error:
        raise ConfigurationError(f"{key}: {error}.", "`certctl audit key` shows the key.") from None
    except NotAHead as error:
        raise ConfigurationError(f"{head}: {error}.", "`certctl audit head` shows the newest one.") from None


def _fingerprint(text: str) -> str:
    digest = text.replace(":", "").strip().lower()
    if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise ConfigurationError("--key-sha256 takes 64 hex digits.", "`certctl audit key` shows them.")
    return digest
