"""`certctl certs edit`: what a certificate's record says, which may change without a new certificate."""

from typing import Annotated, cast

import typer

from certctl_client.api.records import Certificate
from certctl_client.api.requests import CertificateEdit
from certctl_client.api.resources import Stack
from certctl_client.commands.certs_requests import tags_of
from certctl_client.commands.options import Output, given
from certctl_client.errors import CommandError, ConfigurationError, RequestFailed
from certctl_client.output import Detail, Format, show
from certctl_client.session import open_stack

_CONFLICT = 409


def edit(
    certificate_id: Annotated[str, typer.Argument(metavar="ID", help="As `certctl certs list` shows it.")],
    name: Annotated[str | None, typer.Option(help="What people call it.")] = None,
    environment: Annotated[str | None, typer.Option(help="For example production.")] = None,
    owner: Annotated[str | None, typer.Option(help="Id of the owner.")] = None,
    team: Annotated[str | None, typer.Option(help="Id of the team.")] = None,
    renewal_policy: Annotated[str | None, typer.Option(help="Id of the renewal policy.")] = None,
    target: Annotated[
        list[str] | None, typer.Option(help="It goes to these targets and no others. '' for none.")
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option(help="name=value; the other tags stay. name= takes it away.")
    ] = None,
    output: Output = Format.TABLE,
) -> None:
    """Change a certificate's record. What is not given stays.

    Refused where somebody changed it meanwhile.
    """
    wanted = given(
        name=name,
        environment=environment,
        owner_id=owner,
        team_id=team,
        renewal_policy_id=renewal_policy,
        target_ids=[found for found in target if found] if target else None,
    )
    if not wanted and not tag:
        raise ConfigurationError("There is nothing to change.", "Give an option.")
    with open_stack() as stack:
        before = stack.certificates.get(certificate_id)
        tags = {"tags": _with_tags(before, tag)} if tag else {}
        show(Detail(_edited(stack, before, cast(CertificateEdit, {**wanted, **tags}))), output)


def _with_tags(before: Certificate, texts: list[str]) -> dict[str, str]:
    tags = {**before["tags"], **tags_of(texts)}
    return {name: value for name, value in tags.items() if value}


def _edited(stack: Stack, before: Certificate, wanted: CertificateEdit) -> Certificate:
    """By its version, which servers of before policies do not tell."""
    try:
        return stack.certificates.edit(before["id"], wanted, cast(int | None, before.get("version")))
    except RequestFailed as refused:
        if refused.status != _CONFLICT:
            raise
        advice = f"See `certctl certs get {before['id']}`: it changed since it was read, or a job is open."
        raise CommandError(refused.message, advice, refused.code) from None
