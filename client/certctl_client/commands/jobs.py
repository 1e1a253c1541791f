"""`certctl jobs`: the work on certificates."""

from collections.abc import Mapping
from typing import Annotated, cast

import typer

from certctl_client.api.records import Job
from certctl_client.api.requests import JobFilters, JobStatus, JobType
from certctl_client.commands.options import (
    All,
    Interval,
    Limit,
    Output,
    Watch,
    first_of,
    given,
    per_page,
)
from certctl_client.output import Detail, Format, Listing, fields_of
from certctl_client.session import open_stack
from certctl_client.views import Column
from certctl_client.watching import present

app = typer.Typer(help="Jobs: issuances, renewals, deployments.", no_args_is_help=True)

_COLUMNS: Mapping[str, Column] = {
    "ID": "id",
    "TYPE": "type",
    "STATUS": "status",
    "CERTIFICATE": "certificate_id",
    "ATTEMPTS": lambda job: f"{job['attempts']}/{job['max_attempts']}",
    "CREATED": "created_at",
    "COMPLETED": "completed_at",
    "ERROR": "last_error",
}


@app.command("list")
def list_jobs(
    status: Annotated[JobStatus | None, typer.Option(help="Only these.")] = None,
    type_: Annotated[JobType | None, typer.Option("--type", help="Only these.")] = None,
    certificate: Annotated[str | None, typer.Option(help="Id of a certificate.")] = None,
    limit: Limit = 50,
    all_: All = False,
    watch: Watch = False,
    interval: Interval = 2.0,
    output: Output = Format.TABLE,
) -> None:
    """Jobs, newest first."""
    filters = given(status=status, type=type_, certificate_id=certificate, per_page=per_page(limit, all_))
    wanted = cast(JobFilters, filters)
    with open_stack() as stack:
        present(
            lambda: Listing(first_of(stack.jobs.all(wanted), limit, all_), _COLUMNS, fields_of(Job)),
            output,
            interval if watch else None,
        )


@app.command("get")
def get_job(
    job_id: Annotated[str, typer.Argument(metavar="ID")],
    watch: Watch = False,
    interval: Interval = 2.0,
    output: Output = Format.TABLE,
) -> None:
    """One job."""
    with open_stack() as stack:
        present(lambda: Detail(stack.jobs.get(job_id)), output, interval if watch else None)
