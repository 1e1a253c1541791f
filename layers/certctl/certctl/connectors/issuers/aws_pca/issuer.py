"""AWS Private CA as issuer. It signs by one call, and nothing lists what it has signed: a token makes the
call repeatable for five minutes, and after them nobody can tell what became of it (ADR 80)."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from cryptography import x509

from certctl.connectors.issuers.aws_pca.calls import (
    REASONS,
    CertificateAuthority,
    IssuanceFailed,
    PrivateCa,
)
from certctl.connectors.issuers.aws_pca.failures import NoAnswer, NotNow, Refused
from certctl.connectors.issuers.aws_pca.orders import Plan, TokenOrder, order_of
from certctl.connectors.issuers.base import IssuerDependencies, IssuerUnavailable
from certctl.crypto.issuing.signed_leaves import leaf_faults
from certctl.crypto.pem import load_certificates
from certctl.crypto.serials import serial_text
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.issuing.external import (
    Issued,
    IssueOutcome,
    LeafTerms,
    NothingSigned,
    OrderRequest,
    Pending,
    ReasonRefused,
    Rejected,
    RenewalWindow,
    RevocationConfirmed,
    RevocationOutcome,
    SettleOutcome,
    StillOpen,
    Unknown,
)
from certctl.domain.issuing.kinds.aws_pca import (
    LONGEST_SHORT_LIVED,
    PcaSettings,
    UsageMode,
    pca_settings,
    region_of,
    usages_of,
)
from certctl.domain.policies.usages import usage_oid

_SIGNING = timedelta(seconds=1)
_STILL_SIGNING = timedelta(seconds=5)
_KNOWN_FOR = timedelta(minutes=5)
_WHERE = (
    "Look for it in CloudTrail (event IssueCertificate, by the token {token}) and in the CA's audit report"
    " (CreateCertificateAuthorityAuditReport)."
)


@dataclass(frozen=True)
class AwsPcaIssuers:
    """Makes the issuers of this kind. `client` creates acm-pca clients by region, which send each request
    once; `token` makes idempotency tokens of at most 36 characters."""

    client: Callable[[str], Any]
    now: Callable[[], datetime]
    token: Callable[[], str]
    _known: dict[str, tuple[CertificateAuthority, datetime]] = field(default_factory=dict)

    def build(self, entry: AnyEntry, dependencies: IssuerDependencies) -> "AwsPcaIssuer":
        noted = partial(dependencies.health.record, entry.id)
        return AwsPcaIssuer(pca_settings(entry.content.config), self, noted)

    def ca(self, arn: str, noted: Callable[[str | None], None]) -> PrivateCa:
        return PrivateCa(arn, self.client(region_of(arn)), noted)

    def authority(self, ca: PrivateCa) -> CertificateAuthority:
        """Key and mode of a CA never change; its state is known five minutes late at most."""
        found, until = self._known.get(ca.arn, (None, self.now()))
        if found is None or self.now() >= until:
            found = ca.describe()
            self._known[ca.arn] = found, self.now() + _KNOWN_FOR
        return found


@dataclass(frozen=True)
class AwsPcaIssuer:
    settings: PcaSettings
    kind: AwsPcaIssuers
    noted: Callable[[str | None], None]

    @property
    def _ca(self) -> PrivateCa:
        return self.kind.ca(self.settings.ca_arn, self.noted)

    def submit(self, request: OrderRequest) -> IssueOutcome:
        """Asks AWS for nothing but the CA's key: the token is stored before it is used."""
        if request.terms is None:
            raise ValueError("an order needs the terms of its certificate")
        try:
            with _awaited():
                authority = self.kind.authority(self._ca)
        except Refused as refused:
            return Rejected(str(refused), nothing_signed=True)
        return self._planned(authority, request.terms)

    def _planned(self, authority: CertificateAuthority, terms: LeafTerms) -> IssueOutcome:
        template = self.settings.template_arn(terms.extended_key_usages)
        reasons = self._reasons_against(authority, terms)
        if reasons or template is None or authority.signing_algorithm is None:
            return Rejected("; ".join(reasons), nothing_signed=True)
        algorithm = authority.signing_algorithm
        plan = Plan(self.settings.ca_arn, template, algorithm, terms.backdated, terms.lifetime)
        return self._with_token(plan)

    def _reasons_against(self, authority: CertificateAuthority, terms: LeafTerms) -> list[str]:
        reasons = []
        if self.settings.template_arn(terms.extended_key_usages) is None:
            reasons.append(f"no base template of AWS has {', '.join(terms.extended_key_usages)}")
        if authority.signing_algorithm is None:
            reasons.append(f"the CA's key is {authority.key_algorithm}, which certctl does not support")
        if authority.usage_mode == UsageMode.SHORT_LIVED and terms.lifetime > LONGEST_SHORT_LIVED:
            reasons.append("the CA is in the mode for short-lived certificates: 7 days at most")
        ends = self.kind.now() + terms.lifetime - terms.backdated
        if authority.not_after is not None and ends > authority.not_after:
            reasons.append(f"the certificate would outlive the CA, which ends {authority.not_after:%F}")
        return reasons

    def advance(self, request: OrderRequest, progress: Mapping[str, Any]) -> IssueOutcome:
        order = order_of(progress)
        if isinstance(order, Plan):
            return self._with_token(order)
        if order.certificate_arn is not None:
            return self._fetched(order, order.certificate_arn, request.csr_pem)
        known = order.in_doubt() if request.is_repeated else order
        if known.is_repeatable(self.kind.now()):
            return self._requested(known, request.csr_pem)
        return Unknown(_in_doubt(known)) if known.may_be_known else self._with_token(order.plan)

    def _with_token(self, plan: Plan) -> Pending:
        return plan.with_token(self.kind.token(), self.kind.now()).pending()

    def _requested(self, order: TokenOrder, csr_pem: str) -> IssueOutcome:
        """Within the time of the token, so that the request may have been made before."""
        try:
            arn = self._ca_of(order).issue(order, csr_pem)
        except Refused as refused:
            return _refused(order, str(refused))
        except NotNow as later:
            # What was not requested may wait for as long as it takes, and leaves nothing to settle.
            kept = order.pending() if order.may_be_known else order.plan.pending()
            raise IssuerUnavailable(str(later), later.retry_after, kept) from None
        except NoAnswer as lost:
            raise IssuerUnavailable(str(lost), None, order.in_doubt().pending()) from None
        return order.issued_as(arn).pending(_SIGNING)

    def _fetched(self, order: TokenOrder, certificate_arn: str, csr_pem: str) -> IssueOutcome:
        try:
            chain = self._chain(order, certificate_arn)
        except (Refused, IssuanceFailed) as failed:
            return Rejected(str(failed))
        if chain is None:
            return order.pending(_STILL_SIGNING)
        return Issued(chain, faults=_faults(chain, csr_pem, order))

    def _chain(self, order: TokenOrder, certificate_arn: str) -> str | None:
        with _awaited():
            return self._ca_of(order).chain(certificate_arn)

    def _ca_of(self, order: TokenOrder) -> PrivateCa:
        return self.kind.ca(order.plan.ca_arn, self.noted)

    def settle(self, progress: Mapping[str, Any]) -> SettleOutcome:
        """Never repeats the request: it might be the first one."""
        order = order_of(progress)
        if isinstance(order, Plan):
            return NothingSigned()
        if order.certificate_arn is None:
            return Unknown(_in_doubt(order))
        try:
            chain = self._chain(order, order.certificate_arn)
        except IssuanceFailed:
            return NothingSigned()
        except Refused as refused:
            return Unknown(f"{refused}. {_WHERE.format(token=order.token)}")
        return StillOpen(_STILL_SIGNING) if chain is None else Issued(chain)

    def revoke(self, certificate_pem: str, reason_code: int | None) -> RevocationOutcome:
        """AWS has no request without a reason; RFC 5280 (5.3.1) gives it the meaning of reason 0."""
        reason = REASONS.get(reason_code or 0)
        if reason is None:
            return ReasonRefused(f"AWS Private CA knows no reason {reason_code}")
        try:
            with _awaited():
                was_revoked = self._ca.revoke(_serial_of(certificate_pem), reason)
        except Refused as refused:
            return Rejected(str(refused))
        return RevocationConfirmed(was_revoked)

    def server_fault(self) -> str | None:
        try:
            found = self._ca.describe()
        except (Refused, NotNow, NoAnswer) as failure:
            return str(failure)
        if not found.is_active:
            return f"the CA is {found.status}, not ACTIVE"
        if found.usage_mode != self.settings.usage_mode:
            return f"the CA is in the mode {found.usage_mode}; the issuer's usage_mode says otherwise"
        if found.signing_algorithm is None:
            return f"the CA's key is {found.key_algorithm}, which certctl does not support"
        return None

    def renewal_window(self, certificate_pem: str) -> RenewalWindow | None:
        """AWS suggests none."""
        return None


