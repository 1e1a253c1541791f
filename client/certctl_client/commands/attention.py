"""`certctl attention`: what needs a person now."""

from collections.abc import Mapping
from typing import Annotated

import typer

from certctl_client.api.schema import AttentionItemView, AttentionKind, AttentionLineView, AttentionView
from certctl_client.commands.options import FactsOutput, Interval, Watch
from certctl_client.exit_codes import ExitCode
from certctl_client.output import Detail, Format, Listing, Sections
from certctl_client.output.views import Column
from certctl_client.output.watching import present
from certctl_client.session import open_stack

_TITLES: Mapping[AttentionKind, str] = {
    "expired": "expired certificates",
    "expiring_soon": "certificates that expire within 72 hours, without a renewal that comes by itself",
    "campaigns": "running campaigns",
    "stuck_renewals": "stuck renewals",
    "acme_stopped": "certificates whose ACME client stopped renewing",
    "awaiting_csr": "jobs that await a CSR",
    "awaiting_approval": "jobs that await approval",
    "channels_down": "channels that do not deliver",
    "no_channel": "alert channel: none is enabled, alerts reach nobody",
    "dead_letters": "alerts that were never delivered",
    "agents_offline": "offline agents",
    "crls_late": "CAs with a late CRL",
    "violations": "violations that block renewals",
    "names_unlimited": "teams that may have any name",
}
_NEXT: Mapping[AttentionKind, str] = {
    "expired": "certctl certs list --status Expired",
    "expiring_soon": "certctl certs list --renewal urgent --expires-after 0m",
    "stuck_renewals": "certctl certs list --renewal stuck",
    "acme_stopped": "certctl certs list --renewal acme_stopped",
    "campaigns": "certctl campaigns list",
    "awaiting_csr": "certctl jobs list --status AwaitingCSR",
    "awaiting_approval": "certctl jobs list --status AwaitingApproval",
    "channels_down": "certctl channels list",
    "no_channel": "certctl channels create",
    "dead_letters": "certctl notifications list --status dead",
    "agents_offline": "certctl agents list --status Offline",
    "crls_late": "certctl crl verify",
    "violations": "certctl policies list",
    "names_unlimited": "certctl teams list",
}


def attention(
    check: Annotated[
        bool,
        typer.Option("--check", help="Exit code 4 if a line is critical or cannot be counted now."),
    ] = False,
    watch: Watch = False,
    interval: Interval = 30.0,
    output: FactsOutput = Format.TABLE,
) -> None:
    """What needs a person now, the most urgent first: counts, the worst examples, what to look at next."""
    with open_stack() as stack:
        if not check:
            return present(lambda: _view(stack.insights.attention()), output, interval if watch else None)
        report = stack.insights.attention()
    present(lambda: _view(report), output, None)
    is_well = report["critical"] == 0 and not report["unknown"]
    raise typer.Exit(ExitCode.OK if is_well else ExitCode.NOT_INTACT)


def _view(report: AttentionView) -> Detail | Sections:
    unknown = ", ".join(_TITLES.get(kind, kind) for kind in report["unknown"])
    note = f"Not known now: {unknown}." if unknown else ""
    if not report["lines"]:
        return Detail(report, note or "Nothing needs attention.")
    listing = Listing(report["lines"], _COLUMNS)
    commands = "\n".join(_next(line) for line in report["lines"])
    parts: list[tuple[str, Listing | Detail]] = [
        ("Needs attention", listing),
        ("What to look at", Detail({}, commands)),
    ]
    if note:
        parts.append(("Incomplete", Detail({"unknown": report["unknown"]}, note)))
    return Sections(report, parts)


def _count(line: AttentionLineView) -> str:
    """The number; 0 channels, not one line."""
    if line["kind"] == "no_channel":
        return "0"
    return f"{line['count']}{'' if line['is_complete'] else '+'}"


def _title(line: AttentionLineView) -> str:
    return _TITLES.get(line["kind"], line["kind"])


def _worst(line: AttentionLineView) -> str:
    return ", ".join(_example(item) for item in line["worst"])


def _example(item: AttentionItemView) -> str:
    ends = item.get("expires_at")
    return f"{item['name']} (expires {ends})" if ends else item["name"]


def _next(line: AttentionLineView) -> str:
    """What to look at: for callers who may not read campaigns, a certificate of the first one."""
    waiting = next((item["certificate_id"] for item in line["worst"]), None)
    if line["kind"] == "campaigns" and waiting is not None:
        return f"certctl certs get {waiting}"
    return _NEXT.get(line["kind"], line["href"] or "")


_COLUMNS: Mapping[str, Column] = {
    "URGENCY": "urgency",
    "COUNT": _count,
    "WHAT": _title,
    "WORST": _worst,
    "OLDEST": "since",
}
