"""Requests for certificates: new ones and renewals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from certctl.crypto.issuing.csr import CheckedCsr
from certctl.crypto.names import San, names_of
from certctl.domain.access.permissions import ALL_TEAMS, Permission
from certctl.domain.access.principals import Principal
from certctl.domain.certificates.acme import require_no_client
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.defaults import DEFAULT_TEAM
from certctl.domain.certificates.requests import NewCertificate
from certctl.domain.certificates.versions import MAX_UNEXPIRED_VERSIONS
from certctl.domain.errors import ChangedMeanwhile, Conflict, InvalidInput
from certctl.domain.ids import new_id
from certctl.domain.jobs.approvals import Requester
from certctl.domain.jobs.jobs import IssuanceStarted, Job
from certctl.domain.jobs.new_jobs import JobRules, requested_job
from certctl.domain.jobs.statuses import JobType
from certctl.domain.jobs.tasks import task_of
from certctl.domain.record_fields import fallbacks, given_for
from certctl.store.paging import in_parallel
from certctl.store.writes import Write
from certctl.unit_of_work.certificates.admission import Admission, request_within
from certctl.unit_of_work.certificates.references import References
from certctl.unit_of_work.issuing.starting import IssuanceStarts, WithIt
from certctl.unit_of_work.policies.enforcement import PolicyEnforcement
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.stores import Stores


@dataclass(frozen=True)
class Issuance:
    stores: Stores
    starts: IssuanceStarts
    references: References
    admission: Admission
    policies: PolicyEnforcement
    now: Callable[[], datetime]

    def create(self, caller: Principal, wanted: NewCertificate) -> IssuanceStarted:
        """Raises InvalidInput, CsrRejected, PolicyRefused, TooManyRequests, NotFound for another's team; if
        the id is taken, Conflict if that certificate is in the caller's reach, else InvalidInput."""
        try:
            return self._create(caller, wanted)
        except ChangedMeanwhile:
            raise
        except Conflict as taken:
            raise self._taken(caller, wanted.id, taken) from taken

    def _taken(self, caller: Principal, certificate_id: str | None, taken: Conflict) -> Exception:
        """Callers who may not read a certificate must not learn that it exists."""
        existing = self.stores.certificates.get(certificate_id) if certificate_id else None
        if existing is None or caller.reaches_team(Permission.CERTIFICATES_READ, existing.team_id):
            return taken
        return InvalidInput.of("id", "cannot be used; choose another, or leave it out")

    @retry_on_conflict
    def _create(self, caller: Principal, wanted: NewCertificate) -> IssuanceStarted:
        now = self.now()
        names = names_of(wanted.common_name, wanted.sans)
        certificate = _new_record(caller, wanted, names, now)
        caller.require_reach(Permission.CERTIFICATES_WRITE, certificate.team_id, "such team")
        csr = _request(wanted.csr_pem, names)
        rules = self.admission.check(
            certificate, names, csr, lambda: self.references.problems(caller, None, certificate), now
        )
        self._require_person(caller, rules)
        effects = self.policies.enforce_new(caller.actor, certificate, now)
        job = self._job(JobType.ISSUANCE, caller, certificate, csr, rules, now)
        created = self.starts.create(caller, certificate, job, effects, now)
        return self._started(created, job, csr)

    @retry_on_conflict
    def renew(
        self, caller: Principal, certificate_id: str, csr_pem: str | None, only_if: Sequence[Write] = ()
    ) -> IssuanceStarted:
        """Opens a Renewal job: with a CSR it starts at once, else it awaits one. `only_if`: further
        conditions, with their own errors. Raises Conflict if the record is not alive, has an open job or 30
        unexpired versions, or is renewed by an ACME client; InvalidInput, CsrRejected, PolicyRefused."""
        now = self.now()
        before = self._alive(caller, certificate_id, Permission.CERTIFICATES_WRITE, "be renewed")
        if before.open_job_id is not None:
            raise Conflict(f"The job {before.open_job_id} of this certificate is still open.")
        require_no_client(before.acme)
        names = names_of(before.common_name, before.sans)
        csr = _request(csr_pem, names)
        _, rules = in_parallel(
            lambda: self._check_version_limit(before, now),
            lambda: self.admission.check(
                before, names, csr, lambda: self.references.unusable_by(caller, before), now
            ),
        )
        self._require_person(caller, rules)
        effects = self.policies.enforce(caller.actor, before, now)
        job = self._job(JobType.RENEWAL, caller, before, csr, rules, now)
        after = self.starts.renew(caller, before, job, effects, now, WithIt(only_if))
        return self._started(after, job, csr)

    def _require_person(self, caller: Principal, rules: JobRules) -> None:
        """Raises Forbidden."""
        if rules.approvals > 0:
            self.stores.people.require_person(caller)

    def _job(
        self,
        kind: JobType,
        caller: Principal,
        certificate: Certificate,
        csr: CheckedCsr | None,
        rules: JobRules,
        now: datetime,
    ) -> Job:
        """If the targets have an agent, it makes the key: a job without a CSR is assigned to it."""
        csr_pem = csr.pem if csr else None
        job = requested_job(kind, certificate, Requester.of(caller), csr_pem, rules, now)
        agent_id = self.stores.agent_targets.agent_of(certificate) if csr_pem is None else None
        if agent_id is None:
            return job
        profile = self.references.book.profile(certificate.certificate_profile_id)
        return job.assigned_to(agent_id, task_of(certificate, profile))

    def _alive(self, caller: Principal, certificate_id: str, permission: Permission, act: str) -> Certificate:
        certificate = self.stores.certificate_in_reach(caller, certificate_id, permission)
        certificate.require_alive(act)
        return certificate

    def _check_version_limit(self, certificate: Certificate, now: datetime) -> None:
        unexpired = self.stores.certificates.unexpired_versions(certificate.id, now)
        if len(unexpired) >= MAX_UNEXPIRED_VERSIONS:
            raise Conflict(f"This certificate has {MAX_UNEXPIRED_VERSIONS} unexpired versions, the limit.")

    def _started(self, certificate: Certificate, job: Job, csr: CheckedCsr | None) -> IssuanceStarted:
        ignored = self.admission.ignored_subject(certificate, csr)
        return IssuanceStarted(certificate, job, csr.ignored_extensions if csr else (), ignored)


def _request(csr_pem: str | None, names: tuple[San, ...]) -> CheckedCsr | None:
    return None if csr_pem is None else request_within(csr_pem, names)


def _new_record(
    caller: Principal, wanted: NewCertificate, names: tuple[San, ...], now: datetime
) -> Certificate:
    defaults = {"id": new_id("mc", now), "name": wanted.common_name, "team_id": _default_team(caller)}
    values = fallbacks(Certificate) | defaults | given_for(Certificate, wanted)
    values["sans"] = tuple(str(name) for name in names)
    return Certificate(**values, created_at=now, updated_at=now)


def _default_team(caller: Principal) -> str:
    teams = caller.teams_of(Permission.CERTIFICATES_WRITE)
    return DEFAULT_TEAM if ALL_TEAMS in teams or not teams else teams[0]
