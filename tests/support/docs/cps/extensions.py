"""Which extensions certificates and CRLs have that the code makes."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from cryptography import x509

from certctl.crypto.issuing.issuing import issue_leaf
from certctl.crypto.status.crl_building import RevokedEntry, build_crl
from tests.support.authorities.authority import CRL_URL, a_request, chain_of, new_authority
from tests.support.status.ocsp import a_responder


def extensions_of_certificates() -> Mapping[str, Sequence[str]]:
    """Name of the extension -> of root, issuing CA, leaf and responder: `C` (critical), `x`, or `-`."""
    return _table([certificate.extensions for certificate in _certificates()])


def _table(columns: Sequence[x509.Extensions]) -> Mapping[str, Sequence[str]]:
    made = [{each.oid: each.critical for each in extensions} for extensions in columns]
    oids = dict.fromkeys(oid for extensions in made for oid in extensions)
    return {oid._name: [_cell(extensions.get(oid)) for extensions in made] for oid in oids}


def _cell(critical: bool | None) -> str:
    return {True: "C", False: "x", None: "-"}[critical]


def _certificates() -> list[x509.Certificate]:
    authority = new_authority()
    request = a_request(ocsp_url="http://pki.example.com/ocsp/ca-issuing")
    return [
        authority.root,
        authority.issuing,
        issue_leaf(request, chain_of(authority), authority.issuing_key),
        x509.load_der_x509_certificate(a_responder(authority).certificate),
    ]


def extensions_of_crls() -> Mapping[str, Sequence[str]]:
    """The same of a complete CRL, of a shard, of an entry without a reason and of one with all that it may
    have."""
    complete, shard = _crl(None), _crl(CRL_URL)
    plain, dated = list(shard)
    return _table([complete.extensions, shard.extensions, plain.extensions, dated.extensions])


def _crl(idp_url: str | None) -> x509.CertificateRevocationList:
    authority, now = new_authority(), datetime.now(UTC)
    entries = [
        RevokedEntry("0a", now, "unspecified", None),
        RevokedEntry("0b", now, "keyCompromise", now - timedelta(days=1)),
    ]
    times = now, now + timedelta(hours=72)
    der = build_crl(authority.issuing, authority.issuing_key, entries, 1, *times, idp_url)
    return x509.load_der_x509_crl(der)