@contextmanager
def _awaited() -> Iterator[None]:
    """Postpones calls that may be repeated at any time."""
    try:
        yield
    except NotNow as later:
        raise IssuerUnavailable(str(later), later.retry_after) from None
    except NoAnswer as lost:
        raise IssuerUnavailable(str(lost)) from None


def _refused(order: TokenOrder, reason: str) -> Rejected | Unknown:
    """An earlier request may have been accepted all the same."""
    if order.may_be_known:
        return Unknown(f"{reason}. {_in_doubt(order)}")
    return Rejected(reason, nothing_signed=True)


def _in_doubt(order: TokenOrder) -> str:
    when = f"{order.stored_at:%FT%TZ}"
    return f"AWS Private CA may have got a request since {when}. {_WHERE.format(token=order.token)}"


def _faults(chain: str, csr_pem: str, order: TokenOrder) -> tuple[str, ...]:
    usages = {x509.ObjectIdentifier(usage_oid(each)) for each in usages_of(order.plan.template_arn)}
    return leaf_faults(chain, csr_pem, usages, order.not_before, order.not_after)


def _serial_of(certificate_pem: str) -> str:
    """Octets with colons, as in AWS's own examples."""
    digits = serial_text(load_certificates(certificate_pem)[0].serial_number)
    return ":".join(digits[start : start + 2] for start in range(0, len(digits), 2))
