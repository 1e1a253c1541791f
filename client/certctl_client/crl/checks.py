"""Checks whether a CRL may be relied on (RFC 5280 section 6.3.3, for CRLs of one issuer)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa

from certctl_client.crl.documents import Crl
from certctl_client.errors import CommandError
from certctl_client.times import wire

# Tolerance for clocks that differ.
_SKEW = timedelta(minutes=5)
_UNDERSTOOD = (x509.IssuingDistributionPoint, x509.CRLNumber, x509.AuthorityKeyIdentifier)


def issuer_of(crl: Crl, candidates: Sequence[x509.Certificate]) -> x509.Certificate:
    """The CA that the CRL names as issuer; if several match, the one whose key fits. Raises CommandError."""
    named = [c for c in candidates if c.subject == crl.document.issuer]
    if not named:
        raise CommandError(
            f"No CA certificate given is that of the CRL's issuer, {crl.document.issuer.rfc4514_string()}.",
            "Give it with --ca.",
        )
    return next((ca for ca in named if is_signed_by(crl, ca)), named[0])


def faults_of(crl: Crl, ca: x509.Certificate, now: datetime) -> list[str]:
    """Reasons not to rely on the CRL; empty if there are none."""
    checks: Sequence[Callable[[], Iterator[str]]] = (
        lambda: _of_signature(crl, ca),
        lambda: _of_authority(ca, now),
        lambda: _of_freshness(crl, now),
        lambda: _of_scope(crl),
    )
    return [fault for check in checks for fault in check()]


def scope_faults(crl: Crl, ca: x509.Certificate, leaf: x509.Certificate) -> list[str]:
    """Reasons why the CRL does not cover the certificate."""
    faults = [] if is_issued_by(leaf, ca) else ["the certificate has another issuer than the CRL"]
    if crl.scope_urls and not set(crl.scope_urls) & set(distribution_urls(leaf)):
        faults.append("the CRL is for certificates of another distribution point")
    return faults


def distribution_urls(certificate: x509.Certificate) -> list[str]:
    """URLs of the certificate's CRL distribution points."""
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    return [str(name.value) for point in points for name in point.full_name or ()]


def is_signed_by(crl: Crl, ca: x509.Certificate) -> bool:
    key = ca.public_key()
    kinds = (rsa.RSAPublicKey, ec.EllipticCurvePublicKey, ed25519.Ed25519PublicKey, ed448.Ed448PublicKey)
    try:
        return isinstance(key, kinds) and crl.document.is_signature_valid(key)
    except Exception:  # for algorithms that the library does not know
        return False


def _of_signature(crl: Crl, ca: x509.Certificate) -> Iterator[str]:
    if not is_signed_by(crl, ca):
        yield "the signature is not by this CA certificate"


def _of_authority(ca: x509.Certificate, now: datetime) -> Iterator[str]:
    if not ca.not_valid_before_utc - _SKEW <= now <= ca.not_valid_after_utc:
        begins, ends = wire(ca.not_valid_before_utc), wire(ca.not_valid_after_utc)
        yield f"the CA certificate is valid from {begins} to {ends} only"
    usage = next((e.value for e in ca.extensions if isinstance(e.value, x509.KeyUsage)), None)
    if usage is not None and not usage.crl_sign:
        yield "the CA certificate may not sign CRLs"


def _of_freshness(crl: Crl, now: datetime) -> Iterator[str]:
    if crl.this_update > now + _SKEW:
        yield f"it is from the future: {wire(crl.this_update)}"
    if crl.next_update is None:
        yield "it has no next update, so its freshness is unknown"
    elif crl.next_update <= now:
        yield f"it is stale: the next one was due at {wire(crl.next_update)}"


def _of_scope(crl: Crl) -> Iterator[str]:
    unknown = [e for e in crl.document.extensions if e.critical and not isinstance(e.value, _UNDERSTOOD)]
    if unknown:
        yield "it has critical extensions that are not understood"
    if crl.idp and (crl.idp.only_some_reasons or crl.idp.indirect_crl or crl.idp.only_contains_ca_certs):
        yield "it does not cover every reason or every certificate of its issuer"


def is_issued_by(certificate: x509.Certificate, ca: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(ca)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
