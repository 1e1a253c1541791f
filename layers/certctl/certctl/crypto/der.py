"""The part of DER (X.690) that is needed to see how a key was encoded, which the library does not expose."""

_VERSION = 0xA0
_KEY_PLACE = 5
"""After serial number, algorithm, issuer, validity and subject."""


def children(content: bytes) -> list[tuple[int, bytes]]:
    """(tag, content) of each element in sequence. Raises ValueError for anything but definite-length TLVs."""
    found = []
    position = 0
    while position < len(content):
        tag, start, end = _header(content, position)
        found.append((tag, content[start:end]))
        position = end
    return found


def _header(data: bytes, position: int) -> tuple[int, int, int]:
    length, start = _length(data, position + 1)
    end = start + length
    if data[position] & 0x1F == 0x1F or end > len(data):
        raise ValueError("not DER")
    return data[position], start, end


def _length(data: bytes, position: int) -> tuple[int, int]:
    """(length, position of the content)."""
    if position >= len(data):
        raise ValueError("not DER")
    first = data[position]
    if first < 0x80:
        return first, position + 1
    octets = data[position + 1 : position + 1 + (first & 0x7F)]
    if not 1 <= len(octets) <= 4:
        raise ValueError("not DER")
    return int.from_bytes(octets, "big"), position + 1 + len(octets)


def certificate_key(tbs_certificate: bytes) -> bytes:
    """The SubjectPublicKeyInfo of a TBSCertificate (RFC 5280, 4.1), with its tag and length. Raises
    ValueError."""
    _, start, end = _header(tbs_certificate, 0)
    parts, position = list[tuple[int, int]](), start
    while position < end:
        began, (tag, _, position) = position, _header(tbs_certificate, position)
        if tag != _VERSION:
            parts.append((began, position))
    if len(parts) <= _KEY_PLACE:
        raise ValueError("not a certificate")
    began, ended = parts[_KEY_PLACE]
    return tbs_certificate[began:ended]


def csr_key_algorithm(certification_request_info: bytes) -> bytes:
    """The content of the AlgorithmIdentifier of the key in a CertificationRequestInfo (RFC 2986, 4.1)."""
    (_, info), *_ = children(certification_request_info)
    _, _, (_, spki), *_ = children(info)
    (_, algorithm), *_ = children(spki)
    return algorithm
