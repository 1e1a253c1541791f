"""The root above a chain, which servers do not send, but which HAProxy needs to verify OCSP responses."""

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID

from certctl_client.agent.bundles import Bundle
from certctl_client.agent.errors import DeploymentFailed
from certctl_client.crl.checks import is_issued_by
from certctl_client.crl.documents import load_certificates
from certctl_client.crl.public import PublicObjects
from certctl_client.errors import CommandError

_MOST_ABOVE = 4


def with_root(bundle: Bundle) -> bytes:
    """Leaf, chain, root and key. Each certificate names the URL of the one above it (AIA, RFC 5280, section
    4.2.2.1), whose key must have signed it. Raises DeploymentFailed."""
    return bundle.leaf + bundle.chain + _above(bundle) + bundle.key


def _above(bundle: Bundle) -> bytes:
    last = x509.load_pem_x509_certificates(bundle.leaf + bundle.chain)[-1]
    found: list[x509.Certificate] = []
    with PublicObjects(None) as public:
        while last.issuer != last.subject:
            if len(found) == _MOST_ABOVE:
                raise DeploymentFailed(f"There is no root within {_MOST_ABOVE} certificates above the chain.")
            last = _issuer_of(public, last)
            found.append(last)
    return b"".join(each.public_bytes(Encoding.PEM) for each in found)


def _issuer_of(public: PublicObjects, certificate: x509.Certificate) -> x509.Certificate:
    url = _issuer_url(certificate)
    try:
        found = load_certificates(public.fetch(url)[1])
    except CommandError as error:
        raise DeploymentFailed(f"The CA above the chain cannot be read: {error.message}") from None
    issuer = next((each for each in found if is_issued_by(certificate, each)), None)
    if issuer is None:
        raise DeploymentFailed(f"What is at {url} has not issued the last certificate of the chain.")
    return issuer


def _issuer_url(certificate: x509.Certificate) -> str:
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except (x509.ExtensionNotFound, ValueError):
        access = x509.AuthorityInformationAccess([])
    urls = [
        str(each.access_location.value)
        for each in access
        if each.access_method == AuthorityInformationAccessOID.CA_ISSUERS
    ]
    if not urls:
        raise DeploymentFailed("The last certificate of the chain does not name the URL of its issuer.")
    return urls[0]
