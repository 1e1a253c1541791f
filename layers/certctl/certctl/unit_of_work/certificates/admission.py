"""Preconditions for issuing: names, CSR, catalog references, issuer. Policies are separate: see
`unit_of_work.policies`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from certctl.crypto.issuing.chains import issuing_chain
from certctl.crypto.issuing.csr import CheckedCsr, check_names_within, parse_csr
from certctl.crypto.issuing.issuer_checks import copying_problems, issuer_problems
from certctl.crypto.issuing.issuing import check_not_ca_key, leaf_problems, planned_leaf
from certctl.crypto.issuing.profile_checks import profile_problems
from certctl.crypto.issuing.subject_checks import ignored_subject
from certctl.crypto.names import San
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.errors import CsrRejected, FieldProblem, InvalidInput
from certctl.domain.jobs.new_jobs import JobRules
from certctl.store.paging import in_parallel
from certctl.unit_of_work.certificates.references import References
from certctl.unit_of_work.jobs.workers import worker_of
from certctl.unit_of_work.stores import Stores

MAX_NAMES_AND_TARGETS = 90
"""Each is an action of the transaction that creates the certificate."""


@dataclass(frozen=True)
class Admission:
    stores: Stores
    references: References

    def check(
        self,
        certificate: Certificate,
        names: tuple[San, ...],
        csr: CheckedCsr | None,
        referred: Callable[[], list[FieldProblem]],
        now: datetime,
    ) -> JobRules:
        """Checks all preconditions in one round trip's time; `referred` returns the problems of its
        references. Raises InvalidInput and CsrRejected with every reason."""
        book = self.references.book
        problems, authority, of_key, policy, _ = in_parallel(
            referred,
            lambda: self.stores.authorities.active_issuing(certificate.issuer_id),
            lambda: self._key_problems(csr),
            lambda: book.renewal_policy(certificate.renewal_policy_id),
            lambda: in_parallel(book.policies, book.names),
        )
        profile = book.profile(certificate.certificate_profile_id)
        issuer = book.find(Kind.ISSUER, certificate.issuer_id)
        chain = issuing_chain(authority) if authority else None
        if profile is not None:
            problems += profile_problems(profile, names, certificate.subject, csr)
            _, until = profile.validity(now)
            problems += issuer_problems(issuer, book.kinds.issuers, names, csr, authority, until)
            problems += copying_problems(issuer, book.kinds.issuers, certificate, profile, csr)
        if profile is not None and chain is not None:
            problems += leaf_problems(chain, planned_leaf(certificate, names, profile))
        problems += of_key + _size_problems(certificate)
        if csr is not None and chain is not None:
            check_not_ca_key(csr.public_key, [link.certificate for link in chain.links])
        _refuse(problems)
        return JobRules(
            approvals=profile.approvals if profile else 0,
            max_attempts=max(1, policy.max_retries),
            retry_base_seconds=policy.retry_interval_seconds,
            worker=worker_of(book, certificate.issuer_id),
        )

    def ignored_subject(self, certificate: Certificate, csr: CheckedCsr | None) -> tuple[str, ...]:
        """The attributes of the request's subject that its leaf will not have."""
        profile = self.references.book.profile(certificate.certificate_profile_id)
        return ignored_subject(profile, csr) if profile and csr else ()

    def _key_problems(self, csr: CheckedCsr | None) -> list[FieldProblem]:
        reason = self.stores.refused_keys.reason_against(csr.spki_sha256) if csr else None
        return [FieldProblem("csr_pem", reason)] if reason else []


def request_within(csr_pem: str, names: tuple[San, ...]) -> CheckedCsr:
    """The parsed CSR, if it requests exactly these names. Raises CsrRejected."""
    csr = parse_csr(csr_pem)
    check_names_within(csr, names)
    return csr


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
