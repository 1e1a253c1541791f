"""Asking for certificates: new ones, renewals, and the requests that AwaitingCSR jobs wait for."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from certctl.crypto.csr import CheckedCsr, check_names_within, parse_csr
from certctl.crypto.issuing import check_not_ca_key
from certctl.crypto.names import San, names_of
from certctl.crypto.pem import load_certificates
from certctl.crypto.profile_checks import check_profile
from certctl.domain.certificate_profiles import BUILT_IN_PROFILES, Profile
from certctl.domain.certificates import (
    MAX_UNEXPIRED_VERSIONS,
    Certificate,
    Lifecycle,
    RenewalState,
)
from certctl.domain.due_work import Due, Nudge
from certctl.domain.errors import Conflict, CsrRejected, InvalidInput
from certctl.domain.ids import new_id
from certctl.domain.jobs import AWAITING_CSR_TIMEOUT, Job, JobStatus, JobType
from certctl.domain.permissions import ALL_TEAMS, Permission, Principal
from certctl.domain.requests import (
    DEFAULT_ISSUER,
    DEFAULT_OWNER,
    DEFAULT_PROFILE,
    DEFAULT_RENEWAL_POLICY,
    DEFAULT_TEAM,
    NewCertificate,
)
from certctl.store.ledger import certificate_change, job_change
from certctl.store.listing import side_by_side
from certctl.store.stores import Stores

_BUILT_IN = ", ".join(BUILT_IN_PROFILES)


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
        profile_of: Callable[[str], Profile | None],
        nudge: Callable[[Nudge], None],
        now: Callable[[], datetime],
    ) -> None:
        self._stores = stores
        self._profile_of = profile_of
        self._nudge = nudge
        self._now = now

    def create(self, caller: Principal, wanted: NewCertificate) -> Requested:
        """Raises InvalidInput, CsrRejected, Conflict where the id is taken, NotFound for another's team."""
        now = self._now()
        names = names_of(wanted.common_name, wanted.sans)
        certificate = _new_record(caller, wanted, names, now)
        caller.require_reach(Permission.CERTIFICATES_WRITE, certificate.team_id, "such team")
        profile = self._profile(certificate)
        csr = _parsed(wanted.csr_pem, names)
        check_profile(profile, names, csr)
        self._check_issuer_and_key(certificate, profile, csr, now)
        job = _new_job(JobType.ISSUANCE, certificate, caller, csr, now)
        certificate = replace(certificate, open_job_id=job.id)
        ledger = self._stores.ledger
        steps = [
            *self._stores.certificates.create_steps(certificate, certificate.search_names),
            self._stores.jobs.create_step(job),
            ledger.certificate_event(caller.actor, "certificate_created", None, certificate, now),
            *ledger.count_steps(certificate.id, certificate_change(None, certificate), job_change(None, job)),
        ]
        self._stores.database.transact(steps)
        return self._started(certificate, job, csr)

    def renew(self, caller: Principal, certificate_id: str, csr_pem: str | None) -> Requested:
        """Opens a Renewal job: signed at once with a CSR, else it awaits one. Raises Conflict where the
        record is not alive, has an open job, or has 30 unexpired versions."""
        now = self._now()
        before = self._alive(caller, certificate_id, Permission.CERTIFICATES_WRITE, "be renewed")
        if before.open_job_id is not None:
            raise Conflict(f"The job {before.open_job_id} of this certificate is still open.")
        profile, names = self._profile(before), names_of(before.common_name, before.sans)
        csr = _parsed(csr_pem, names)
        check_profile(profile, names, csr)
        side_by_side(
            [
                partial(self._check_version_limit, before, now),
                partial(self._check_issuer, before, profile, csr, now),
                partial(self._check_key, csr),
            ]
        )
        job = _new_job(JobType.RENEWAL, before, caller, csr, now)
        after = before.changed(now, open_job_id=job.id, renewal_state=RenewalState.IN_PROGRESS)
        ledger = self._stores.ledger
        steps = [
            self._stores.certificates.save_step(before, after),
            self._stores.jobs.create_step(job),
            ledger.certificate_event(caller.actor, "certificate_renewal_requested", before, after, now),
            *ledger.count_steps(after.id, certificate_change(before, after), job_change(None, job)),
        ]
        self._stores.database.transact(steps)
        return self._started(after, job, csr)

    def submit_csr(self, caller: Principal, certificate_id: str, csr_pem: str) -> Requested:
        """Raises Conflict without an AwaitingCSR job, CsrRejected, NotFound."""
        now = self._now()
        certificate = self._alive(
            caller, certificate_id, Permission.CERTIFICATES_SUBMIT_CSR, "take a signing request"
        )
        job = self._awaiting(certificate)
        profile, names = self._profile(certificate), names_of(certificate.common_name, certificate.sans)
        csr = _checked(csr_pem, names)
        check_profile(profile, names, csr)
        self._check_issuer_and_key(certificate, profile, csr, now)
        started = replace(job, status=JobStatus.PENDING, csr_pem=csr.pem, due=_due_again(job, now))
        steps = [
            self._stores.jobs.start_step(job, csr.pem, now),
            self._stores.ledger.certificate_event(
                caller.actor, "certificate_csr_submitted", certificate, certificate, now, job_id=job.id
            ),
        ]
        self._stores.database.transact(steps)
        return self._started(certificate, started, csr)

    def _started(self, certificate: Certificate, job: Job, csr: CheckedCsr | None) -> Requested:
        if csr is None:
            return Requested(certificate, job)
        self._nudge(Nudge(job.id, job.due.epoch))
        return Requested(certificate, job, csr.ignored_extensions)

    def _alive(self, caller: Principal, certificate_id: str, permission: Permission, act: str) -> Certificate:
        certificate = self._stores.certificate_in_reach(caller, certificate_id, permission)
        certificate.require_alive(act)
        return certificate

    def _awaiting(self, certificate: Certificate) -> Job:
        job = self._stores.jobs.get(certificate.open_job_id) if certificate.open_job_id else None
        if job is None or job.status is not JobStatus.AWAITING_CSR:
            raise Conflict("No job of this certificate awaits a signing request. Start one with /renew.")
        return job

    def _check_issuer_and_key(
        self, certificate: Certificate, profile: Profile, csr: CheckedCsr | None, now: datetime
    ) -> None:
        of_issuer = partial(self._check_issuer, certificate, profile, csr, now)
        side_by_side([of_issuer, partial(self._check_key, csr)])

    def _check_version_limit(self, certificate: Certificate, now: datetime) -> None:
        unexpired = self._stores.certificates.unexpired_versions(certificate.id, now)
        if len(unexpired) >= MAX_UNEXPIRED_VERSIONS:
            raise Conflict(f"This certificate has {MAX_UNEXPIRED_VERSIONS} unexpired versions, the limit.")

    def _check_key(self, csr: CheckedCsr | None) -> None:
        if csr is not None and self._stores.compromised_keys.contains(csr.spki_sha256):
            raise CsrRejected(["the key is on the list of compromised keys; make a new one"])

    def _profile(self, certificate: Certificate) -> Profile:
        profile = self._profile_of(certificate.certificate_profile_id)
        if profile is None:
            missing = f"there is no profile {certificate.certificate_profile_id}; {_BUILT_IN} are built in"
            raise InvalidInput.of("certificate_profile_id", missing)
        return profile

    def _check_issuer(
        self, certificate: Certificate, profile: Profile, csr: CheckedCsr | None, now: datetime
    ) -> None:
        authority = self._stores.authorities.active_issuing(certificate.issuer_id)
        if authority is None:
            raise InvalidInput.of("issuer_id", f"no issuer {certificate.issuer_id} with an active CA")
        if now + profile.max_ttl > authority.not_after:
            raise InvalidInput.of(
                "issuer_id", f"the certificate would outlive the CA, which ends {authority.not_after:%F}"
            )
        if csr is not None:
            chain = load_certificates(authority.certificate_pem + authority.chain_pem)
            check_not_ca_key(csr.public_key, chain)


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
    kind: JobType, certificate: Certificate, caller: Principal, csr: CheckedCsr | None, now: datetime
) -> Job:
    """With a CSR it is due now; without, its time is the end of the wait for one."""
    return Job(
        id=new_id("job", now),
        type=kind,
        certificate_id=certificate.id,
        team_id=certificate.team_id,
        status=JobStatus.PENDING if csr else JobStatus.AWAITING_CSR,
        created_at=now,
        scheduled_at=now,
        requested_by=caller.key_id,
        csr_pem=csr.pem if csr else None,
        due=Due(due_at=now if csr else now + AWAITING_CSR_TIMEOUT),
    )


def _default_team(caller: Principal) -> str:
    return DEFAULT_TEAM if ALL_TEAMS in caller.teams or not caller.teams else caller.teams[0]


def _due_again(job: Job, now: datetime) -> Due:
    return replace(job.due, due_at=now, epoch=job.due.epoch + 1)
