"""Looks at the files of a virtual host: the certificate, its issuer and end, its key, and what is wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from certctl_client.agent.discovery.findings import VirtualHost
from certctl_client.agent.discovery.reading import read, real_path
from certctl_client.enrolment.keys import load_key, same_key
from certctl_client.errors import CommandError

_LONGEST = 1024 * 1024
_BEGIN_KEY, _DASHES = b"PRIVATE KEY-----", b"-----"
_BEGIN, _END = b"-----BEGIN ", b"-----END "

type IsManaged = Callable[[x509.Certificate], bool]
"""Whether the agent of this host holds the certificate's key."""


@dataclass(frozen=True)
class Looked:
    """`leaf` is None if no certificate could be read. `certificates` and `key` are PEM, as a target has them;
    `key` is empty if none was read. `problems` keep the files from being moved, `remarks` do not."""

    leaf: x509.Certificate | None = None
    certificates: bytes = b""
    key: bytes = b""
    problems: Sequence[str] = ()
    remarks: Sequence[str] = ()

    @property
    def fingerprint(self) -> str:
        return self.leaf.fingerprint(SHA256()).hex() if self.leaf else ""

    @property
    def names(self) -> list[str]:
        return names_of(self.leaf) if self.leaf else []


def look_at(host: VirtualHost, is_managed: IsManaged, now: datetime) -> Looked:
    """Never raises: what cannot be read is a problem."""
    try:
        found = read(real_path(host.certificate), _LONGEST)
        blocks = pem_blocks(found)
        leaf = _leaf(blocks, host.certificate)
        chain = read(real_path(host.chain), _LONGEST) if host.chain else b""
    except CommandError as error:
        return Looked(problems=[error.message])
    certificates = b"".join(_certificates([*blocks, *pem_blocks(chain)]))
    try:
        key = _key(host, blocks)
    except CommandError as error:
        return Looked(leaf, certificates, problems=[error.message], remarks=_remarks(leaf, now))
    problems = list(_problems(host, leaf, key))
    if is_managed(leaf):
        problems.append("already managed: the agent of this host holds its key")
    return Looked(leaf, certificates, key, problems, _remarks(leaf, now))


def pem_blocks(content: bytes) -> list[bytes]:
    """Blocks with their BEGIN and END lines, without the text between them."""
    blocks = []
    for part in content.split(_BEGIN)[1:]:
        body, end, rest = part.partition(_END)
        if end:
            blocks.append(_BEGIN + body + _END + rest.partition(_DASHES)[0] + _DASHES + b"\n")
    return blocks


def names_of(leaf: x509.Certificate) -> list[str]:
    """The common name, then other names, with IP addresses and DNS names as `certs create` takes them."""
    common = [str(each.value) for each in leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return common[:1]
    found = [
        *names.get_values_for_type(x509.DNSName),
        *(str(address) for address in names.get_values_for_type(x509.IPAddress)),
    ]
    first = common[:1] if common[:1] and (common[0] in found or not found) else found[:1]
    return list(dict.fromkeys([*first, *found]))


def key_in_words(leaf: x509.Certificate) -> str:
    try:
        public = leaf.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return "unknown"
    if isinstance(public, rsa.RSAPublicKey):
        return f"RSA {public.key_size}"
    if isinstance(public, ec.EllipticCurvePublicKey):
        return f"ECDSA {public.key_size}"
    return "Ed25519" if isinstance(public, ed25519.Ed25519PublicKey) else "unknown"


def issuer_of(leaf: x509.Certificate) -> str:
    attributes = [
        leaf.issuer.get_attributes_for_oid(oid) for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
    ]
    return next((str(each[0].value) for each in attributes if each), leaf.issuer.rfc4514_string())


def _leaf(blocks: Sequence[bytes], path: Path) -> x509.Certificate:
    certificates = _certificates(blocks)
    if not certificates:
        raise CommandError(f"{path} holds no certificate in PEM.")
    try:
        return x509.load_pem_x509_certificate(certificates[0])
    except ValueError:
        raise CommandError(f"The first certificate of {path} cannot be read.") from None


def _certificates(blocks: Sequence[bytes]) -> list[bytes]:
    return [block for block in blocks if block.startswith(b"-----BEGIN CERTIFICATE-----")]


def _key(host: VirtualHost, blocks: Sequence[bytes]) -> bytes:
    """The first private key: in the file of the certificate, or in its own. Raises CommandError."""
    beside = pem_blocks(read(real_path(host.key), _LONGEST)) if host.key else blocks
    keys = [block for block in beside if _BEGIN_KEY in block.partition(b"\n")[0]]
    if not keys:
        raise CommandError(f"{host.key or host.certificate} holds no private key.")
    return keys[0]


def _problems(host: VirtualHost, leaf: x509.Certificate, key: bytes) -> list[str]:
    where = host.key or host.certificate
    try:
        private = load_key(key)
    except CommandError as error:
        return [f"{where}: {error.message}"]
    try:
        is_same = same_key(private, leaf.public_key())
    except (ValueError, UnsupportedAlgorithm):
        return [f"the public key of {host.certificate} is of an unknown kind"]
    return [] if is_same else [f"key mismatch: {where} is not the key of {host.certificate}"]


def _remarks(leaf: x509.Certificate, now: datetime) -> list[str]:
    remarks = []
    if leaf.not_valid_after_utc <= now:
        remarks.append("it has expired")
    if leaf.subject == leaf.issuer:
        remarks.append("it is self-signed")
    return remarks
