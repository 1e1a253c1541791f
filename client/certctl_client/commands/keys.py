"""`certctl keys`: API keys."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, cast
from uuid import uuid4

import typer

from certctl_client.api.records import ApiKey, MintedKey
from certctl_client.api.requests import NewApiKey, Role
from certctl_client.api.resources import Stack
from certctl_client.commands.options import All, Limit, OutFile, Output, Yes, first_of, given, per_page
from certctl_client.confirmation import confirm
from certctl_client.errors import CommandError, RequestFailed
from certctl_client.files import write_private
from certctl_client.output import Detail, Format, Listing, fields_of, say, show
from certctl_client.session import open_stack
from certctl_client.times import wire_time_ahead
from certctl_client.views import Column

app = typer.Typer(help="API keys: yours, or all for an administrator.", no_args_is_help=True)

_COLUMNS: Mapping[str, Column] = {
    "ID": "id",
    "NAME": "name",
    "ROLE": "role",
    "TEAMS": lambda key: key["teams"] if isinstance(key["teams"], str) else ", ".join(map(str, key["teams"])),
    "CREATED": "created_at",
    "EXPIRES": "expires_at",
    "REVOKED": "revoked_at",
    "LAST USED": "last_used_at",
}


@app.command("list")
def list_keys(limit: Limit = 50, all_: All = False, output: Output = Format.TABLE) -> None:
    """Keys, newest first. The keys themselves are stored nowhere."""
    with open_stack() as stack:
        found = stack.keys.all({"per_page": per_page(limit, all_)})
        show(Listing(first_of(found, limit, all_), _COLUMNS, fields_of(ApiKey)), output)


@app.command("create")
def create_key(
    name: Annotated[str, typer.Option(help="What it is for.")],
    role: Annotated[Role, typer.Option(help="What it may do; never more than yours.")],
    team: Annotated[
        list[str] | None, typer.Option(help="Which team it reaches, * for all; yours otherwise.")
    ] = None,
    owner: Annotated[str | None, typer.Option(help="Id of the owner.")] = None,
    expires: Annotated[str | None, typer.Option(help="A time, or from now on: 90d.")] = None,
    out: OutFile = None,
    output: Output = Format.TABLE,
) -> None:
    """Make a key. It is shown now and never again."""
    wanted = given(
        name=name,
        role=role,
        teams="*" if team == ["*"] else team or None,
        owner_id=owner,
        expires_at=expires and wire_time_ahead(datetime.now(UTC), expires),
    )
    with open_stack() as stack:
        minted = _minted(stack, cast(NewApiKey, wanted))
        if out:
            _write(stack, minted, out)
            shown = {field: value for field, value in minted.items() if field != "key"}
            return show(Detail(shown), output)
    show(Detail(minted), output)
    say("Keep the key now: nobody can show it again.")


@app.command("revoke")
def revoke_key(key_id: Annotated[str, typer.Argument(metavar="ID")], yes: Yes = False) -> None:
    """Revoke a key, for ever. It is refused everywhere within 15 seconds."""
    confirm(f"Revoke the key {key_id}? Nothing brings it back.", yes)
    with open_stack() as stack:
        stack.keys.revoke(key_id)
    say(f"The key {key_id} is revoked.")


def _minted(stack: Stack, wanted: NewApiKey) -> MintedKey:
    try:
        return stack.keys.create(wanted, str(uuid4()))
    except CommandError as error:
        if _is_refusal(error):
            raise
        advice = "A key may have been made that nobody has: see `certctl keys list`, and revoke it."
        raise CommandError(error.message, advice, error.code) from None


def _is_refusal(error: CommandError) -> bool:
    """Nothing was made. 409: an answer that was lost showed the key."""
    return isinstance(error, RequestFailed) and error.status < 500 and error.status != 409


def _write(stack: Stack, minted: MintedKey, out: Path) -> None:
    """A key that cannot be written is nobody's."""
    try:
        write_private(out, minted["key"].encode() + b"\n")
    except CommandError:
        stack.keys.revoke(minted["id"])
        raise
    say(f"The key is written to {out}.")
