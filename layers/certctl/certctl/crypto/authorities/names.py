"""What a new CA takes over from its predecessor."""

import re

from cryptography import x509
from cryptography.x509.oid import NameOID

_NUMBERED = re.compile(r"(.*?)([0-9]+)", re.DOTALL)


def next_subject(certificate: x509.Certificate) -> str:
    """RFC 4514, with the number at the end of its common name raised: `Issuing CA 1` is followed by `Issuing
    CA 2`, and a name without a number by the same with ` 2`."""
    subject = certificate.subject
    return x509.Name([_next(a) if a.oid == NameOID.COMMON_NAME else a for a in subject]).rfc4514_string()


def _next(attribute: x509.NameAttribute[str | bytes]) -> x509.NameAttribute[str | bytes]:
    text = str(attribute.value)
    numbered = _NUMBERED.fullmatch(text)
    after = f"{numbered[1]}{int(numbered[2]) + 1}" if numbered else f"{text} 2"
    return x509.NameAttribute(attribute.oid, after)


def permitted_domains_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """The domains of its name constraints; none without that extension."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(n.value for n in found.permitted_subtrees or () if isinstance(n, x509.DNSName))
