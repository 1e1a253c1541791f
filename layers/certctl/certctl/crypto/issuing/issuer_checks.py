"""What an issuer cannot issue: known before it is asked."""

from collections.abc import Sequence
from datetime import datetime

from certctl.crypto.issuing.csr import CheckedCsr
from certctl.crypto.names import San
from certctl.domain.authorities.authorities import Authority
from certctl.domain.catalog.records import AnyEntry, Issuer, IssuerType
from certctl.domain.errors import FieldProblem
from certctl.domain.issuing.acme import acme_settings

_NEEDS_NAMES = "an external issuer takes the names from the signing request, and this one has none"


def issuer_problems(
    issuer: AnyEntry | None,
    names: tuple[San, ...],
    csr: CheckedCsr | None,
    authority: Authority | None,
    until: datetime,
) -> list[FieldProblem]:
    """None where there is no issuer: that is said of what is referred to."""
    if issuer is None:
        return []
    if issuer.content.type is not IssuerType.GENERIC_CA:
        return _external_problems(issuer.content, names, csr)
    if authority is None:
        return [FieldProblem("issuer_id", f"no issuer {issuer.id} with an active CA")]
    if until > authority.not_after:
        end = f"the certificate would outlive the CA, which ends {authority.not_after:%F}"
        return [FieldProblem("issuer_id", end)]
    return []


def _external_problems(issuer: Issuer, names: Sequence[San], csr: CheckedCsr | None) -> list[FieldProblem]:
    """Names that it cannot be given proof of, and a request without names."""
    settings = acme_settings(issuer.config)
    reasons = [reason for name in names for reason in settings.reasons_against(name.kind, name.value)]
    problems = [FieldProblem("sans", reason) for reason in reasons]
    return problems if csr is None or csr.names else [*problems, FieldProblem("csr_pem", _NEEDS_NAMES)]
