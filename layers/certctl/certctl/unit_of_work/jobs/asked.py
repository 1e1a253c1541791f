"""Whether what a job asks for may still be signed: names and key by the profile, key not refused."""

from certctl.crypto.issuing.csr import CheckedCsr, parse_csr
from certctl.crypto.issuing.profile_checks import profile_problems
from certctl.crypto.names import names_of
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle
from certctl.domain.errors import CsrRejected, FieldProblem, InvalidInput
from certctl.domain.jobs.jobs import Job
from certctl.domain.policies.profiles import Profile
from certctl.store.issuing.refused_keys import RefusedKeys


def request_problems(
    job: Job, certificate: Certificate, profile: Profile, refused: RefusedKeys
) -> list[FieldProblem]:
    """Each reason why its worker would refuse the request now; raises nothing. During a hold of the
    certificate itself the job waits, and its key is among those held."""
    names = names_of(certificate.common_name, certificate.sans)
    try:
        csr = parse_csr(job.csr_pem) if job.csr_pem else None
    except CsrRejected as rejected:
        return list(rejected.problems)
    asked_for = (csr.names if csr else None) or names
    problems = profile_problems(profile, asked_for, certificate.subject, csr)
    if csr is None or certificate.lifecycle is Lifecycle.ON_HOLD:
        return problems
    return problems + _key_problems(csr, refused)


def require_request(job: Job, certificate: Certificate, profile: Profile, refused: RefusedKeys) -> None:
    """Raises InvalidInput with each of them."""
    problems = request_problems(job, certificate, profile, refused)
    if problems:
        raise InvalidInput("This certificate may not be issued any more.", problems)


def _key_problems(csr: CheckedCsr, refused: RefusedKeys) -> list[FieldProblem]:
    reason = refused.reason_against(csr.spki_sha256)
    return [FieldProblem("csr_pem", reason)] if reason else []
