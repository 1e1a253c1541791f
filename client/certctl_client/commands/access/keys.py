"""`certctl keys`: API keys."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, cast
from uuid import uuid4

import typer

from certctl_client.api.schema import ApiKeyView, NewApiKeyBody, Role
from certctl_client.commands import shown_once
from certctl_client.commands.confirmation import confirm
from certctl_client.commands.listing import Shown, a_list
from certctl_client.commands.options import OutFile, Output, Yes, given
from certctl_client.commands.shown_once import show_key
from certctl_client.output import Format, fields_of, say
from certctl_client.output.views import Column
from certctl_client.session import open_stack
from certctl_client.times import wire_time_ahead

app = typer.Typer(help="API keys: your own, or all if you are an administrator.", no_args_is_help=True)

_COLUMNS: Mapping[str, Column] = {
    "ID": "id",
    "NAME": "name",
    "ROLE": "role",
    "TEAMS": "teams",
    "AGENT": "agent_id",
    "CREATED": "created_at",
    "EXPIRES": "expires_at",
    "REVOKED": "revoked_at",
    "LAST USED": "last_used_at",
}


@app.command("list")
@a_list
def list_keys(shown: Shown) -> None:
    """Keys, newest first, without the secrets, which are not stored."""
    with open_stack() as stack:
        shown.present(lambda: stack.keys.all({"per_page": shown.per_page}), _COLUMNS, fields_of(ApiKeyView))


@app.command("create")
def create_key(
    name: Annotated[str, typer.Option(help="Purpose of the key.")],
    role: Annotated[Role, typer.Option(help="Role; it cannot exceed the role of your own key.")],
    team: Annotated[
        list[str] | None, typer.Option(help="A team that it may access, * for all; default: your teams.")
    ] = None,
    owner: Annotated[str | None, typer.Option(help="Id of the owner.")] = None,
    expires: Annotated[str | None, typer.Option(help="A time, or a span from now: 90d.")] = None,
    out: OutFile = None,
    output: Output = Format.TABLE,
) -> None:
    """Create a key. It is shown only once."""
    wanted = given(
        name=name,
        role=role,
        teams="*" if team == ["*"] else team or None,
        owner_id=owner,
        expires_at=expires and wire_time_ahead(datetime.now(UTC), expires),
    )
    with open_stack() as stack:
        minted = shown_once.minted(
            lambda: stack.keys.create(cast(NewApiKeyBody, wanted), str(uuid4())),
            "The key may have been created: find it with `certctl keys list`, and revoke it.",
        )
        show_key(minted, out, output, lambda: stack.keys.revoke(minted["id"]))


@app.command("revoke")
def revoke_key(key_id: Annotated[str, typer.Argument(metavar="ID")], yes: Yes = False) -> None:
    """Revoke a key permanently. It is refused everywhere within 15 seconds."""
    confirm(f"Revoke the key {key_id}? This cannot be undone.", yes)
    with open_stack() as stack:
        stack.keys.revoke(key_id)
    say(f"The key {key_id} was revoked.")
