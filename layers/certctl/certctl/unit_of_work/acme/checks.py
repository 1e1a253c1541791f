"""What an order is checked for: at newOrder without a CSR, and at finalize with one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from certctl.crypto.issuing.csr import CheckedCsr
from certctl.crypto.names import names_of
from certctl.domain.access.permissions import Permission
from certctl.domain.acme.eab_keys import EabKey
from certctl.domain.acme.identifiers import Identifier
from certctl.domain.acme.ordering.certificates import certificate_for
from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.acme.views import AcmeCaller
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.jobs.new_jobs import JobRules
from certctl.domain.jobs.statuses import Worker
from certctl.domain.policies.profiles import Profile
from certctl.store.paging import in_parallel
from certctl.unit_of_work.acme.records import NamedRecord
from certctl.unit_of_work.certificates.admission import Admission
from certctl.unit_of_work.effects import PolicyEffects
from certctl.unit_of_work.policies.enforcement import PolicyEnforcement

_ATTEMPTS = 4
_RETRY_SECONDS = 3.0
"""Waits of 3, 6 and 12 s: lego gives up after 30."""
_REVOKED = "The EAB key of this ACME account was revoked."


@dataclass(frozen=True)
class CheckedOrder:
    """The record that is made, or renewed as it is; the settings of its job, and what its policies find."""

    certificate: Certificate
    rules: JobRules
    effects: PolicyEffects
    longest: timedelta
    """The longest lifetime of a certificate by its profile."""


@dataclass(frozen=True)
class OrderChecks:
    admission: Admission
    policies: PolicyEnforcement

    def require_profile(self, key: EabKey, profile_id: str) -> Profile:
        """The profile, if orders may name it. Raises AcmeProblem, and Unavailable."""
        profile = None
        if profile_id in key.profile_ids:
            profile = self.admission.references.book.profile(profile_id)
        if profile is None:
            known = ", ".join(key.profile_ids)
            detail = f"There is no such profile for this ACME account. Its profiles are: {known}."
            raise AcmeProblem(ProblemType.INVALID_PROFILE, detail)
        if profile.approvals:
            detail = f"Certificates of the profile {profile_id} need approval, which ACME has no time for."
            raise AcmeProblem(ProblemType.INVALID_PROFILE, detail)
        return profile

    def check(
        self,
        caller: AcmeCaller,
        identifiers: Sequence[Identifier],
        profile_id: str,
        record: NamedRecord,
        csr: CheckedCsr | None,
        now: datetime,
    ) -> CheckedOrder:
        """Checks all preconditions in one round trip's time, as of a request by the API. Raises AcmeProblem,
        InvalidInput with each reason, CsrRejected, PolicyRefused once it is recorded, NotFound for a team
        in which the service account may not write."""
        profile = self.require_profile(caller.eab_key, profile_id)
        if record.certificate is None or record.is_left:
            return self._check_new(caller, identifiers, profile_id, profile, csr, now)
        return self._check_known(caller, record.certificate, profile, csr, now)

    def _check_new(
        self,
        caller: AcmeCaller,
        identifiers: Sequence[Identifier],
        profile_id: str,
        profile: Profile,
        csr: CheckedCsr | None,
        now: datetime,
    ) -> CheckedOrder:
        certificate = certificate_for(caller, identifiers, profile_id, now)
        caller.principal.require_reach(Permission.CERTIFICATES_WRITE, certificate.team_id, "such team")
        referred = partial(self.admission.references.problems, caller.principal, None, certificate)
        names = names_of(certificate.common_name, certificate.sans)
        rules = self.admission.check(certificate, names, csr, referred, now)
        effects = self.policies.enforce_new(caller.principal.actor, certificate, now)
        return CheckedOrder(certificate, _for_acme(rules), effects, profile.max_ttl)

    def _check_known(
        self,
        caller: AcmeCaller,
        certificate: Certificate,
        profile: Profile,
        csr: CheckedCsr | None,
        now: datetime,
    ) -> CheckedOrder:
        """The refusals of a renewal: the record may be exempt from the names of its team (ADR 36)."""
        referred = partial(self.admission.references.unusable_by, caller.principal, certificate)
        names = names_of(certificate.common_name, certificate.sans)
        rules, standing = in_parallel(
            lambda: self.admission.check(certificate, names, csr, referred, now),
            lambda: self.policies.standing(certificate),
        )
        effects = self.policies.enforce(caller.principal.actor, certificate, now, standing)
        return CheckedOrder(certificate, _for_acme(rules), effects, profile.max_ttl)


def require_not_revoked(key: EabKey) -> None:
    """Raises AcmeProblem."""
    if key.is_revoked:
        raise AcmeProblem(ProblemType.UNAUTHORIZED, _REVOKED)


def _for_acme(rules: JobRules) -> JobRules:
    """Raises AcmeProblem if no job of an ACME order can have these rules."""
    if rules.worker is not Worker.SIGNING:
        detail = "The issuer of this EAB key is not this stack's own CA: it issues by the API only."
        raise AcmeProblem(ProblemType.UNAUTHORIZED, detail)
    return replace(rules, max_attempts=_ATTEMPTS, retry_base_seconds=_RETRY_SECONDS)
