"""Names of CAs: the default ones, and what a new CA takes over from its predecessor."""

import re

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import NameOID

from certctl.crypto.fingerprints import spki_sha256

_NUMBERED = re.compile(r"(.*?)([0-9]+)", re.DOTALL)
_FORMER_DEFAULT = re.compile(r"CN=certctl Issuing CA ([0-9]+),O=certctl")
"""The default of an earlier release, in every stack."""
# A common name has 64 characters at most (RFC 5280, ub-common-name).
_LONGEST_STACK = 32
_DIGITS = 8


def family_of(stack: str, root_key: CertificatePublicKeyTypes) -> str:
    """What the default names of a stack's CAs begin with, `prod 3f9a2c7e`: relying parties find a CA by its
    name, and the hash of the root's key tells stacks of one name apart, also one that was made again."""
    return f"{stack[:_LONGEST_STACK]} {spki_sha256(root_key)[:_DIGITS]}"


def default_root_subject(family: str) -> str:
    """RFC 4514."""
    return f"CN={family} Root CA,O=certctl"


def default_issuing_subject(family: str, number: int = 1) -> str:
    """RFC 4514."""
    return f"CN={family} Issuing CA {number},O=certctl"


def next_subject(certificate: x509.Certificate, family: str) -> str:
    """RFC 4514, with the number at the end of its common name raised: `Issuing CA 1` is followed by `Issuing
    CA 2`, and a name without a number by the same with ` 2`. A name that earlier releases gave in every stack
    is followed by one of the `family`."""
    subject = certificate.subject
    former = _FORMER_DEFAULT.fullmatch(subject.rfc4514_string())
    if former:
        return default_issuing_subject(family, int(former[1]) + 1)
    return x509.Name([_next(a) if a.oid == NameOID.COMMON_NAME else a for a in subject]).rfc4514_string()


def _next(attribute: x509.NameAttribute[str | bytes]) -> x509.NameAttribute[str | bytes]:
    text = str(attribute.value)
    numbered = _NUMBERED.fullmatch(text)
    after = f"{numbered[1]}{int(numbered[2]) + 1}" if numbered else f"{text} 2"
    return x509.NameAttribute(attribute.oid, after)
