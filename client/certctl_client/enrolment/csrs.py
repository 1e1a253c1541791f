"""CSRs with the names of their certificates: issuers other than the stack's own CA take the names there."""

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from certctl_client.enrolment.keys import PrivateKey, signature_hash

_LONGEST_COMMON_NAME = 64  # RFC 5280, ub-common-name
_URI_START = re.compile(r"([a-z][a-z0-9+.-]*://|urn:)", re.IGNORECASE)
GENERAL_NAMES: Mapping[str, Callable[[str], x509.GeneralName]] = {
    "DNS": x509.DNSName,
    "email": x509.RFC822Name,
    "URI": x509.UniformResourceIdentifier,
    "IP": lambda text: x509.IPAddress(ipaddress.ip_address(text)),
}
_KINDS = {kind.lower(): kind for kind in GENERAL_NAMES}


def csr_of(key: PrivateKey, common_name: str, names: Sequence[x509.GeneralName]) -> bytes:
    """The CSR in PEM. A common name that X.520 has no room for is left out. Raises ValueError for one that no
    subject may have."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(_subject(common_name))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(key, signature_hash(key)).public_bytes(Encoding.PEM)


def csr_pem(key: PrivateKey, common_name: str, sans: Sequence[str]) -> bytes:
    """A CSR with all names as the server reads them, the common name first. If one of them is no name, the
    CSR has none: the server then says what is wrong with it."""
    try:
        texts = dict.fromkeys([common_name, *sans])
        names = dict.fromkeys(general_name(text) for text in texts)
        return csr_of(key, common_name, list(names))
    except ValueError:
        return csr_of(key, "", ())


def general_name(text: str) -> x509.GeneralName:
    """A name with or without `DNS:`, `IP:`, `email:`, `URI:`. Raises ValueError."""
    prefix, colon, value = text.partition(":")
    kind = _KINDS.get(prefix.lower())
    if colon and kind:
        return GENERAL_NAMES[kind](value)
    return GENERAL_NAMES[_kind_of(text)](text)


def _kind_of(text: str) -> str:
    if _is_ip(text):
        return "IP"
    if _URI_START.match(text):
        return "URI"
    return "email" if "@" in text else "DNS"


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _subject(common_name: str) -> x509.Name:
    if not 0 < len(common_name) <= _LONGEST_COMMON_NAME:
        return x509.Name([])
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
