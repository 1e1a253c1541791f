"""Asking for certificates: new ones, renewals, and the requests that AwaitingCSR jobs wait for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.crypto.csr import CheckedCsr, check_names_within, parse_csr
from certctl.crypto.issuer_checks import issuer_problems
from certctl.crypto.issuing import check_not_ca_key
from certctl.crypto.names import San, names_of
from certctl.crypto.pem import load_certificates
from certctl.crypto.profile_checks import profile_problems
from certctl.domain.agent_tasks import task_of
from certctl.domain.catalog import Kind
from certctl.domain.certificates import (
    MAX_UNEXPIRED_VERSIONS,
    Certificate,
    Lifecycle,
    RenewalState,
)
from certctl.domain.due_work import Nudge
from certctl.domain.errors import Conflict, CsrRejected, FieldProblem, InvalidInput, NotFound
from certctl.domain.ids import new_id
from certctl.domain.jobs import Job, JobRules, JobStatus, JobType, Requester, new_job
from certctl.domain.permissions import ALL_TEAMS, Permission, Principal
from certctl.domain.requests import (
    DEFAULT_ISSUER,
    DEFAULT_OWNER,
    DEFAULT_PROFILE,
    DEFAULT_RENEWAL_POLICY,
    DEFAULT_TEAM,
    NewCertificate,
)
from certctl.store.job_endings import JobEndings
from certctl.store.ledger import certificate_change, job_change
from certctl.store.listing import both
from certctl.store.optimistic import decided_afresh
from certctl.store.policy_gate import PolicyGate, Recorded
from certctl.store.references import References
from certctl.store.stores import Stores

_TAKE_CSR = "take a signing request"
MAX_NAMES_AND_TARGETS = 90
"""Each is an action of the transaction that creates the certificate."""


@dataclass(frozen=True)
class Requested:
    """What was started. `ignored_extensions` are those that the CSR asked for and no leaf carries."""

    certificate: Certificate
    job: Job
    ignored_extensions: tuple[str, ...] = ()


class Issuance:
    """`nudge` wakes the signing worker after the commit, best effort: the due index has the truth."""

    def __init__(
        self,
        stores: Stores,
        references: References,
        gate: PolicyGate,
        nudge: Callable[[Nudge], None],
        now: Callable[[], datetime],
    ) -> None:
        self._stores = stores
        self._references = references
        self._gate = gate
        self._nudge = nudge
        self._now = now

    def create(self, caller: Principal, wanted: NewCertificate) -> Requested:
        """Raises InvalidInput, CsrRejected, PolicyRefused, Conflict where the id is taken, NotFound for
        another's team."""
        return decided_afresh(lambda: self._create(caller, wanted))

    def _create(self, caller: Principal, wanted: NewCertificate) -> Requested:
        now = self._now()
        names = names_of(wanted.common_name, wanted.sans)
        certificate = _new_record(caller, wanted, names, now)
        caller.require_reach(Permission.CERTIFICATES_WRITE, certificate.team_id, "such team")
        csr = _parsed(wanted.csr_pem, names)
        rules = self._checked(
            certificate, names, csr, lambda: self._references.problems(caller, None, certificate), now
        )
        recorded = self._gate.admit_new(caller.actor, certificate, now)
        job = self._assigned(_new_job(JobType.ISSUANCE, certificate, caller, csr, rules, now), certificate)
        certificate = replace(certificate, open_job_id=job.id)
        ledger = self._stores.ledger
        steps = [
            *self._stores.certificates.create_steps(certificate, certificate.search_names),
            self._stores.jobs.create_step(job),
            *self._references.steps(None, certificate),
            ledger.certificate_event(caller.actor, "certificate_created", None, certificate, now),
            *ledger.count_steps(certificate.id, certificate_change(None, certificate), job_change(None, job)),
        ]
        self._gate.commit(steps, recorded)
        return self._started(certificate, job, csr)

    def renew(self, caller: Principal, certificate_id: str, csr_pem: str | None) -> Requested:
        """Opens a Renewal job: it goes on at once with a CSR, else it awaits one. Raises Conflict where the
        record is not alive, has an open job, or has 30 unexpired versions; InvalidInput, CsrRejected,
        PolicyRefused."""
        return decided_afresh(lambda: self._renew(caller, certificate_id, csr_pem))

    def _renew(self, caller: Principal, certificate_id: str, csr_pem: str | None) -> Requested:
        now = self._now()
        before = self._alive(caller, certificate_id, Permission.CERTIFICATES_WRITE, "be renewed")
        if before.open_job_id is not None:
            raise Conflict(f"The job {before.open_job_id} of this certificate is still open.")
        names = names_of(before.common_name, before.sans)
        csr = _parsed(csr_pem, names)
        _, rules = both(
            lambda: self._check_version_limit(before, now),
            lambda: self._checked(before, names, csr, lambda: self._references.unusable(before), now),
        )
        recorded = self._gate.admit(caller.actor, before, now)
        job = self._assigned(_new_job(JobType.RENEWAL, before, caller, csr, rules, now), before)
        after = before.changed(now, open_job_id=job.id, renewal_state=RenewalState.IN_PROGRESS)
        ledger = self._stores.ledger
        steps = [
            self._stores.certificates.save_step(before, after),
            self._stores.jobs.create_step(job),
            ledger.certificate_event(caller.actor, "certificate_renewal_requested", before, after, now),
            *ledger.count_steps(after.id, certificate_change(before, after), job_change(None, job)),
        ]
        self._gate.commit(steps, recorded)
        return self._started(after, job, csr)

    def submit_csr(self, caller: Principal, certificate_id: str, csr_pem: str) -> Requested:
        """Gives an AwaitingCSR job what it is to sign: it goes on, or awaits approval where its profile
        demands one. Raises Conflict without such a job, InvalidInput, CsrRejected, PolicyRefused,
        NotFound."""
        return decided_afresh(lambda: self._submit_csr(caller, certificate_id, csr_pem))

    def _submit_csr(self, caller: Principal, certificate_id: str, csr_pem: str) -> Requested:
        certificate = self._alive(caller, certificate_id, Permission.CERTIFICATES_SUBMIT_CSR, _TAKE_CSR)
        job = self._awaiting(certificate)
        if job.agent_id is not None:
            raise Conflict(f"The job {job.id} awaits the request of the agent {job.agent_id}.")
        return self._given(caller, certificate, job, csr_pem)

    def submit_job_csr(self, caller: Principal, job_id: str, csr_pem: str) -> Job:
        """As `submit_csr`, of an agent to a job that is assigned to it. The same request again changes
        nothing. One that is refused ends the job, with an alert: the agent would say the same at each poll.
        Raises NotFound for any other job."""
        return decided_afresh(lambda: self._submit_job_csr(caller, job_id, csr_pem))

    def _submit_job_csr(self, caller: Principal, job_id: str, csr_pem: str) -> Job:
        job = self._stores.jobs.get(job_id)
        if job is None or caller.agent_id is None or job.agent_id != caller.agent_id:
            raise NotFound("There is no such job.")
        if job.csr_pem is not None and job.csr_pem == parse_csr(csr_pem).pem:
            return job
        certificate = self._stores.certificate_of(job)
        if job.status is not JobStatus.AWAITING_CSR or certificate is None:
            raise Conflict(f"This job is {job.status}; it awaits no signing request.")
        certificate.require_alive(_TAKE_CSR)
        try:
            return self._given(caller, certificate, job, csr_pem).job
        except InvalidInput as refused:
            self._fail(caller, certificate, job, refused)
            raise

    def _fail(self, caller: Principal, certificate: Certificate, job: Job, refused: InvalidInput) -> None:
        if certificate.open_job_id != job.id:
            raise Conflict(f"The job {job.id} is none of this certificate any more.")
        error = f"the request of the agent {job.agent_id} was refused: {refused.reasons}"
        endings = JobEndings(self._stores, caller.actor)
        steps, nudges = endings.unbegun_steps(job, certificate, error, self._now())
        self._gate.commit(steps, Recorded(nudges=nudges))

    def _given(self, caller: Principal, certificate: Certificate, job: Job, csr_pem: str) -> Requested:
        now = self._now()
        names = names_of(certificate.common_name, certificate.sans)
        csr = _checked(csr_pem, names)
        self._checked(certificate, names, csr, lambda: self._references.unusable(certificate), now)
        recorded = self._gate.admit(caller.actor, certificate, now)
        asked_by = tuple(dict.fromkeys([*job.asked_by, *_requester(caller).ids]))
        moved = job.moved_on(now, csr_pem=csr.pem, asked_by=asked_by)
        steps = [
            self._stores.jobs.move_step(job, moved),
            self._stores.ledger.certificate_event(
                caller.actor, "certificate_csr_submitted", certificate, certificate, now, job_id=job.id
            ),
        ]
        self._gate.commit(steps, recorded)
        return self._started(certificate, moved, csr)

    def _assigned(self, job: Job, certificate: Certificate) -> Job:
        """Where the targets have an agent, it makes the key: a job without a request is for it."""
        agent_id = self._stores.agent_targets.agent_of(certificate) if job.csr_pem is None else None
        if agent_id is None:
            return job
        profile = self._references.book.profile(certificate.certificate_profile_id)
        return replace(job, agent_id=agent_id, task=task_of(certificate, profile))

    def _started(self, certificate: Certificate, job: Job, csr: CheckedCsr | None) -> Requested:
        if job.status is JobStatus.PENDING:
            self._nudge(job.nudge)
        return Requested(certificate, job, csr.ignored_extensions if csr else ())

    def _alive(self, caller: Principal, certificate_id: str, permission: Permission, act: str) -> Certificate:
        certificate = self._stores.certificate_in_reach(caller, certificate_id, permission)
        certificate.require_alive(act)
        return certificate

    def _awaiting(self, certificate: Certificate) -> Job:
        job = self._stores.jobs.get(certificate.open_job_id) if certificate.open_job_id else None
        if job is None or job.status is not JobStatus.AWAITING_CSR:
            raise Conflict("No job of this certificate awaits a signing request. Start one with /renew.")
        return job

    def _check_version_limit(self, certificate: Certificate, now: datetime) -> None:
        unexpired = self._stores.certificates.unexpired_versions(certificate.id, now)
        if len(unexpired) >= MAX_UNEXPIRED_VERSIONS:
            raise Conflict(f"This certificate has {MAX_UNEXPIRED_VERSIONS} unexpired versions, the limit.")

    def _checked(
        self,
        certificate: Certificate,
        names: tuple[San, ...],
        csr: CheckedCsr | None,
        referred: Callable[[], list[FieldProblem]],
        now: datetime,
    ) -> JobRules:
        """Everything that may stand against issuing it, in one round trip's time; `referred` answers what is
        wrong with what it refers to. Raises InvalidInput and CsrRejected with every reason."""
        book = self._references.book
        problems, (authority, (of_key, (policy, _))) = both(
            referred,
            lambda: both(
                lambda: self._stores.authorities.active_issuing(certificate.issuer_id),
                lambda: both(
                    lambda: self._key_problems(csr),
                    lambda: both(lambda: book.renewal_policy(certificate.renewal_policy_id), book.policies),
                ),
            ),
        )
        profile = book.profile(certificate.certificate_profile_id)
        issuer = book.find(Kind.ISSUER, certificate.issuer_id)
        if profile is not None:
            problems += profile_problems(profile, names, csr)
            until = now + profile.max_ttl
            problems += issuer_problems(issuer, names, csr, authority, until)
        problems += of_key + _size_problems(certificate)
        if csr is not None and authority is not None:
            check_not_ca_key(
                csr.public_key, load_certificates(authority.certificate_pem + authority.chain_pem)
            )
        _refuse(problems)
        return JobRules(
            needs_approval=profile is not None and profile.requires_approval,
            max_attempts=max(1, policy.max_retries),
            retry_base_seconds=policy.retry_interval_seconds,
            worker=book.worker_of(certificate.issuer_id),
        )

    def _key_problems(self, csr: CheckedCsr | None) -> list[FieldProblem]:
        if csr is None or not self._stores.compromised_keys.contains(csr.spki_sha256):
            return []
        return [FieldProblem("csr_pem", "the key is on the list of compromised keys; make a new one")]


