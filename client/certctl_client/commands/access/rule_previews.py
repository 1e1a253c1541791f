"""`certctl access-rules preview`: what the rules of a provider say of a person's claims."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from certctl_client.api.schema import AccessPreviewBody, RoleGrantView, RuleResultView
from certctl_client.catalog.bodies import read_record
from certctl_client.commands.access.trust import text_of
from certctl_client.commands.options import FactsOutput
from certctl_client.errors import ConfigurationError
from certctl_client.exit_codes import ExitCode
from certctl_client.output import Detail, Format, Listing, Sections, fields_of, show
from certctl_client.output.views import Column
from certctl_client.session import open_stack

_RESULTS: Mapping[str, Column] = {
    "RULE": "rule_id",
    "NAME": "name",
    "MATCHED": lambda result: "yes" if result["matched"] else "no",
    "ROLE": "role",
    "TEAMS": lambda result: _teams(result),
    "REASON": "reason",
}


def preview_access(
    provider_id: Annotated[str, typer.Option("--provider", help="Id of the identity provider.")],
    claims: Annotated[
        Path | None, typer.Option("--claims", dir_okay=False, help="A file with claims as JSON; - for input.")
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option("--token-file", dir_okay=False, help="A file with an ID token; - for input."),
    ] = None,
    output: FactsOutput = Format.TABLE,
) -> None:
    """Check a person's claims, or ID token, against the access rules of a provider: what each rule found.
    Exit code 1 if the person would not be admitted."""
    body: AccessPreviewBody = {"provider_id": provider_id}
    if claims is not None:
        body["claims"] = read_record(claims)
    if token_file is not None:
        body["token"] = text_of(token_file).strip()
    if (claims is None) == (token_file is None):
        raise ConfigurationError("Give either --claims or --token-file.")
    with open_stack() as stack:
        found = stack.related.access_preview(body)
    verdict = {"admitted": found["admitted"], "refusal": found["refusal"], "grants": _grants(found["grants"])}
    results = Listing(list(found["rules"]), _RESULTS, fields_of(RuleResultView))
    show(Sections(found, [("Person", Detail(verdict)), ("Rules", results)]), output)
    if not found["admitted"]:
        raise typer.Exit(ExitCode.FAILED)


def _grants(grants: Sequence[RoleGrantView]) -> str:
    return "; ".join(f"{grant['role']} of {_teams(grant)}" for grant in grants) or "none"


def _teams(grant: RoleGrantView | RuleResultView) -> str:
    teams = grant["teams"]
    return "all teams" if teams == "*" else ", ".join(teams)
