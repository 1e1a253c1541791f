"""The groups of the catalog's kinds, and further commands of some kinds."""

from collections.abc import Mapping
from typing import Annotated

import typer

from certctl_client.api.schema import (
    CertificateView,
    CheckView,
    ListViolationsQuery,
    LiveTokenView,
    TestView,
    ViolationState,
    ViolationView,
)
from certctl_client.catalog.changes import deleted
from certctl_client.catalog.evaluations import evaluated
from certctl_client.catalog.kinds import KINDS
from certctl_client.commands.access.rule_previews import preview_access
from certctl_client.commands.access.user_sessions import SESSIONS
from certctl_client.commands.agents import enrolling as agents_enrolling
from certctl_client.commands.catalog import types
from certctl_client.commands.catalog.entries import group, id_argument, whole_group
from certctl_client.commands.catalog.name_previews import NAMES
from certctl_client.commands.catalog.previews import preview_command
from certctl_client.commands.certs.certs import COLUMNS as CERTIFICATE_COLUMNS
from certctl_client.commands.confirmation import confirm
from certctl_client.commands.listing import Shown, a_list
from certctl_client.commands.options import FactsOutput, Yes, given
from certctl_client.errors import CommandError, ConfigurationError
from certctl_client.exit_codes import ExitCode
from certctl_client.output import Detail, Format, Listing, Sections, fields_of, say, show
from certctl_client.output.progress import waiting
from certctl_client.output.views import Column
from certctl_client.session import open_stack

_AGENTS = KINDS["agents"]
GROUPS: Mapping[str, typer.Typer] = {
    path: group(kind) if kind is _AGENTS else whole_group(kind) for path, kind in KINDS.items()
}
_CHECKS: Mapping[str, Column] = {
    "CHECK": "name",
    "PASSED": lambda check: "yes" if check["passed"] else "no",
    "DETAIL": "detail",
}

_VIOLATIONS: Mapping[str, Column] = {
    "LAST SEEN": "last_seen_at",
    "POLICY": "policy_id",
    "SEVERITY": "severity",
    "STATE": lambda violation: (
        violation.get("state") or ("refused" if violation["refused"] else None)
    ),  # servers of earlier releases have none
    "TIMES": lambda violation: str(violation["occurrences"]),
    "CERTIFICATE": "certificate_id",
    "COMMON NAME": "common_name",
    "TEAM": "team_id",
    "MESSAGE": "message",
}

_TOKENS: Mapping[str, Column] = {
    "ID": "id",
    "HOST NAMES": "hostname_pattern",
    "TEAM": "team_id",
    "EXPIRES": "expires_at",
}

IssuerId = Annotated[str, id_argument(KINDS["issuers"])]
TargetId = Annotated[str, id_argument(KINDS["targets"])]
PolicyId = Annotated[str | None, id_argument(KINDS["policies"])]
AgentId = Annotated[str, id_argument(_AGENTS)]


GROUPS["issuers"].command("types")(types.show_issuer_types)
GROUPS["targets"].command("types")(types.show_target_types)
GROUPS["policies"].command("preview")(preview_command())
GROUPS["teams"].add_typer(NAMES, name="names")
GROUPS["access-rules"].command("preview")(preview_access)
GROUPS["users"].add_typer(SESSIONS, name="sessions")


@GROUPS["issuers"].command("test")
def try_issuer(issuer_id: IssuerId, output: FactsOutput = Format.TABLE) -> None:
    """Test whether the issuer can issue now. Exit code 1 if it cannot."""
    with open_stack() as stack, waiting(f"Testing {issuer_id}"):
        tested = stack.related.test_issuer(issuer_id)
    _show_test(tested, output)


@GROUPS["targets"].command("test")
def try_target(target_id: TargetId, output: FactsOutput = Format.TABLE) -> None:
    """Test whether the target's agent exists and is online. Exit code 1 if it is not."""
    with open_stack() as stack, waiting(f"Testing {target_id}"):
        tested = stack.related.test_target(target_id)
    _show_test(tested, output)


