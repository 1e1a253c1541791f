"""`certctl campaigns`: replace the certificates of a key, CA or algorithm, then revoke the old versions."""

from collections.abc import Set
from typing import Annotated, cast

import typer

from certctl_client.api.schema import CampaignState, CampaignView, ItemState, ListCampaignItemsQuery
from certctl_client.commands.confirmation import confirm
from certctl_client.commands.listing import Shown, ShownRecord, a_list, a_record
from certctl_client.commands.options import Output, Timeout, Yes, given
from certctl_client.commands.revocation.campaign_creation import awaited, create
from certctl_client.commands.revocation.campaign_views import (
    COLUMNS,
    ENDED,
    ITEM_COLUMNS,
    ITEM_FIELDS,
    counts_of,
    view_of,
)
from certctl_client.exit_codes import ExitCode
from certctl_client.output import Detail, Format, fields_of, say, show
from certctl_client.plain_text import counted
from certctl_client.session import open_stack

app = typer.Typer(
    help="Campaigns: replace the certificates of a key, CA or algorithm, then revoke the old versions.",
    no_args_is_help=True,
)
app.command("create")(create)

_STOPS: Set[CampaignState] = ENDED | {"unconfirmed"}

CampaignId = Annotated[str, typer.Argument(metavar="ID", help="As `certctl campaigns list` shows it.")]
CertificateId = Annotated[str, typer.Argument(metavar="CERTIFICATE", help="Id of one of its certificates.")]


@app.command("list")
@a_list
def list_campaigns(shown: Shown) -> None:
    """Campaigns, newest first. DONE counts certificates of which no old version is in force any more."""
    with open_stack() as stack:
        shown.present(
            lambda: stack.campaigns.all({"per_page": shown.per_page}), COLUMNS, fields_of(CampaignView)
        )


@app.command("show")
@a_record
def show_campaign(shown: ShownRecord, campaign_id: CampaignId) -> None:
    """One campaign: its progress by state, its deadline, what its certificates wait for."""
    view = counts_of if shown.output is Format.CSV else view_of
    with open_stack() as stack:
        shown.present(lambda: view(stack.campaigns.get(campaign_id)))


@app.command("items")
@a_list
def list_items(
    shown: Shown,
    campaign_id: CampaignId,
    state: Annotated[ItemState | None, typer.Option(help="Only certificates in this state.")] = None,
    missed_window: Annotated[
        bool | None,
        typer.Option(help="Only those whose ACME client missed its window, or only the others."),
    ] = None,
) -> None:
    """The certificates of a campaign, by id, and what each waits for."""
    wanted = given(state=state, missed_window=missed_window, per_page=shown.per_page)
    filters = cast(ListCampaignItemsQuery, wanted)
    with open_stack() as stack:
        shown.present(
            lambda: stack.campaigns.items(campaign_id, filters), ITEM_COLUMNS, ITEM_FIELDS, "certificate_id"
        )


@app.command("confirm")
def confirm_campaign(
    campaign_id: CampaignId,
    count: Annotated[int, typer.Option(min=0, help="The number of certificates that the dry run found.")],
    output: Output = Format.TABLE,
) -> None:
    """Start a campaign after its dry run, within 24 hours of it."""
    with open_stack() as stack:
        show(view_of(stack.campaigns.confirm(campaign_id, count)), output)


@app.command("pause")
def pause_campaign(campaign_id: CampaignId, output: Output = Format.TABLE) -> None:
    """Pause a campaign: nothing is changed until `resume`, at its deadline neither."""
    with open_stack() as stack:
        show(view_of(stack.campaigns.pause(campaign_id)), output)


@app.command("resume")
def resume_campaign(campaign_id: CampaignId, output: Output = Format.TABLE) -> None:
    """Resume a paused campaign. If its deadline has passed, what it says is done now."""
    with open_stack() as stack:
        show(view_of(stack.campaigns.resume(campaign_id)), output)


@app.command("cancel")
def cancel_campaign(campaign_id: CampaignId, yes: Yes = False, output: Output = Format.TABLE) -> None:
    """End a campaign. What it has replaced and revoked stays so."""
    confirm(
        f"Cancel the campaign {campaign_id}? Certificates that it has not reached keep their versions.", yes
    )
    with open_stack() as stack:
        show(view_of(stack.campaigns.cancel(campaign_id)), output)


@app.command("verify")
def verify_item(
    campaign_id: CampaignId, certificate_id: CertificateId, yes: Yes = False, output: Output = Format.TABLE
) -> None:
    """Say that the new version is in use wherever the old one was. The old versions are revoked next."""
    confirm(
        f"Is the new version of {certificate_id} in use everywhere? Its old versions are revoked next; "
        "this cannot be undone.",
        yes,
    )
    with open_stack() as stack:
        show(Detail(stack.campaigns.verify(campaign_id, certificate_id), about=certificate_id), output)


@app.command("watch")
def watch_campaign(
    campaign_id: CampaignId, timeout: Timeout = 86_400.0, output: Output = Format.TABLE
) -> None:
    """Wait until a campaign has ended, and show it.

    Exit code 0 if it is completed, 1 if it has failed or was cancelled, 8 if it has not ended at the timeout,
    or awaits its confirmation.
    """
    with open_stack() as stack:
        campaign = awaited(stack, campaign_id, _STOPS, timeout)
    show(view_of(campaign), output)
    if campaign["state"] == "unconfirmed":
        count = campaign["total"]
        say(f"{counted(count, 'certificate')} found: certctl campaigns confirm {campaign_id} --count {count}")
    raise typer.Exit(_code_of(campaign))


def _code_of(campaign: CampaignView) -> ExitCode:
    if campaign["state"] not in ENDED:
        return ExitCode.NOT_ENDED
    return ExitCode.OK if campaign["state"] == "completed" else ExitCode.FAILED
