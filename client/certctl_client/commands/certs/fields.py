"""Options for the fields of a certificate's record. `edit` has those of the fields that may change."""

from collections.abc import Iterable
from typing import Annotated, Any

import typer

from certctl_client.commands.signatures import Options
from certctl_client.errors import ConfigurationError


def text_option(flag: str, about: str) -> Any:
    return Annotated[str | None, typer.Option(flag, help=about)]


def texts_option(flag: str, about: str) -> Any:
    return Annotated[list[str] | None, typer.Option(flag, help=about)]


FIELDS: Options = {
    "id": (text_option("--id", "Id of the record; default: generated."), None),
    "profile_id": (text_option("--profile", "Id of the profile."), None),
    "issuer_id": (text_option("--issuer", "Id of the issuer."), None),
    "team_id": (text_option("--team", "Id of the team."), None),
    "owner_id": (text_option("--owner", "Id of the owner."), None),
    "environment": (text_option("--environment", "For example production."), None),
    "renewal_policy_id": (text_option("--renewal-policy", "Id of the renewal policy."), None),
    "target_ids": (texts_option("--target", "Id of a target to deploy to. Repeatable."), None),
    "tags": (texts_option("--tag", "name=value. Repeatable."), None),
}


def tags_of(texts: Iterable[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    if not all(name and equals for name, equals, _ in pairs):
        raise ConfigurationError("A tag has no value.", "Use --tag name=value.")
    return {name: value for name, _, value in pairs}