@GROUPS["targets"].command("certificates")
@a_list
def list_certificates(shown: Shown, target_id: TargetId) -> None:
    """The certificates that are deployed to a target."""
    with open_stack() as stack:
        shown.present(
            lambda: stack.related.certificates_of_target(target_id, {"per_page": shown.per_page}),
            CERTIFICATE_COLUMNS,
            fields_of(CertificateView),
        )


@GROUPS["policies"].command("violations")
@a_list
def list_violations(
    shown: Shown,
    policy_id: PolicyId = None,
    state: Annotated[ViolationState | None, typer.Option(help="open: violations that exist now.")] = None,
) -> None:
    """Violations of a policy, or of all, newest first: refused, open, or ended."""
    filters: ListViolationsQuery = {"per_page": shown.per_page}
    if state is not None:
        filters["state"] = state
    with open_stack() as stack:
        shown.present(
            lambda: stack.related.violations(policy_id, filters), _VIOLATIONS, fields_of(ViolationView)
        )


@GROUPS["policies"].command("evaluation")
def show_evaluation(
    policy_id: Annotated[str, id_argument(KINDS["policies"])],
    wait: Annotated[bool, typer.Option("--wait", help="Wait until all certificates are evaluated.")] = False,
    output: FactsOutput = Format.TABLE,
) -> None:
    """Show the progress and result of a policy's evaluation over the existing certificates.

    Exit code 1 if it failed or was cancelled.
    """
    with open_stack() as stack:
        policies = stack.catalog("policies")
        found = evaluated(policies.get, policy_id) if wait else policies.get(policy_id).get("evaluation")
    if found is None:
        raise CommandError(
            f"The policy {policy_id} has not been evaluated yet.", "Edit it, or wait a few minutes."
        )
    show(Detail(found), output)
    raise typer.Exit(ExitCode.FAILED if found["state"] in ("failed", "cancelled") else ExitCode.OK)


GROUPS[_AGENTS.path].command("register")(agents_enrolling.register)
GROUPS[_AGENTS.path].command("token")(agents_enrolling.token)


@GROUPS[_AGENTS.path].command("tokens")
@a_list
def list_tokens(shown: Shown) -> None:
    """Unused bootstrap tokens, newest first."""
    with open_stack() as stack:
        shown.present(
            lambda: stack.related.bootstrap_tokens({"per_page": shown.per_page}),
            _TOKENS,
            fields_of(LiveTokenView),
        )


@GROUPS[_AGENTS.path].command("end-token")
def end_token(
    token_id: Annotated[str, typer.Argument(help="As `certctl agents tokens` shows it: boot-...")],
) -> None:
    """Revoke a bootstrap token that leaked or is not needed: no host can register with it any more."""
    with open_stack() as stack:
        stack.related.end_bootstrap_token(token_id)
    say(f"The token {token_id} was revoked: no host can register with it.")


@GROUPS[_AGENTS.path].command("retire")
def retire(
    agent_id: AgentId,
    force: Annotated[
        bool, typer.Option("--force", help="Remove it from its targets. Needs --reason.")
    ] = False,
    reason: Annotated[str | None, typer.Option(help="Recorded in the audit trail. With --force.")] = None,
    yes: Yes = False,
) -> None:
    """Retire an agent permanently: all its keys are revoked."""
    if force != bool(reason):
        raise ConfigurationError("--force and --reason go together.", "Give both, or neither.")
    with open_stack() as stack:
        agents = stack.catalog(_AGENTS.path)
        record = agents.get(agent_id)
        what = f"the agent {agent_id} ({record['name']}) of {record['hostname']}"
        confirm(f"Retire {what}, and revoke all its keys?", yes)
        deleted(agents, _AGENTS, record, given(force="true" if force else None, reason=reason))
    say(f"The agent {agent_id} was retired, and its keys were revoked.")


def _show_test(tested: TestView, output: Format) -> None:
    verdict = Detail({"passed": "yes" if tested["passed"] else "no"})
    checks = Listing(list(tested["checks"]), _CHECKS, fields_of(CheckView))
    show(Sections(tested, [("Test", verdict), ("Checks", checks)]), output)
    raise typer.Exit(ExitCode.OK if tested["passed"] else ExitCode.FAILED)
