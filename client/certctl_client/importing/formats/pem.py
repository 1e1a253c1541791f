"""PEM blocks (RFC 7468) of a text: certificates and PKCS #7, with other text around. Keys are not decoded."""

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from dataclasses import dataclass, field

from certctl_client.importing.formats import pkcs7, private_keys
from certctl_client.importing.formats.der import first
from certctl_client.importing.found import Contents, NoCertificate, Unreadable
from certctl_client.importing.limits import CERTIFICATES_PER_FILE

BEGIN = b"-----BEGIN "
_BEGINNING = re.compile(rb"-----BEGIN ([A-Z0-9][A-Z0-9 ]{0,40})-----")
_CERTIFICATES = frozenset({"CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"})
_PKCS7 = frozenset({"PKCS7", "CMS"})
_OTHERS = {
    "CERTIFICATE REQUEST": "a signing request",
    "NEW CERTIFICATE REQUEST": "a signing request",
    "X509 CRL": "a CRL",
    "PUBLIC KEY": "a public key",
}


def contents_of(text: bytes) -> Contents:
    """Reads what it can: a block that is broken is a fault, and the next one is read. Raises Unreadable if
    there is neither a certificate nor a private key."""
    read = _Read()
    for label, body in _blocks(text):
        read.add(label, body)
    return read.contents()


@dataclass
class _Read:
    certificates: list[bytes] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)

    def add(self, label: str, body: bytes) -> None:
        if key := private_keys.of_label(label):
            self.keys.append(key)
            return
        self.labels.append(label)
        try:
            self.certificates += _certificates(label, body)
        except Unreadable as fault:
            self.faults.append(str(fault))
        if len(self.certificates) > CERTIFICATES_PER_FILE:
            raise Unreadable(f"It holds more than {CERTIFICATES_PER_FILE:,} certificates.")

    def contents(self) -> Contents:
        if not self.certificates and not self.keys:
            raise Unreadable(self.faults[0]) if self.faults else NoCertificate(_what_else(self.labels))
        return Contents(tuple(self.certificates), tuple(self.keys), tuple(self.faults))


def _certificates(label: str, body: bytes) -> list[bytes]:
    if label in _CERTIFICATES:
        return [first(_decoded(body)).whole]  # OpenSSL's TRUSTED CERTIFICATE has settings behind it
    return pkcs7.certificates(_decoded(body)) if label in _PKCS7 else []


def _blocks(text: bytes) -> Iterator[tuple[str, bytes]]:
    """Label and body of each block, in one pass. Raises Unreadable if a block does not end."""
    offset = 0
    while found := _BEGINNING.search(text, offset):
        ending = b"-----END " + found[1] + b"-----"
        end = text.find(ending, found.end())
        if end < 0:
            raise Unreadable("A PEM block in it does not end: the file is cut short.")
        yield found[1].decode(), text[found.end() : end]
        offset = end + len(ending)


def _decoded(body: bytes) -> bytes:
    try:
        return b64decode(b"".join(body.split()), validate=True)
    except Error:
        raise Unreadable("A PEM block in it is not base64.") from None


def _what_else(labels: list[str]) -> str:
    other = next((what for label in labels if (what := _OTHERS.get(label))), None)
    return f"It holds no certificate: it is {other}." if other else "It holds no certificate."
