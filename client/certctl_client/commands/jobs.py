"""`certctl jobs`: issuances, renewals, deployments and other work."""

from collections.abc import Mapping
from typing import Annotated, cast

import typer

from certctl_client.api.schema import CreationSort, JobState, JobStatus, JobType, JobView, ListJobsQuery
from certctl_client.commands.confirmation import confirm
from certctl_client.commands.listing import Shown, a_list
from certctl_client.commands.options import Interval, Output, Watch, Yes, given
from certctl_client.output import Detail, Format, fields_of, show
from certctl_client.output.views import Column
from certctl_client.output.watching import present
from certctl_client.session import open_stack

app = typer.Typer(help="Jobs: issuances, renewals, deployments, approvals.", no_args_is_help=True)

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

JobId = Annotated[str, typer.Argument(metavar="ID", help="As `certctl jobs list` shows it.")]


@app.command("list")
@a_list
def list_jobs(
    shown: Shown,
    status: Annotated[JobStatus | None, typer.Option(help="Only these.")] = None,
    state: Annotated[JobState | None, typer.Option(help="Only those that are open, or have ended.")] = None,
    type_: Annotated[JobType | None, typer.Option("--type", help="Only these.")] = None,
    certificate: Annotated[str | None, typer.Option(help="Id of a certificate.")] = None,
    agent: Annotated[str | None, typer.Option(help="Id of an agent: only its open jobs.")] = None,
    team: Annotated[str | None, typer.Option(help="Id of a team.")] = None,
    target: Annotated[str | None, typer.Option(help="Id of a target.")] = None,
    sort: Annotated[CreationSort | None, typer.Option(help="With a leading -: in descending order.")] = None,
) -> None:
    """Jobs, newest first."""
    about = given(
        status=status,
        state=state,
        type=type_,
        certificate_id=certificate,
        agent_id=agent,
        team_id=team,
        target_id=target,
    )
    wanted = cast(ListJobsQuery, about | given(sort=sort, per_page=shown.per_page))
    with open_stack() as stack:
        shown.present(lambda: stack.jobs.all(wanted), _COLUMNS, fields_of(JobView))


@app.command("get")
def get_job(
    job_id: JobId,
    watch: Watch = False,
    interval: Interval = 2.0,
    output: Output = Format.TABLE,
) -> None:
    """One job."""
    with open_stack() as stack:
        present(lambda: Detail(stack.jobs.get(job_id)), output, interval if watch else None)


@app.command("approve")
def approve_job(job_id: JobId, output: Output = Format.TABLE) -> None:
    """Approve a job that awaits approval. Its requester may not."""
    with open_stack() as stack:
        show(Detail(stack.jobs.approve(job_id)), output)


@app.command("reject")
def reject_job(job_id: JobId, yes: Yes = False, output: Output = Format.TABLE) -> None:
    """Reject a job that awaits approval. This is final."""
    confirm(f"Reject the job {job_id}?", yes)
    with open_stack() as stack:
        show(Detail(stack.jobs.reject(job_id)), output)


@app.command("cancel")
def cancel_job(job_id: JobId, yes: Yes = False, output: Output = Format.TABLE) -> None:
    """Cancel a job that has not ended."""
    confirm(f"Cancel the job {job_id}?", yes)
    with open_stack() as stack:
        show(Detail(stack.jobs.cancel(job_id)), output)
