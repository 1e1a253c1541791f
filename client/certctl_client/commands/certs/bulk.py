"""`certctl certs bulk-revoke`: revokes many certificates after showing how many."""

import time
from collections.abc import Callable, Mapping
from typing import Annotated, Any, cast
from uuid import uuid4

import typer

from certctl_client.api.reasons import LastingReason
from certctl_client.api.resources import Stack
from certctl_client.api.schema import BulkRevokeBody, CertificateView, JobView
from certctl_client.api.schema import Status as CertificateStatus
from certctl_client.commands.certs.certs import COLUMNS
from certctl_client.commands.certs.several import Ids, IdsFile, named
from certctl_client.commands.confirmation import confirm
from certctl_client.commands.options import All, Limit, Output, Ticket, Yes, first_of, given
from certctl_client.commands.record_options import with_bulk_filters
from certctl_client.enrolment.jobs import ENDED
from certctl_client.errors import CommandError
from certctl_client.output import Detail, Format, Listing, fields_of, show
from certctl_client.output.progress import progress_bar
from certctl_client.plain_text import counted
from certctl_client.record_fields.certificates import CERTIFICATE_FIELDS
from certctl_client.session import open_stack
from certctl_client.times import wire_time

_INTERVAL_SECONDS = 1.0


@with_bulk_filters(CERTIFICATE_FIELDS)
def bulk_revoke(
    reason: Annotated[LastingReason, typer.Option(help="Reason for all of them.")],
    filters: Mapping[str, Any],
    id_: Ids = None,
    ids_from: IdsFile = None,
    status: Annotated[CertificateStatus | None, typer.Option(help="Only this status.")] = None,
    invalidity_date: Annotated[
        str | None, typer.Option(help="Date from which the keys cannot be trusted: 2026-11-24.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only list the certificates that would be revoked.")
    ] = False,
    limit: Limit = 50,
    all_: All = False,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Wait until the job has ended.")] = False,
    ticket: Ticket = None,
    yes: Yes = False,
    output: Output = Format.TABLE,
) -> None:
    """Revoke every certificate that matches all filters, as one job. This cannot be undone."""
    others = given(
        certificate_ids=named(id_ or [], ids_from) or None,
        status=status,
        invalidity_date=invalidity_date and wire_time(invalidity_date),
        ticket=ticket,
    )
    body = cast(BulkRevokeBody, {"reason": reason, **filters, **others})
    with open_stack() as stack:
        if dry_run:
            return _show_matching(stack, body, limit, all_, output)
        job = _revoked(stack, body, watch, yes)
    show(Detail(job), output)
    if job["status"] in ("Failed", "Cancelled"):
        raise CommandError(f"The job is {job['status']}: {job['last_error']}.")


def _show_matching(stack: Stack, body: BulkRevokeBody, limit: int, all_: bool, output: Format) -> None:
    records = (
        {"certificate_id": found["id"], **found} for found in stack.certificates.would_be_revoked(body)
    )
    show(
        Listing(
            first_of(records, limit, all_),
            COLUMNS,
            ["certificate_id", *fields_of(CertificateView)],
            "certificate_id",
        ),
        output,
    )


def _revoked(stack: Stack, body: BulkRevokeBody, watch: bool, yes: bool) -> JobView:
    """Asks with the number of certificates, then revokes. With --yes they are not counted."""
    number = None if yes else _counted(stack, body)
    if number == 0:
        raise CommandError("No certificate matches: nothing was revoked.", "See --dry-run.")
    certificates = counted(number or 0, "certificate")
    confirm(f"Revoke {certificates} (reason: {body['reason']})? This cannot be undone.", yes)
    job_id = stack.certificates.bulk_revoke(body, str(uuid4()))["job_id"]
    return _awaited(stack, job_id, number) if watch else stack.jobs.get(job_id)


def _counted(stack: Stack, body: BulkRevokeBody) -> int:
    number = 0
    with progress_bar() as progress:
        for _ in stack.certificates.would_be_revoked(body):
            number += 1
            progress("certificates", number, None)
    return number


def _awaited(
    stack: Stack, job_id: str, number: int | None, sleep: Callable[[float], None] = time.sleep
) -> JobView:
    with progress_bar() as progress:
        while (job := stack.jobs.get(job_id))["status"] not in ENDED:
            so_far = job["progress"]
            ended = so_far["done"] + so_far["skipped"] + so_far["failed"]
            progress("revoked", ended, so_far["total"] or number)
            sleep(_INTERVAL_SECONDS)
    return job
