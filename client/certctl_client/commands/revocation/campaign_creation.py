"""`certctl campaigns create`: a dry run first, whose number of certificates is then confirmed."""

import sys
import time
from collections.abc import Callable, Set
from typing import Annotated, cast
from uuid import uuid4

import typer

from certctl_client.api.reasons import LastingReason
from certctl_client.api.resources import Stack
from certctl_client.api.schema import (
    CampaignBody,
    CampaignSelectionBody,
    CampaignState,
    CampaignView,
    OnDeadline,
)
from certctl_client.commands.certs.several import Ids, IdsFile, named
from certctl_client.commands.confirmation import confirm
from certctl_client.commands.options import Ca, Output, Profile, Ticket, Yes, given
from certctl_client.commands.revocation.campaign_views import ENDED, done, view_of
from certctl_client.commands.revocation.key_uses import KeyOf, key_named
from certctl_client.errors import CommandError, ConfigurationError
from certctl_client.exit_codes import ExitCode
from certctl_client.output import Format, say, show
from certctl_client.output.progress import progress_bar
from certctl_client.plain_text import counted
from certctl_client.session import open_stack

_INTERVAL_SECONDS = 2.0
_FINDING_SECONDS = 3600.0
_FOUND: Set[CampaignState] = ENDED | {"unconfirmed", "running", "paused"}

Confirmed = Annotated[
    int | None,
    typer.Option("--confirm", min=0, help="Start it without a question if just so many are found."),
]


def create(
    reason: Annotated[LastingReason, typer.Option(help="Reason for which the old versions are revoked.")],
    spki: Annotated[str | None, typer.Option(help="SHA-256 of a SubjectPublicKeyInfo, in hex.")] = None,
    key_of: KeyOf = None,
    id_: Ids = None,
    ids_from: IdsFile = None,
    ca: Ca = None,
    agent: Annotated[str | None, typer.Option(help="Id of an agent.")] = None,
    profile: Profile = None,
    algorithm: Annotated[
        str | None, typer.Option(help="RSA, RSA-2048, ECDSA, ECDSA-P256, ECDSA-P384 or Ed25519.")
    ] = None,
    on_deadline: Annotated[
        OnDeadline,
        typer.Option(help="alert, or with keyCompromise revoke: the old versions, whatever serves them."),
    ] = "alert",
    deadline_hours: Annotated[
        int, typer.Option(min=1, max=720, help="Hours from the confirmation to the deadline.")
    ] = 24,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only find the certificates. It can be confirmed for 24 hours.")
    ] = False,
    confirmed: Confirmed = None,
    ticket: Ticket = None,
    yes: Yes = False,
    output: Output = Format.TABLE,
) -> None:
    """Find the certificates that match everything given, show how many, and start once this is confirmed.

    Each gets a version with another key; its old ones are revoked once the new one was seen in use.
    """
    _require_an_answer(dry_run, confirmed, yes)
    selection = given(
        certificate_ids=named(id_ or [], ids_from) or None,
        spki_sha256=key_named(spki, key_of),
        ca_id=ca,
        agent_id=agent,
        profile_id=profile,
        algorithm=algorithm,
    )
    body: CampaignBody = {
        "selection": cast(CampaignSelectionBody, selection),
        "reason": reason,
        "on_deadline": on_deadline,
        "deadline_hours": deadline_hours,
        "confirm": confirmed,
    }
    if ticket:
        body["ticket"] = ticket
    with open_stack() as stack:
        campaign = stack.campaigns.create(body, str(uuid4()))
        found = awaited(stack, campaign["id"], _FOUND, _FINDING_SECONDS)
        if not dry_run and found["state"] == "unconfirmed":
            found = _started(stack, found, confirmed, yes)
    show(view_of(found), output)


def awaited(
    stack: Stack,
    campaign_id: str,
    states: Set[CampaignState],
    seconds: float,
    sleep: Callable[[float], None] = time.sleep,
) -> CampaignView:
    """The campaign once it is in one of the states, or as it is after so many seconds."""
    ends = time.monotonic() + seconds
    with progress_bar() as progress:
        while (campaign := stack.campaigns.get(campaign_id))["state"] not in states:
            if campaign["state"] == "finding":
                progress("found", campaign["total"], None)
            else:
                progress("replaced", done(campaign), campaign["total"])
            if time.monotonic() >= ends:
                break
            sleep(min(_INTERVAL_SECONDS, max(0.0, ends - time.monotonic())))
    return campaign


def _started(stack: Stack, found: CampaignView, confirmed: int | None, yes: bool) -> CampaignView:
    """Starts the campaign. Raises CommandError if no certificate or another number was found, or the person
    declines."""
    campaign_id, count = found["id"], found["total"]
    if count == 0:
        stack.campaigns.cancel(campaign_id)
        raise CommandError("No certificate in force matches: nothing was started.", code=ExitCode.NOT_FOUND)
    certificates = counted(count, "certificate")
    command = f"certctl campaigns confirm {campaign_id} --count {count}"
    if confirmed is not None:
        raise CommandError(f"{certificates} found, not {confirmed}: nothing was started.", command)
    say(f"{certificates} found: see `certctl campaigns items {campaign_id}`. To start it later: {command}")
    question = f"Replace {certificates}, and then revoke the old versions (reason: {found['reason']})?"
    confirm(question, yes)
    return stack.campaigns.confirm(campaign_id, count)


def _require_an_answer(dry_run: bool, confirmed: int | None, yes: bool) -> None:
    """Raises ConfigurationError before anything is sent, if nobody could be asked."""
    if dry_run and (yes or confirmed is not None):
        raise ConfigurationError("--dry-run starts nothing.", "Leave out --yes and --confirm.")
    if not (dry_run or yes or confirmed is not None or sys.stdin.isatty()):
        raise ConfigurationError(
            "There is no terminal to ask for confirmation.", "Add --dry-run, --confirm NUMBER or --yes."
        )
