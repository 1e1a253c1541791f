"""OCSP requests (RFC 6960, 4.1), as strangers send them. Loads no library: this is in every cold start."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from certctl.crypto.status.tlv import (
    BOOLEAN,
    INTEGER,
    NULL,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    Element,
    NotDer,
    boolean_of,
    elements,
    explicit,
    integer_of,
    one,
)

LONGEST_REQUEST = 4096
"""Octets. Four CertIDs with SHA-512 have 0.7 KB, and a signature with its certificates fits as well."""

MOST_CERTIFICATES = 4
"""Clients send one (RFC 9919, 3.1.1). Each costs two reads of the tables that revocation needs."""
LONGEST_NONCE = 128
LONGEST_SERIAL = 20

NONCE = bytes.fromhex("2b0601050507300102")
_ACCEPTABLE_RESPONSES = bytes.fromhex("2b0601050507300104")
_UNDERSTOOD = frozenset({NONCE, _ACCEPTABLE_RESPONSES})

HASHES: Mapping[bytes, Callable[[bytes], "hashlib._Hash"]] = {
    bytes.fromhex("2b0e03021a"): hashlib.sha1,
    bytes.fromhex("608648016503040201"): hashlib.sha256,
    bytes.fromhex("608648016503040202"): hashlib.sha384,
    bytes.fromhex("608648016503040203"): hashlib.sha512,
}
"""The hashes by the content of their object identifiers."""


class MalformedOcspRequest(ValueError):
    """The response is malformedRequest."""


@dataclass(frozen=True)
class CertificateId:
    """A CertID: `issuer` identifies the CA, see `issuer_key`; None if no CA can be meant. `serial` is in the
    form of `serial_text`, None for a number that no CA may assign. `der` is the CertID as it came, for the
    response."""

    issuer: str | None
    serial: str | None
    der: bytes


@dataclass(frozen=True)
class OcspRequest:
    """`certificates`: 1 to 4. `nonce`: the value of the extension as it came, None without one."""

    certificates: tuple[CertificateId, ...]
    nonce: bytes | None = None


def parse_ocsp_request(data: bytes) -> OcspRequest:
    """Signature and requestor name are ignored. Raises MalformedOcspRequest and nothing else."""
    if len(data) > LONGEST_REQUEST:
        raise MalformedOcspRequest(f"a request has at most {LONGEST_REQUEST} octets")
    try:
        return _request(data)
    except NotDer as error:
        raise MalformedOcspRequest(str(error)) from error


def issuer_key(algorithm: bytes, name_hash: bytes, key_hash: bytes) -> str | None:
    """The CA part of a CertID as text; None if a hash has not the length of its algorithm, or the algorithm
    is not in `HASHES`."""
    new_hash = HASHES.get(algorithm)
    if new_hash is None or {len(name_hash), len(key_hash)} != {new_hash(b"").digest_size}:
        return None
    return f"{algorithm.hex()}#{name_hash.hex()}#{key_hash.hex()}"


def _request(data: bytes) -> OcspRequest:
    to_be_signed, *signature = elements(one(data, SEQUENCE).content, 1)
    _require_tag(to_be_signed, SEQUENCE)
    _require_signature(signature)
    fields = _tagged(elements(to_be_signed.content, 1))
    _require_first_version(fields.pop(explicit(0), None))
    if requestor := fields.pop(explicit(1), None):
        elements(requestor.content, 1)
    requests = fields.pop(SEQUENCE, None)
    extensions = _extensions(fields.pop(explicit(2), None))
    if fields or requests is None:
        raise MalformedOcspRequest("the request has an unknown field, or no list of certificates")
    return OcspRequest(_certificates(requests), _nonce(extensions))


def _tagged(found: list[Element]) -> dict[int, Element]:
    """The fields of a TBSRequest by tag; they stand in this order."""
    order = [explicit(0), explicit(1), SEQUENCE, explicit(2)]
    tags = [element.tag for element in found]
    if tags != [tag for tag in order if tag in tags]:
        raise MalformedOcspRequest("the fields of the request are unknown, repeated or in another order")
    return dict(zip(tags, found, strict=True))


def _require_signature(rest: list[Element]) -> None:
    """Checks the form of a signature alone: a request needs none."""
    if not rest:
        return
    if len(rest) > 1 or rest[0].tag != explicit(0):
        raise MalformedOcspRequest("a signature was expected after the request")
    elements(one(rest[0].content, SEQUENCE).content, 2)


def _require_first_version(version: Element | None) -> None:
    """v1 is the default; DER leaves it out, but some clients write it."""
    if version is not None and integer_of(one(version.content, INTEGER)) != 0:
        raise MalformedOcspRequest("the version of the request is not v1")


def _certificates(requests: Element) -> tuple[CertificateId, ...]:
    found = elements(requests.content, 1)
    if len(found) > MOST_CERTIFICATES:
        raise MalformedOcspRequest(f"a request has at most {MOST_CERTIFICATES} certificates")
    return tuple(map(_certificate, found))


def _certificate(request: Element) -> CertificateId:
    _require_tag(request, SEQUENCE)
    identifier, *rest = elements(request.content, 1)
    _require_tag(identifier, SEQUENCE)
    if len(rest) > 1 or any(element.tag != explicit(0) for element in rest):
        raise MalformedOcspRequest("a certificate has unknown fields")
    if rest:
        _extensions(rest[0])
    fields = elements(identifier.content)
    if [field.tag for field in fields] != [SEQUENCE, OCTET_STRING, OCTET_STRING, INTEGER]:
        raise MalformedOcspRequest("a CertID has four fields")
    algorithm, name_hash, key_hash, serial = fields
    issuer = issuer_key(_algorithm(algorithm), name_hash.content, key_hash.content)
    return CertificateId(issuer, _serial(serial), identifier.der)


def _algorithm(identifier: Element) -> bytes:
    """The object identifier. Its parameters are absent or NULL."""
    algorithm, *parameters = elements(identifier.content, 1)
    _require_tag(algorithm, OBJECT_IDENTIFIER)
    if [(each.tag, each.content) for each in parameters] not in ([], [(NULL, b"")]):
        raise MalformedOcspRequest("a hash algorithm has parameters")
    return algorithm.content


def _serial(element: Element) -> str | None:
    number = integer_of(element)
    content = element.content.removeprefix(b"\x00")
    return content.hex() if number > 0 and len(content) <= LONGEST_SERIAL else None


def _extensions(field: Element | None) -> dict[bytes, bytes]:
    """Values by object identifier. Raises MalformedOcspRequest for one that is critical and unknown."""
    if field is None:
        return {}
    found = [_extension(element) for element in elements(one(field.content, SEQUENCE).content, 1)]
    by_identifier = {identifier: value for identifier, value, _ in found}
    if len(by_identifier) != len(found):
        raise MalformedOcspRequest("an extension is repeated")
    if any(is_critical and identifier not in _UNDERSTOOD for identifier, _, is_critical in found):
        raise MalformedOcspRequest("an unknown extension is critical")
    return by_identifier


def _extension(element: Element) -> tuple[bytes, bytes, bool]:
    """(object identifier, value, whether it is critical)."""
    _require_tag(element, SEQUENCE)
    identifier, *critical, value = elements(element.content, 2)
    _require_tag(identifier, OBJECT_IDENTIFIER)
    _require_tag(value, OCTET_STRING)
    if len(critical) > 1 or not identifier.content:
        raise MalformedOcspRequest("an extension has three fields at most")
    return identifier.content, value.content, bool(critical) and _is_critical(critical[0])


def _is_critical(element: Element) -> bool:
    _require_tag(element, BOOLEAN)
    return boolean_of(element)


def _nonce(extensions: Mapping[bytes, bytes]) -> bytes | None:
    """RFC 9654, 2.1: an OCTET STRING of 1 to 128 octets in the value."""
    value = extensions.get(NONCE)
    if value is not None and not 1 <= len(one(value, OCTET_STRING).content) <= LONGEST_NONCE:
        raise MalformedOcspRequest(f"a nonce has 1 to {LONGEST_NONCE} octets")
    return value


def _require_tag(element: Element, tag: int) -> None:
    if element.tag != tag:
        raise MalformedOcspRequest("another element was expected")
