"""`certctl keys`: API keys."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, cast
from uuid import uuid4

import typer

from certctl_client.api.schema import ApiKeyView, ListApiKeysQuery, NewApiKeyBody, Role
from certctl_client.commands import shown_once
from certctl_client.commands.access.key_trees import KeyTree
from certctl_client.commands.confirmation import confirm
from certctl_client.commands.listing import Shown, a_list
from certctl_client.commands.options import OutFile, Output, Yes, first_of, given
from certctl_client.commands.revocation.key_uses import show_key_uses
from certctl_client.commands.shown_once import show_key
from certctl_client.errors import ConfigurationError
from certctl_client.output import Format, fields_of, say
from certctl_client.output.views import Column
from certctl_client.plain_text import reduced
from certctl_client.session import ca_cert, open_stack, stack_of
from certctl_client.settings import Settings, load_url
from certctl_client.times import wire_time_ahead

app = typer.Typer(help="API keys: your own, or all if you are an administrator.", no_args_is_help=True)
app.command("show")(show_key_uses)

_PREFIX = "certctl_"
_LONGEST_TEXT = 1024
_COLUMNS: Mapping[str, Column] = {
    "ID": "id",
    "NAME": "name",
    "ROLE": "role",
    "TEAMS": "teams",
    "AGENT": "agent_id",
    "ACTS FOR": "subject_id",
    "CREATED": "created_at",
    "EXPIRES": "expires_at",
    "REVOKED": "revoked_at",
    "LEAKED": "leaked_at",
    "ASLEEP": lambda key: "yes" if key.get("asleep") else "no",
    "LAST USED": "last_used_at",
    "MADE BY": "made_by",
}


@app.command("list")
@a_list
def list_keys(
    shown: Shown,
    account: Annotated[
        str | None, typer.Option(help="Id of a service account or user: its keys that were not revoked.")
    ] = None,
    maker: Annotated[
        str | None, typer.Option(help="Id of a user: live keys of others that this user made.")
    ] = None,
) -> None:
    """Keys, newest first, each followed by the keys that it made. Their secrets are not stored."""
    tree = KeyTree()
    columns = {**_COLUMNS, "NAME": tree.name_of}
    with open_stack() as stack:

        def read() -> Iterator[ApiKeyView]:
            wanted: ListApiKeysQuery = {"per_page": shown.per_page}
            if account is not None:
                wanted["subject_id"] = account
            if maker is not None:
                wanted["maker_id"] = maker
            keys = stack.keys.all(wanted)
            return tree.ordered(first_of(keys, shown.limit, shown.all_))

        shown.present(read, columns, fields_of(ApiKeyView))


@app.command("create")
def create_key(
    name: Annotated[str, typer.Option(help="Purpose of the key.")],
    role: Annotated[
        Role | None,
        typer.Option(help="Role; not beyond your own. With --account, or after a sign-in: all by default."),
    ] = None,
    team: Annotated[
        list[str] | None, typer.Option(help="A team that it may access, * for all; default: your teams.")
    ] = None,
    owner: Annotated[
        str | None,
        typer.Option(
            help="Id of the owner, for administrators. Without it a key ends with the one that makes it."
        ),
    ] = None,
    expires: Annotated[
        str | None, typer.Option(help="A time, or a span from now of at most 400d; default: 90d.")
    ] = None,
    account: Annotated[
        str | None, typer.Option(help="Id of the service account or user that it acts for.")
    ] = None,
    action: Annotated[
        list[str] | None,
        typer.Option(help="A permission that it has; may be repeated. Default: all of its role."),
    ] = None,
    names: Annotated[
        list[str] | None,
        typer.Option(
            help="A pattern of the names that it may request, such as '**.ci.example.com'; may be repeated. "
            "Default: all of its teams."
        ),
    ] = None,
    out: OutFile = None,
    output: Output = Format.TABLE,
) -> None:
    """Create a key. It is shown only once."""
    wanted = given(
        name=name,
        role=role,
        teams="*" if team == ["*"] else team or None,
        owner_id=owner,
        subject_id=account,
        actions=action or None,
        names=names or None,
        expires_at=expires and wire_time_ahead(datetime.now(UTC), expires),
    )
    with open_stack() as stack:
        minted = shown_once.minted(
            lambda: stack.keys.create(cast(NewApiKeyBody, wanted), str(uuid4())),
            "The key may have been created: find it with `certctl keys list`, and revoke it.",
        )
        show_key(minted, out, output, lambda: stack.keys.revoke(minted["id"], {}))
    if minted["teams"] == "*" and not team:
        say("The key reaches all teams, as you do: --team ID limits the next one.")


@app.command("revoke")
def revoke_key(
    key_id: Annotated[str, typer.Argument(metavar="ID")],
    leaked: Annotated[
        bool, typer.Option("--leaked", help="Also every key that it ever made, for anybody.")
    ] = False,
    yes: Yes = False,
) -> None:
    """Revoke a key permanently, with the keys that end with it. All are refused within 15 seconds."""
    what = f"the key {key_id} and every key that it ever made" if leaked else f"the key {key_id}"
    confirm(f"Revoke {what}? This cannot be undone.", yes)
    with open_stack() as stack:
        stack.keys.revoke(key_id, {"reason": "leaked"} if leaked else {})
        enrolled = [*stack.catalog("agents").all({"enrolled_by": key_id})] if leaked else []
    say(f"{what[0].upper()}{what[1:]} {'were' if leaked else 'was'} revoked.")
    _say_agents(enrolled)


def _say_agents(enrolled: Sequence[Mapping[str, Any]]) -> None:
    """Names the agents that were enrolled with a key: they have keys of their own, which stay valid. No
    line to paste has a name: an interactive zsh has no comments, and runs what follows a #."""
    if enrolled:
        say("It enrolled these agents, which work on. Retire those that are not yours:")
    for agent in enrolled:
        say(f"  Agent {reduced(agent['name'])}, since {agent['registered_at']}:")
        say(f"    certctl agents retire {agent['id']}")


@app.command("revoke-found")
def revoke_found(
    leaked: Annotated[
        bool, typer.Option("--leaked", help="Also every key that it ever made, for anybody.")
    ] = False,
) -> None:
    """Revoke a key, session or token by its text, as you found it. Needs no key of your own.

    Asks for the text, or reads it from standard input: an option would appear in the shell's history.
    The server does not say whether it was valid.
    """
    text = _found_text()
    with stack_of(Settings(load_url(os.environ), "", ca_cert())) as stack:
        stack.keys.revoke_text(text, leaked)
    say("If it was valid, it has ended: it is refused within 15 seconds.")


def _found_text() -> str:
    """Reads the text of a credential. Raises ConfigurationError."""
    if sys.stdin.isatty():
        text = typer.prompt("Found text", hide_input=True, err=True)
    else:
        text = sys.stdin.read(_LONGEST_TEXT)
    found = str(text).strip()
    if not found.startswith(_PREFIX):
        raise ConfigurationError("This is not a key, session or token.", f"Their texts start with {_PREFIX}.")
    return found