def _size_problems(certificate: Certificate) -> list[FieldProblem]:
    if len(certificate.search_names) + len(certificate.target_ids) <= MAX_NAMES_AND_TARGETS:
        return []
    return [FieldProblem("target_ids", f"at most {MAX_NAMES_AND_TARGETS} names and targets together")]


def _refuse(problems: Sequence[FieldProblem]) -> None:
    if not problems:
        return
    if all(problem.field == "csr_pem" for problem in problems):
        raise CsrRejected([problem.message for problem in problems])
    raise InvalidInput("The certificate was refused.", problems)


def _parsed(csr_pem: str | None, names: tuple[San, ...]) -> CheckedCsr | None:
    return None if csr_pem is None else _checked(csr_pem, names)


def _checked(csr_pem: str, names: tuple[San, ...]) -> CheckedCsr:
    csr = parse_csr(csr_pem)
    check_names_within(csr, names)
    return csr


def _new_record(
    caller: Principal, wanted: NewCertificate, names: tuple[San, ...], now: datetime
) -> Certificate:
    return Certificate(
        id=wanted.id or new_id("mc", now),
        name=wanted.name or wanted.common_name,
        common_name=wanted.common_name,
        sans=tuple(str(name) for name in names),
        environment=wanted.environment,
        owner_id=wanted.owner_id or DEFAULT_OWNER,
        team_id=wanted.team_id or _default_team(caller),
        issuer_id=wanted.issuer_id or DEFAULT_ISSUER,
        renewal_policy_id=wanted.renewal_policy_id or DEFAULT_RENEWAL_POLICY,
        certificate_profile_id=wanted.certificate_profile_id or DEFAULT_PROFILE,
        target_ids=wanted.target_ids,
        tags=wanted.tags,
        lifecycle=Lifecycle.PENDING,
        created_at=now,
        updated_at=now,
    )


def _new_job(
    kind: JobType,
    certificate: Certificate,
    caller: Principal,
    csr: CheckedCsr | None,
    rules: JobRules,
    now: datetime,
) -> Job:
    return new_job(kind, certificate, _requester(caller), csr.pem if csr else None, rules, now)


def _requester(caller: Principal) -> Requester:
    return Requester(caller.key_id, caller.owner_id)


def _default_team(caller: Principal) -> str:
    return DEFAULT_TEAM if ALL_TEAMS in caller.teams or not caller.teams else caller.teams[0]
