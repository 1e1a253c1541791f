"""`certctl revocation`: the revocations of the stack, where relying parties can see them, and since when."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, cast

import typer

from certctl_client.api.reasons import RevocationReason
from certctl_client.api.resources import Stack
from certctl_client.api.schema import (
    ListRevocationRecordsQuery,
    RevocationPublicationView,
)
from certctl_client.commands.listing import Shown, ShownRecord, a_list, a_record
from certctl_client.commands.options import Ca, Issuer, given
from certctl_client.commands.revocation import receipts
from certctl_client.errors import CommandError
from certctl_client.exit_codes import ExitCode
from certctl_client.output import Detail
from certctl_client.output.views import Column
from certctl_client.session import open_stack
from certctl_client.times import wire_time, wire_time_back

app = typer.Typer(help="Revocations, and who sees them.", no_args_is_help=True)

_INTERVAL_SECONDS = 1.0
_LOOKS = 180
"""Three minutes at one look a second, which is longer than until an alert."""


_FIELDS = (
    *("serial_number", "ca_id", "crl_shard", "issuer_id", "certificate_id", "certificate_name", "reason"),
    *("revoked_at", "ticket"),
    *("invalidity_date", "expires_at", "issuer_revocation", "issuer_reason", "issuer_settled_at"),
    *receipts.FIELDS,
)
_COLUMNS: Mapping[str, Column] = {
    "SERIAL": "serial_number",
    "NAME": "certificate_name",
    "CERTIFICATE": "certificate_id",
    "REASON": "reason",
    "TICKET": "ticket",
    "REVOKED": "revoked_at",
    "CA": "ca_id",
    "AT ISSUER": "issuer_revocation",
    "REASON THERE": "issuer_reason",
    "CRL": "seen_in_crl",
    **receipts.COLUMNS,
}

Reason = Annotated[RevocationReason | None, typer.Option(help="Only those with this reason.")]
Since = Annotated[str | None, typer.Option(help="Revoked then or later: 24h, 7d, 2026-11-24.")]
Until = Annotated[str | None, typer.Option(help="Revoked before then: 2026-11-24 or 2026-11-24T13:00:00Z.")]


@app.command("list")
@a_list
def list_records(
    shown: Shown,
    issuer: Issuer = None,
    ca: Ca = None,
    reason: Reason = None,
    since: Since = None,
    until: Until = None,
) -> None:
    """Revocations of every CA that is not retired and of every external issuer, by CA, shard and serial
    number. `certctl issuers list` has the ids for --issuer."""
    query = given(
        issuer_id=issuer,
        ca_id=ca,
        reason=reason,
        since=since and wire_time_back(datetime.now(UTC), since),
        until=until and wire_time(until),
        per_page=shown.per_page,
    )
    filters = cast(ListRevocationRecordsQuery, query)
    with open_stack() as stack:
        shown.present(
            lambda: map(receipts.flattened, stack.revocations.all(filters)),
            _COLUMNS,
            _FIELDS,
            "serial_number",
        )


@app.command("show")
@a_record
def show_record(
    shown: ShownRecord,
    serial: Annotated[str, typer.Argument(metavar="SERIAL", help="In hexadecimal; may contain colons.")],
    issuer: Issuer = None,
) -> None:
    """One revocation by its serial number: the CRL that lists it, and when a relying party first saw it, or
    what its external issuer confirmed.

    Exit code 3 if no CA that is not retired, and no external issuer, has revoked it.
    """
    with open_stack() as stack:
        shown.present(
            lambda: Detail(receipts.flattened(stack.revocations.get(serial, issuer)), key="serial_number")
        )


@app.command()
@a_record
def status(
    shown: ShownRecord,
    certificate_id: Annotated[str, typer.Argument(metavar="ID", help="As `certctl certs list` shows it.")],
) -> None:
    """Show the CRL that lists a revoked certificate, and when a relying party first saw it.

    Exit code 3 if the certificate is neither revoked nor on hold.
    """
    with open_stack() as stack:
        shown.present(lambda: _status_of(stack, certificate_id))


def _status_of(stack: Stack, certificate_id: str) -> Detail:
    revocation = stack.certificates.get(certificate_id)["revocation"]
    if revocation is None:
        raise CommandError(f"{certificate_id} is neither revoked nor on hold.", code=ExitCode.NOT_FOUND)
    return Detail(receipts.flattened(revocation), about=certificate_id)


def awaited(
    stack: Stack, certificate_id: str, sleep: Callable[[float], None] = time.sleep
) -> RevocationPublicationView | None:
    """The revocation once a relying party has seen it by every watched way, or as it is after three minutes,
    or if nobody watches."""
    revocation = stack.certificates.get(certificate_id)["revocation"]
    for _ in range(_LOOKS):
        if revocation is None or (receipt := revocation["receipt"]) is None or receipt["is_complete"]:
            break
        sleep(_INTERVAL_SECONDS)
        revocation = stack.certificates.get(certificate_id)["revocation"]
    return revocation
