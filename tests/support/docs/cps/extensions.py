"""Which extensions the certificates have that the code makes."""

from collections.abc import Mapping, Sequence

from cryptography import x509

from certctl.crypto.issuing.issuing import issue_leaf
from tests.support.authorities.authority import a_request, chain_of, new_authority
from tests.support.status.ocsp import a_responder


def extensions_of_certificates() -> Mapping[str, Sequence[str]]:
    """Name of the extension -> of root, issuing CA, leaf and responder: `C` (critical), `x`, or `-`."""
    made = [{each.oid: each.critical for each in certificate.extensions} for certificate in _certificates()]
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
