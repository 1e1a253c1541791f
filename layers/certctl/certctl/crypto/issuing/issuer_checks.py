"""Checks, before an issuer is asked, what it cannot issue."""

from collections.abc import Sequence
from datetime import datetime

from cryptography.x509 import TLSFeature

from certctl.crypto.issuing.copied_requests import differences
from certctl.crypto.issuing.csr import CheckedCsr
from certctl.crypto.issuing.subject_checks import group_reasons
from certctl.crypto.names import San
from certctl.crypto.x509_values import oid_name
from certctl.domain.authorities.authorities import Authority
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.records import Issuer
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.errors import FieldProblem
from certctl.domain.issuing.kinds.definitions import IssuerDefinition
from certctl.domain.issuing.kinds.registry import IssuerKinds
from certctl.domain.policies.profiles import Profile

_MUST_STAPLE = (
    "the request asks for must-staple (the TLS feature extension, RFC 7633), which certificates of this CA "
    "do not have: make the request without it"
)
_NEEDS_NAMES = "an external issuer takes the names from the signing request, and this one has none"


def issuer_problems(
    issuer: AnyEntry | None,
    kinds: IssuerKinds,
    names: tuple[San, ...],
    csr: CheckedCsr | None,
    authority: Authority | None,
    until: datetime,
) -> list[FieldProblem]:
    """Empty if the issuer is missing: `References` reports that."""
    if issuer is None:
        return []
    definition = kinds.of(issuer.content.type)
    if not definition.signs_locally:
        return _external_problems(definition, issuer.content, names, csr)
    problems = _dropped_problems(csr)
    if authority is None:
        return [*problems, FieldProblem("issuer_id", f"no issuer {issuer.id} with an active CA")]
    if until > authority.not_after:
        end = f"the certificate would outlive the CA, which ends {authority.not_after:%F}"
        return [*problems, FieldProblem("issuer_id", end)]
    return problems


def _dropped_problems(csr: CheckedCsr | None) -> list[FieldProblem]:
    """Other extensions are dropped and listed in the answer. Without this one, clients would accept a server
    that shows no staple, which its owner wants refused."""
    asks = csr is not None and oid_name(TLSFeature.oid) in csr.ignored_extensions
    return [FieldProblem("csr_pem", _MUST_STAPLE)] if asks else []


def _external_problems(
    definition: IssuerDefinition, issuer: Issuer, names: Sequence[San], csr: CheckedCsr | None
) -> list[FieldProblem]:
    """Names that it cannot issue for, and a request without names or with a subject that gives power."""
    rule, config = definition.reasons_against, issuer.config
    problems = [FieldProblem("sans", reason) for n in names for reason in rule(config, n.kind, n.value)]
    if csr is None:
        return problems
    reasons = [*([] if csr.names else [_NEEDS_NAMES]), *group_reasons(csr)]
    return [*problems, *(FieldProblem("csr_pem", reason) for reason in reasons)]


def copying_problems(
    issuer: AnyEntry | None,
    kinds: IssuerKinds,
    certificate: Certificate,
    profile: Profile,
    csr: CheckedCsr | None,
) -> list[FieldProblem]:
    """How the CSR differs from the record, for an issuer that copies it; empty for others."""
    if issuer is None or csr is None or not kinds.of(issuer.content.type).copies_request:
        return []
    return [FieldProblem("csr_pem", reason) for reason in differences(csr, certificate, profile)]
