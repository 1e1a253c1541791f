"""`certctl certs revoke`, `hold`, `unhold` and `archive`."""

from typing import Annotated

import typer

from certctl_client.api.reasons import LastingReason, RevocationReason
from certctl_client.api.resources import Stack
from certctl_client.api.schema import ArchiveCertificateQuery, RevokeBody, RevokedView
from certctl_client.catalog.changes import edit_conflict
from certctl_client.commands.certs.several import CertificateIds, IdsFile, change_each, required
from certctl_client.commands.confirmation import confirm
from certctl_client.commands.options import Output, Ticket, Yes
from certctl_client.commands.revocation.publication import awaited
from certctl_client.commands.revocation.receipts import flattened
from certctl_client.errors import CommandError, ConfigurationError, RequestFailed
from certctl_client.output import Detail, Format, say, show
from certctl_client.plain_text import counted
from certctl_client.session import open_stack
from certctl_client.times import wire_time

HOLD: RevocationReason = "certificateHold"
_CONFLICT = 409

CertificateId = Annotated[str, typer.Argument(metavar="ID", help="As `certctl certs list` shows it.")]


def revoke(
    certificate_id: CertificateId,
    reason: Annotated[RevocationReason, typer.Option(help="Reason. Only certificateHold can be undone.")],
    serial: Annotated[
        str | None, typer.Option(help="Revoke only this version; the certificate stays valid.")
    ] = None,
    invalidity_date: Annotated[
        str | None, typer.Option(help="Date from which the key cannot be trusted: 2026-11-24.")
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Wait until a relying party has seen it in a CRL, and by OCSP.")
    ] = False,
    ticket: Ticket = None,
    yes: Yes = False,
    output: Output = Format.TABLE,
) -> None:
    """Revoke every unexpired version; this cannot be undone. The CRL lists them within a minute."""
    if watch and serial:
        raise ConfigurationError("--watch is about the certificate, not one version.", "Leave --serial out.")
    body = _revoke_body(reason, ticket)
    if invalidity_date:
        body["invalidity_date"] = wire_time(invalidity_date)
    what = f"version {serial} of {certificate_id}" if serial else f"{certificate_id} and all its versions"
    end = "`certctl certs unhold` ends it." if reason == HOLD else "This cannot be undone."
    confirm(f"Revoke {what} (reason: {reason})? {end}", yes)
    with open_stack() as stack:
        if serial:
            revoked = stack.certificates.revoke_version(certificate_id, serial, body)
        else:
            revoked = stack.certificates.revoke(certificate_id, body)
        seen = awaited(stack, certificate_id) if watch else None
    show(Detail({**revoked, **flattened(seen)} if seen else revoked, about=certificate_id), output)
    _warn_of_unchecked(revoked)


def hold(
    certificate_id: CertificateId, ticket: Ticket = None, yes: Yes = False, output: Output = Format.TABLE
) -> None:
    """Put a certificate on hold: the CRL lists it like a revoked one until `unhold`."""
    confirm(f"Put {certificate_id} and all its versions on hold?", yes)
    with open_stack() as stack:
        held = stack.certificates.revoke(certificate_id, _revoke_body(HOLD, ticket))
    show(Detail(held, about=certificate_id), output)
    _warn_of_unchecked(held)


def unhold(certificate_id: CertificateId, ticket: Ticket = None, output: Output = Format.TABLE) -> None:
    """End a hold: the next CRL does not list it any more."""
    with open_stack() as stack:
        ended = stack.certificates.unhold(certificate_id, {"ticket": ticket} if ticket else {})
    show(Detail(ended, about=certificate_id), output)


def _revoke_body(reason: RevocationReason, ticket: str | None) -> RevokeBody:
    return {"reason": reason, "ticket": ticket} if ticket else {"reason": reason}


def _warn_of_unchecked(revoked: RevokedView) -> None:
    """Warns of versions whose revocation nobody checks. Servers of earlier releases report none."""
    if serials := revoked.get("unchecked_serial_numbers"):
        say(f"Clients accept these until they expire, unchecked (noRevAvail): {', '.join(serials)}")


def archive(
    certificate_ids: CertificateIds = None,
    ids_from: IdsFile = None,
    revoke: Annotated[
        LastingReason | None, typer.Option("--revoke", help="Also revoke its versions, for this reason.")
    ] = None,
    keep_valid: Annotated[
        bool, typer.Option("--keep-valid", help="Leave its versions valid until they expire.")
    ] = False,
    ticket: Ticket = None,
    yes: Yes = False,
    output: Output = Format.TABLE,
) -> None:
    """Archive a certificate's record, or several. One with valid versions needs --revoke or --keep-valid."""
    if revoke and keep_valid:
        raise ConfigurationError("--revoke and --keep-valid exclude each other.", "Give one of them.")
    ids = required(certificate_ids, ids_from)
    if ticket and not revoke:
        raise ConfigurationError("--ticket is for a revocation.", "Give --revoke REASON too.")
    body: ArchiveCertificateQuery = {"revoke": revoke} if revoke else {"keep_valid": keep_valid}
    if ticket:
        body["ticket"] = ticket
    done = "revoked" if revoke else "archived"
    with open_stack() as stack:
        if len(ids) > 1 or ids_from:
            confirm(f"Archive {counted(len(ids), 'certificate')}? This cannot be undone.", yes)
            return change_each(ids, lambda each: _archive_now(stack, each, body), done, output)
        record = stack.certificates.get(ids[0])
        confirm(f"Archive {ids[0]} ({record['name']})? This cannot be undone.", yes)
        _archived(stack, ids[0], body, record["version"])
    if output is Format.TABLE:
        return say(f"The certificate {ids[0]} is {done}.")
    show(Detail({"certificate_id": ids[0], "result": done}, key="certificate_id"), output)


def _archive_now(stack: Stack, certificate_id: str, body: ArchiveCertificateQuery) -> None:
    _archived(stack, certificate_id, body, stack.certificates.get(certificate_id)["version"])


def _archived(stack: Stack, certificate_id: str, body: ArchiveCertificateQuery, version: int) -> None:
    """Archives the record if it is still as read. Raises CommandError."""
    try:
        stack.certificates.archive(certificate_id, body, version)
    except RequestFailed as refused:
        if refused.status != _CONFLICT:
            raise
        now = stack.certificates.get(certificate_id)
        if now["status"] == ("Revoked" if "revoke" in body else "Archived"):
            return  # by an earlier attempt whose response was lost
        if now["version"] != version:
            raise edit_conflict("certificate", "certs", certificate_id, version, now["version"]) from None
        raise CommandError(refused.message, "Give --revoke REASON or --keep-valid.", refused.code) from None
