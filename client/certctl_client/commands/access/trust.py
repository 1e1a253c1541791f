"""`certctl trust`: a provider and a rule in one step, and what a rule says of a token."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, cast
from uuid import uuid4

import typer

from certctl_client.api.resources import Stack
from certctl_client.api.schema import RuleCheckView, TrustPreviewBody
from certctl_client.commands.options import FactsOutput, Output, given
from certctl_client.errors import ConfigurationError
from certctl_client.exit_codes import ExitCode
from certctl_client.output import Detail, Format, Listing, Sections, fields_of, say, show
from certctl_client.output.views import Column
from certctl_client.session import open_stack

app = typer.Typer(
    help="Trust GitHub, GitLab, Kubernetes or AWS: certificates without stored keys.", no_args_is_help=True
)

_GITHUB = "https://token.actions.githubusercontent.com"
_GITLAB = "https://gitlab.com"
_AWS_CLAIMS = "https://sts.amazonaws.com/"
_CHECKS: Mapping[str, Column] = {
    "CHECK": "name",
    "PASSED": lambda check: "yes" if check["passed"] else "no",
    "DETAIL": "detail",
}

type Claim = tuple[Sequence[str], Sequence[str]]
"""A path, and its values."""

Account = Annotated[
    str, typer.Option("--account", help="Id of the service account that the jobs act for: sa-...")
]
RuleName = Annotated[str | None, typer.Option("--name", help="Name of the rule; default: made of the rest.")]
Branches = Annotated[
    list[str] | None,
    typer.Option("--branch", help="A branch that is admitted; * within it. Repeatable; default: any."),
]
Actions = Annotated[
    list[str] | None,
    typer.Option(
        "--action",
        help="A permission to which the jobs are limited: certificates:read. Repeatable; default: all of the "
        "account's.",
    ),
]
Names = Annotated[
    list[str] | None,
    typer.Option(
        "--names",
        help="A pattern of the names that the jobs may request: DNS:**.shop.example.com. Repeatable; "
        "default: all of the account's teams.",
    ),
]


@app.command("github")
def trust_github(
    repository: Annotated[str, typer.Argument(metavar="ORG/REPO")],
    repository_id: Annotated[
        str, typer.Option("--repository-id", help="Its number: `gh api repos/ORG/REPO --jq .id`.")
    ],
    account: Account,
    branch: Branches = None,
    environment: Annotated[
        str | None, typer.Option("--environment", help="The deployment environment that jobs must run in.")
    ] = None,
    name: RuleName = None,
    action: Actions = None,
    names: Names = None,
    output: Output = Format.TABLE,
) -> None:
    """Let jobs of a GitHub repository act for a service account. Pull requests are not admitted.

    The number is what counts: a name can be given to another repository.
    """
    if repository.count("/") != 1:
        raise ConfigurationError(f"{repository!r} is no repository.", "Write ORG/REPO.")
    claims: list[Claim] = [(("repository_id",), (repository_id,)), (("repository",), (repository,))]
    claims += _branches(branch, "refs/heads/")
    claims += [(("environment",), (environment,))] if environment else []
    rule = _rule(name or repository, account, claims, action, names)
    _trust("github", "GitHub", _GITHUB, rule, output)


@app.command("gitlab")
def trust_gitlab(
    project_id: Annotated[str, typer.Argument(metavar="PROJECT_ID", help="The number of the project.")],
    account: Account,
    branch: Branches = None,
    issuer: Annotated[str, typer.Option(help="URL of the GitLab server.")] = _GITLAB,
    name: RuleName = None,
    action: Actions = None,
    names: Names = None,
    output: Output = Format.TABLE,
) -> None:
    """Let pipelines of a GitLab project act for a service account. Merge requests are not admitted."""
    claims: list[Claim] = [(("project_id",), (project_id,)), *_branches(branch, "")]
    rule = _rule(name or f"gitlab {project_id}", account, claims, action, names)
    _trust("gitlab", "GitLab", issuer, rule, output)


@app.command("kubernetes")
def trust_kubernetes(
    namespace: Annotated[str, typer.Argument(metavar="NAMESPACE")],
    kubernetes_account: Annotated[str, typer.Argument(metavar="SERVICEACCOUNT")],
    issuer: Annotated[str, typer.Option(help="The cluster's issuer: its --service-account-issuer.")],
    account: Account,
    keys: Annotated[
        Path | None,
        typer.Option(
            "--keys", dir_okay=False, help="Its keys, for a cluster without public URL: GET /openid/v1/jwks."
        ),
    ] = None,
    name: RuleName = None,
    action: Actions = None,
    names: Names = None,
    output: Output = Format.TABLE,
) -> None:
    """Let pods with a Kubernetes service account act for a service account."""
    subject = f"system:serviceaccount:{namespace}:{kubernetes_account}"
    claims: list[Claim] = [(("sub",), (subject,))]
    pinned, provider = _json(keys) if keys else None, f"kubernetes {issuer}"
    rule = _rule(name or subject, account, claims, action, names)
    _trust(provider, "Kubernetes", issuer, rule, output, pinned)


@app.command("aws")
def trust_aws(
    role_arn: Annotated[str, typer.Argument(metavar="ROLE_ARN")],
    issuer: Annotated[
        str, typer.Option(help="The account's issuer: `aws iam get-outbound-web-identity-federation-info`.")
    ],
    account: Account,
    name: RuleName = None,
    action: Actions = None,
    names: Names = None,
    output: Output = Format.TABLE,
) -> None:
    """Let an IAM role act for a service account."""
    claims: list[Claim] = [((_AWS_CLAIMS, "principal_id"), (role_arn,))]
    rule = _rule(name or role_arn, account, claims, action, names)
    _trust(f"aws {issuer}", "AWS", issuer, rule, output)


@app.command("preview")
def preview_rule(
    trust_rule_id: Annotated[str, typer.Argument(metavar="ID")],
    claims: Annotated[
        Path | None, typer.Option("--claims", dir_okay=False, help="A file with claims as JSON; - for input.")
    ] = None,
    token_file: Annotated[
        Path | None, typer.Option("--token-file", dir_okay=False, help="A file with a token; - for input.")
    ] = None,
    output: FactsOutput = Format.TABLE,
) -> None:
    """Check a token, or claims, against a trust rule: what each check found. Exit code 1 if it is refused."""
    body = given(
        claims=_json(claims) if claims else None, token=text_of(token_file).strip() if token_file else None
    )
    if len(body) != 1:
        raise ConfigurationError("Give either --claims or --token-file.")
    with open_stack() as stack:
        found = stack.related.trust_preview(trust_rule_id, cast(TrustPreviewBody, body))
    verdict = {name: found[name] for name in ("admitted", "refusal", "warnings")}
    checks = Listing(list(found["checks"]), _CHECKS, fields_of(RuleCheckView))
    show(Sections(found, [("Rule", Detail(verdict)), ("Checks", checks)]), output)
    if not found["admitted"]:
        raise typer.Exit(ExitCode.FAILED)


def _branches(branches: Sequence[str] | None, prefix: str) -> list[Claim]:
    if not branches:
        say("Any branch is admitted: --branch main limits the rule.")
        return []
    return [(("ref",), [prefix + branch for branch in branches])]


def _rule(
    name: str,
    account: str,
    claims: Sequence[Claim],
    actions: Sequence[str] | None,
    names: Sequence[str] | None,
) -> dict[str, Any]:
    """The rule's body without its provider. Servers before 0.3.0 know neither actions nor names."""
    body = {
        "name": name,
        "service_account_id": account,
        "claims": [{"path": list(path), "values": list(values)} for path, values in claims],
    }
    return {**body, **given(actions=actions or None, names=names or None)}


def _trust(
    provider: str, kind: str, issuer: str, rule: Mapping[str, Any], output: Format, keys: Any = None
) -> None:
    with open_stack() as stack:
        provider_id = _provider(stack, provider, kind, issuer, keys)
        made = stack.catalog("trust-rules").create({**rule, "provider_id": provider_id}, str(uuid4()))
    show(Detail(made), output)
    say(f"In the job: certctl login --url URL --rule {made['id']}")


def _provider(stack: Stack, name: str, kind: str, issuer: str, keys: Any) -> str:
    """The id of the provider of this issuer, which is made if there is none."""
    providers = stack.catalog("identity-providers")
    for known in providers.all({"per_page": 100}):
        if known["issuer"] == issuer:
            return str(known["id"])
    made = providers.create(given(name=name, type=kind, issuer=issuer, jwks=keys), str(uuid4()))
    say(f"The identity provider {made['id']} was made for {issuer}.")
    return str(made["id"])


def _json(file: Path) -> Any:
    try:
        value = json.loads(text_of(file))
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ConfigurationError(f"{file} has no JSON object.")
    return value


def text_of(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        raise ConfigurationError(f"{file} cannot be read as text.") from None
