"""Certificates of a PKCS #7 or CMS file (RFC 5652, 5.1). Its content and signatures are not looked at."""

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from certctl.crypto.inventory.facts import Unreadable, is_ca
from certctl.crypto.inventory.reading import decoded, refuse_keys
from certctl.crypto.pem import UNREADABLE
from certctl.domain.inventory.observed import MAX_CHAIN

MAX_CERTIFICATES = 300
_PEM = re.compile(r"-----BEGIN (PKCS7|CMS)-----(.*?)-----END \1-----", re.DOTALL)


@dataclass(frozen=True)
class Bundled:
    """The DER of a certificate, and that of the CA certificates above it."""

    der: bytes
    chain: tuple[bytes, ...] = ()


def bundled(text: str) -> list[Bundled]:
    """The leaves of the only file in a text, in PEM or in DER as base64, with their chains, and CA
    certificates that no leaf chains to. Raises PrivateKeyFound, Unreadable."""
    refuse_keys(text)
    der = decoded("".join(_body(text).split()))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the library warns of encodings that RFC 5652 forbids
            return _chained(pkcs7.load_der_pkcs7_certificates(der))
    except (*UNREADABLE, OverflowError):
        raise Unreadable("not PKCS #7 with certificates that can be read") from None


def _body(text: str) -> str:
    if "-----BEGIN" not in text:
        return text
    block = _PEM.search(text) if text.count("-----BEGIN") == 1 else None
    if block is None:
        raise Unreadable("not one PKCS #7 file in PEM")
    return block[2]


def _chained(found: Sequence[x509.Certificate]) -> list[Bundled]:
    if not 1 <= len(found) <= MAX_CERTIFICATES:
        raise Unreadable(f"a PKCS #7 file has 1 to {MAX_CERTIFICATES} certificates")
    authorities = {each.subject.public_bytes(): each for each in reversed(found) if is_ca(each)}
    leaves = [each for each in found if not is_ca(each)]
    chains = [list(_above(leaf, authorities)) for leaf in leaves]
    used = {id(each) for chain in chains for each in chain}
    alone = [each for each in authorities.values() if id(each) not in used]
    pairs = [*zip(leaves, chains, strict=True), *((each, []) for each in alone)]
    return [Bundled(_der(one), tuple(map(_der, chain))) for one, chain in pairs]


def _above(
    leaf: x509.Certificate, authorities: Mapping[bytes, x509.Certificate]
) -> Iterator[x509.Certificate]:
    """The CA certificates above a leaf by their names: nobody trusts them for it."""
    below, seen = leaf, set[bytes]()
    while len(seen) < MAX_CHAIN:
        name = below.issuer.public_bytes()
        above = authorities.get(name)
        if above is None or name in seen:
            return
        yield above
        seen.add(name)
        below = above


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)
