"""`certctl inventory set`."""

from typing import Annotated, cast

import typer

from certctl_client.api.schema import ObservedBelongingBody
from certctl_client.commands.inventory.reading import Fingerprint
from certctl_client.commands.options import Output, Team, given
from certctl_client.commands.record_options import pairs_of
from certctl_client.errors import ConfigurationError
from certctl_client.output import Detail, Format, show
from certctl_client.session import open_stack


def set_belonging(
    fingerprint: Fingerprint,
    team: Team = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Id of an owner; empty for none.")] = None,
    tags: Annotated[
        list[str] | None,
        typer.Option("--tag", metavar="NAME=VALUE", help="All tags that it has then. Repeatable."),
    ] = None,
    no_tags: Annotated[bool, typer.Option("--no-tags", help="Remove all tags.")] = False,
    output: Output = Format.TABLE,
) -> None:
    """Give an observed certificate to a team and an owner, or tag it. Later ones with its names follow."""
    if tags and no_tags:
        raise ConfigurationError("--tag and --no-tags exclude each other.", "Give one of them.")
    chosen = {} if no_tags else pairs_of(tags, "--tag") if tags else None
    body = given(team_id=team, owner_id=owner, tags=chosen)
    if not body:
        raise ConfigurationError("Nothing is to be changed.", "Give --team, --owner, --tag or --no-tags.")
    with open_stack() as stack:
        changed = stack.inventory.change(fingerprint, cast(ObservedBelongingBody, body))
        show(Detail(changed, key="fingerprint"), output)
