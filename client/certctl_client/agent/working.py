"""One round of an agent: a poll, the work that an earlier run left, and the open work."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from certctl_client.agent.certificate_keys import CertificateKeys
from certctl_client.agent.control_plane import ControlPlane, seconds_in
from certctl_client.agent.credentials import Credentials
from certctl_client.agent.crls.passes import CrlPasses
from certctl_client.agent.deploying import Deployer
from certctl_client.agent.errors import Unavailable, WorkRefused
from certctl_client.agent.events import LogEvent
from certctl_client.agent.program.settings import LONGEST_POLL
from certctl_client.agent.wire import Work, work_of
from certctl_client.api.responses import records_in
from certctl_client.errors import CommandError, RequestFailed

_POLL_SECONDS = 30.0
_SOON_SECONDS = 5.0
"""The time that a local CA needs at most: then the certificate for a CSR can be deployed."""
_REFUSED_FOR = 600.0
_BUSY_PAUSE, _BUSY_FOR = 45.0, 600.0
"""How long polls stay frequent: after a setup or a failure people should not wait for an idle agent."""
_UNAUTHORIZED, _UNPROCESSABLE = 401, 422


@dataclass
class Worker:
    """`postponed` maps jobs whose CSR was refused to the time of the next try. Until `busy_until` polls are
    as frequent as with work, else at least one in `longest_pause` seconds."""

    server: ControlPlane
    credentials: Credentials
    keys: CertificateKeys
    deployer: Deployer
    crls: CrlPasses
    log: LogEvent
    monotonic: Callable[[], float] = time.monotonic
    longest_pause: float = LONGEST_POLL
    postponed: dict[str, float] = field(default_factory=dict)
    busy_until: float = 0.0
    jobs: int = 0

    @property
    def identity(self) -> Mapping[str, str]:
        """Facts for the log."""
        enrolment, host = self.credentials.state.enrolment(), self.credentials.host
        facts = {"agent_id": enrolment.agent_id, "hostname": host.hostname}
        return {**facts, "url": enrolment.url, "version": host.version}

    def stay_close(self) -> None:
        self.busy_until = self.monotonic() + _BUSY_FOR

    def recover(self) -> None:
        """Raises Unavailable if a result is still to be reported."""
        self.crls.recover()
        self.deployer.resume()

    def round(self, is_stopping: Callable[[], bool]) -> float:
        """Runs a round. Returns the seconds until the next one. Raises Unavailable, or RequestFailed
        (401)."""
        response = self.credentials.poll(self._wished_pause())
        resumed = self.deployer.resume()
        seconds, leads_on, self.jobs = _POLL_SECONDS, False, 0
        for records, asked in self._work(response):
            seconds, self.jobs = asked or seconds, self.jobs + len(records)
            for record in records:
                if is_stopping():
                    return seconds
                # resumed jobs may have ended since the response
                leads_on |= record.get("job_id") not in resumed and self._done(record)
        return min(seconds, _SOON_SECONDS) if leads_on else seconds

    def _wished_pause(self) -> float:
        is_busy = self.monotonic() < self.busy_until
        return min(self.longest_pause, _BUSY_PAUSE) if is_busy else self.longest_pause

    def _work(self, response: Mapping[str, Any]) -> Iterator[tuple[list[dict[str, Any]], float]]:
        """Pages of open work, with the seconds until the next poll. From a server of an earlier release they
        are read separately."""
        if response.get("work") is None:
            yield from self.server.work()
            return
        seconds = seconds_in(response)
        yield records_in(response, "work"), seconds
        if cursor := response.get("next_cursor"):
            yield from ((records, seconds) for records, _ in self.server.work(cursor))

    def _done(self, record: Mapping[str, Any]) -> bool:
        """Handles one job. Returns whether more work is expected soon."""
        try:
            return self._do(record)
        except Unavailable:
            raise
        except (CommandError, ValueError) as error:
            if isinstance(error, RequestFailed) and error.status == _UNAUTHORIZED:
                raise
            self._postpone(record, error)
            return False

    def _do(self, record: Mapping[str, Any]) -> bool:
        if self.postponed.get(str(record.get("job_id")), 0.0) > self.monotonic():
            return False
        if record.get("type") == "Deployment":
            self.stay_close()
            self.deployer.take(record)
            return False
        work = work_of(record)
        if work.wants_request:
            self.stay_close()
            self._request(work)
        return work.wants_request

    def _request(self, work: Work) -> None:
        csr = self.keys.request_for(work)
        try:
            response = self.server.submit_request(work.job_id, csr)
        except RequestFailed as refused:
            if refused.status == _UNPROCESSABLE:  # the job ends with it: a later one gets a new key
                self.keys.drop(work)
            raise
        self.log(
            "request_submitted",
            job_id=work.job_id,
            certificate_id=work.certificate_id,
            status=response.get("status"),
        )

    def _postpone(self, record: Mapping[str, Any], error: CommandError | ValueError) -> None:
        job_id = str(record.get("job_id"))
        self.postponed = {id_: at for id_, at in self.postponed.items() if at > self.monotonic()}
        self.postponed[job_id] = self.monotonic() + _REFUSED_FOR
        reason = error.message if isinstance(error, CommandError) else "The job's id is invalid."
        self.log("work_refused", job_id=job_id, reason=reason, is_refused_here=isinstance(error, WorkRefused))
