"""`certctl certs edit`: what a certificate's record says, which may change without a new certificate."""

from typing import Annotated, cast

import typer

from certctl_client.api.records import Certificate
from certctl_client.api.requests import CertificateEdit
from certctl_client.api.resources import Stack
from certctl_client.catalog.changes import changed_meanwhile
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
    try:
        return stack.certificates.edit(before["id"], wanted, before["version"])
    except RequestFailed as refused:
        if refused.status != _CONFLICT:
            raise
        return _told_why(stack.certificates.get(before["id"]), before["version"], wanted, refused)


def _told_why(now: Certificate, read: int, wanted: CertificateEdit, refused: RequestFailed) -> Certificate:
    """What it is now, where a request whose answer was lost made it that. Raises CommandError."""
    if now["version"] == read:
        raise CommandError(refused.message, f"See `certctl certs get {now['id']}`.", refused.code)
    if all(now.get(name) == value for name, value in wanted.items()):
        return now
    raise changed_meanwhile("certificate", "certs", now["id"], read, now["version"])
