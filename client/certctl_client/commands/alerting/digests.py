"""`certctl digest`: weekly digests of owners and teams."""

from collections.abc import Mapping
from typing import cast

import typer

from certctl_client.api.schema import (
    DigestPreviewView,
    DigestSectionView,
    PreviewDigestQuery,
    RoutedChannelView,
)
from certctl_client.commands.options import FactsOutput, Owner, Team, given
from certctl_client.errors import ConfigurationError
from certctl_client.output import Detail, Format, Listing, Sections, fields_of, show
from certctl_client.output.views import Column
from certctl_client.session import open_stack

app = typer.Typer(help="Weekly digests: what owners and teams get on Mondays.", no_args_is_help=True)

_ROWS: Mapping[str, Column] = {"NAME": "name", "AT": "at", "NOTE": "note"}
_CHANNELS: Mapping[str, Column] = {"CHANNEL": "channel_id", "KIND": "kind", "RECIPIENT": "recipient"}
_TITLES = {
    "expiring": "To renew by hand",
    "unmanaged": "Unmanaged certificates that expire",
    "unowned": "Unmanaged certificates without an owner that expire",
    "endpoints": "Endpoints with open findings",
    "sources": "Sources without reports",
}


@app.callback()
def digest() -> None:
    """Weekly digests: what owners and teams get on Mondays."""


@app.command("preview")
def preview_digest(owner: Owner = None, team: Team = None, output: FactsOutput = Format.TABLE) -> None:
    """Show the weekly digest of an owner or a team as it would be now. Sends nothing.

    Without an option, the default owner's: it has what nobody owns.
    """
    if owner and team:
        raise ConfigurationError("A digest is of an owner or a team.", "Give --owner or --team.")
    with open_stack() as stack:
        found = stack.digests.preview(cast(PreviewDigestQuery, given(owner_id=owner, team_id=team)))
    show(_view(found), output)


def _view(found: DigestPreviewView) -> Sections:
    about = Detail({name: found[name] for name in ("subject", "digest", "next_at")})
    lists = [(_title(each), Listing(each["rows"], _ROWS)) for each in found["sections"]]
    goes_to = Listing(found["destinations"], _CHANNELS, fields_of(RoutedChannelView))
    return Sections(found, [("Digest", about), *lists, ("Goes to", goes_to)])


def _title(section: DigestSectionView) -> str:
    number = section["count"] if section["complete"] else f"at least {section['count']}"
    title = _TITLES.get(section["list"], section["list"])
    return f"{title}: {number} ({section['command']})"
