"""`certctl jobs`: issuances, renewals, deployments and other work."""

from collections.abc import Mapping
from typing import Annotated, cast

import typer

from certctl_client.api.schema import CreationSort, JobState, JobStatus, JobType, JobView, ListJobsQuery
from certctl_client.commands.choices import combinations, several, together
from certctl_client.commands.confirmation import confirm
from certctl_client.commands.filters import or_unknown
from certctl_client.commands.job_logs import show_log
from certctl_client.commands.listing import Shown, ShownRecord, a_list, a_record, certificate_of
from certctl_client.commands.options import Certificate, Output, Team, Timeout, Yes, given
from certctl_client.enrolment.jobs import ENDED, Patience, at_its_end
from certctl_client.exit_codes import ExitCode
from certctl_client.output import Detail, Format, fields_of, say, show
from certctl_client.output.progress import waiting
from certctl_client.output.views import Column
from certctl_client.session import open_stack

app = typer.Typer(help="Jobs: issuances, renewals, deployments, approvals.", no_args_is_help=True)

_COLUMNS: Mapping[str, Column] = {
    "ID": "id",
    "TYPE": "type",
    "STATUS": "status",
    "CERTIFICATE": certificate_of,
    "ATTEMPTS": lambda job: f"{job['attempts']}/{job['max_attempts']}",
    "CREATED": "created_at",
    "COMPLETED": "completed_at",
    "ERROR": "last_error",
}

_HINTS = {
    "AwaitingCSR": " It awaits a CSR: see `certctl certs csr --help`.",
    "AwaitingApproval": " It awaits approval: see `certctl jobs approve --help`.",
}

JobId = Annotated[str, typer.Argument(metavar="ID", help="As `certctl jobs list` shows it.")]


@app.command("list")
@a_list
def list_jobs(
    shown: Shown,
    status: Annotated[
        list[str] | None, several(JobStatus, "--status", help="Only this status. Repeatable.")
    ] = None,
    state: Annotated[
        JobState | None, typer.Option(help="Only open jobs, or only those that have ended.")
    ] = None,
    type_: Annotated[list[str] | None, several(JobType, "--type", help="Only this type. Repeatable.")] = None,
    certificate: Certificate = None,
    agent: Annotated[str | None, typer.Option(help="Id of an agent: only its open jobs.")] = None,
    team: Team = None,
    target: Annotated[str | None, typer.Option(help="Id of a target.")] = None,
    sort: Annotated[CreationSort | None, typer.Option(help="Prefix with - for descending order.")] = None,
) -> None:
    """Jobs, newest first."""
    about = given(
        state=state,
        certificate_id=certificate,
        agent_id=agent,
        team_id=team,
        target_id=target,
    )
    wanted = about | given(sort=sort, per_page=shown.per_page)
    queries = [cast(ListJobsQuery, {**wanted, **each}) for each in combinations(status=status, type=type_)]
    ids = [("certificates", certificate), ("agents", agent), ("teams", team), ("targets", target)]
    with open_stack() as stack:
        shown.present(
            lambda: or_unknown(together([stack.jobs.all(each) for each in queries], sort), stack, ids),
            _COLUMNS,
            fields_of(JobView),
        )


@app.command("get")
@a_record
def get_job(shown: ShownRecord, job_id: JobId) -> None:
    """One job."""
    with open_stack() as stack:
        shown.present(lambda: Detail(stack.jobs.get(job_id)))


app.command("logs")(show_log)


@app.command("wait")
def wait_for_end(job_id: JobId, timeout: Timeout = 600.0, output: Output = Format.TABLE) -> None:
    """Wait until a job has ended, and show it.

    Exit code 0 if it is Completed, 1 if it is Failed or Cancelled, 8 if it has not ended at the timeout.
    """
    with open_stack() as stack, waiting(f"Waiting for {job_id}") as show_state:
        job = at_its_end(stack, job_id, Patience(timeout, show_state))
    show(Detail(job), output)
    if job["status"] not in ENDED:
        say(f"The job {job_id} is {job['status']} after {timeout:g} s.{_HINTS.get(job['status'], '')}")
        raise typer.Exit(ExitCode.NOT_ENDED)
    raise typer.Exit(ExitCode.OK if job["status"] == "Completed" else ExitCode.FAILED)


@app.command("approve")
def approve_job(job_id: JobId, output: Output = Format.TABLE) -> None:
    """Approve a job that awaits approval. Its requester may not, and nobody twice."""
    with open_stack() as stack:
        job = stack.jobs.approve(job_id)
    show(Detail(job), output)
    if job["status"] == "AwaitingApproval":
        given, required = job["approvals_given"], job["approvals_required"]
        say(f"{given} of {required} approvals: another person must approve it, too.")


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
