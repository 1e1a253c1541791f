"""`certctl certs deploy` and `deployments`: deployment of versions to targets."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from math import ceil
from typing import Annotated, cast
from uuid import uuid4

import typer

from certctl_client.api.resources import Stack
from certctl_client.api.schema import AgentView, DeployBody, DeploymentView, JobView
from certctl_client.commands.certs.revocation import CertificateId
from certctl_client.commands.listing import Shown, a_list
from certctl_client.commands.options import Output, Timeout, Wait
from certctl_client.enrolment.jobs import ENDED, Patience, at_its_end
from certctl_client.errors import CommandError
from certctl_client.output import Format, Listing, fields_of, say, show
from certctl_client.output.progress import waiting
from certctl_client.output.views import Column
from certctl_client.plain_text import counted
from certctl_client.session import open_stack

_MINUTE = 60
_LATE = 60
"""Seconds by which an Online agent may be late: agents spread their polls."""
_TARGET: Mapping[str, Column] = {"TARGET": "target_id", "AGENT": "agent_id", "STATUS": "status"}
_COURSE: Mapping[str, Column] = {
    "ATTEMPTS": lambda job: f"{job['attempts']}/{job['max_attempts']}",
    "CREATED": "created_at",
    "COMPLETED": "completed_at",
    "ERROR": "last_error",
}
_STARTED: Mapping[str, Column] = {"JOB": "id", **_TARGET, **_COURSE}
_DEPLOYMENTS: Mapping[str, Column] = {"JOB": "job_id", **_TARGET, "SERIAL": "serial_number", **_COURSE}


def deploy(
    certificate_id: CertificateId,
    target: Annotated[
        list[str] | None, typer.Option(help="Only to this target. Repeatable; default: all targets.")
    ] = None,
    wait: Wait = False,
    timeout: Timeout = 600.0,
    output: Output = Format.TABLE,
) -> None:
    """Deploy the current version again, by the agents of its targets.

    An agent without work polls every five minutes; standard error shows when it is expected. With --wait the
    exit code is 1 if a deployment failed.
    """
    body: DeployBody = {"target_ids": target} if target else {}
    with open_stack() as stack:
        job_ids = stack.certificates.deploy(certificate_id, body, str(uuid4()))["job_ids"]
        jobs: list[JobView] = [stack.jobs.get(job_id) for job_id in job_ids]
        _announce_agents(stack, jobs)
        if wait:
            jobs = _ended(stack, job_ids, timeout)
    show(Listing(jobs, _STARTED, fields_of(JobView)), output)
    if wait:
        _refuse_failures(jobs, certificate_id, timeout)


@a_list
def list_deployments(shown: Shown, certificate_id: CertificateId) -> None:
    """Deployments of a certificate and their results, newest first."""
    with open_stack() as stack:
        shown.present(
            lambda: stack.certificates.deployments(certificate_id, {"per_page": shown.per_page}),
            _DEPLOYMENTS,
            fields_of(DeploymentView),
            "job_id",
        )


def _announce_agents(stack: Stack, jobs: Sequence[JobView]) -> None:
    created_at = {job["agent_id"]: job["created_at"] for job in jobs if job["status"] not in ENDED}
    for agent_id, asked_at in created_at.items():
        with suppress(CommandError):  # the jobs exist, whether or not the agent can be read
            say(expectation(cast(AgentView, stack.catalog("agents").get(agent_id or "-")), asked_at))


def expectation(agent: AgentView, asked_at: str) -> str:
    """When the agent is expected to poll, by the server's clock. A job that was open already may be older
    than the agent's last poll."""
    state = f"The agent {agent['id']} ({agent['hostname']}) is {agent['status']}"
    expected_at = agent.get("next_contact_at")
    if expected_at is None:
        return f"{state}."
    now = max(asked_at, agent["last_heartbeat_at"] or "")
    seconds = (datetime.fromisoformat(expected_at) - datetime.fromisoformat(now)).total_seconds()
    if agent["status"] != "Online" or seconds < -_LATE:
        return f"{state}: it was expected at {expected_at}."
    return f"{state} and polls again {_in_about(seconds)}."


def _in_about(seconds: float) -> str:
    return "within a minute" if seconds <= _MINUTE else f"in about {ceil(seconds / _MINUTE)} min"


def _ended(stack: Stack, job_ids: Sequence[str], timeout: float) -> list[JobView]:
    """The jobs once all have ended, or as they are at the timeout."""
    ends = time.monotonic() + timeout
    with waiting(f"Waiting for {counted(len(job_ids), 'deployment')}") as show_state:
        return [
            at_its_end(stack, job_id, Patience(max(0.0, ends - time.monotonic()), show_state))
            for job_id in job_ids
        ]


def _refuse_failures(jobs: Sequence[JobView], certificate_id: str, timeout: float) -> None:
    """Raises CommandError unless all jobs are completed."""
    of_all = counted(len(jobs), "deployment")
    if waits := [job for job in jobs if job["status"] not in ENDED]:
        raise CommandError(
            f"{len(waits)} of {of_all} had not ended after {timeout:g} s.",
            f"See whether the agent is online: certctl agents get {waits[0]['agent_id']}",
        )
    if failed := [job for job in jobs if job["status"] != "Completed"]:
        raise CommandError(
            f"{len(failed)} of {of_all} failed.",
            f"Fix the cause, then: certctl certs deploy {certificate_id}",
        )
