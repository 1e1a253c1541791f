"""`certctl users sessions`: where a user is signed in."""

from collections.abc import Mapping
from typing import Annotated

import typer

from certctl_client.api.schema import UserSessionView
from certctl_client.catalog.kinds import KINDS
from certctl_client.commands.catalog.entries import id_argument
from certctl_client.commands.confirmation import confirm
from certctl_client.commands.options import Output, Yes
from certctl_client.output import Format, Listing, fields_of, say, show
from certctl_client.output.views import Column
from certctl_client.session import open_stack

SESSIONS = typer.Typer(
    help="Live sessions of a user, and tokens of assistants: your own, or anybody's if you are an "
    "administrator.",
    no_args_is_help=True,
)

_COLUMNS: Mapping[str, Column] = {
    "ID": "id",
    "FOR": "client",
    "STARTED": "created_at",
    "EXPIRES": "expires_at",
    "WITH": lambda session: _origin(session),
    "LIMITS": lambda session: ", ".join(session["limits"]) or None,
    "CURRENT": lambda session: "yes" if session["current"] else "no",
}
UserId = Annotated[str, id_argument(KINDS["users"])]


@SESSIONS.command("list")
def list_sessions(user_id: UserId, output: Output = Format.TABLE) -> None:
    """The live sessions of a user, newest first."""
    with open_stack() as stack:
        sessions = stack.keys.sessions_of(user_id)
    show(Listing(list(sessions), _COLUMNS, fields_of(UserSessionView)), output)


@SESSIONS.command("end")
def end_session(
    user_id: UserId,
    session_id: Annotated[str, typer.Argument(metavar="SESSION", help="Id of the session.")],
    yes: Yes = False,
) -> None:
    """End a session, and the tokens that were made with it. All are refused within 15 seconds."""
    confirm(f"End the session {session_id} of {user_id}?", yes)
    with open_stack() as stack:
        stack.keys.end_session_of(user_id, session_id)
    say(f"The session {session_id} has ended.")


def _origin(session: Mapping[str, object]) -> str | None:
    """The origin of a session: another session, a key, or a sign-in with a provider."""
    started_with = session["parent_id"] or session["key_id"]
    sign_in = session["sign_in"]
    if started_with is None and isinstance(sign_in, Mapping):
        started_with = sign_in["provider_id"]
    return str(started_with) if started_with else None
