"""The part of DER (X.690) that is needed to see how a key was encoded, which the library does not expose."""


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


def csr_key_algorithm(certification_request_info: bytes) -> bytes:
    """The content of the AlgorithmIdentifier of the key in a CertificationRequestInfo (RFC 2986, 4.1)."""
    (_, info), *_ = children(certification_request_info)
    _, _, (_, spki), *_ = children(info)
    (_, algorithm), *_ = children(spki)
    return algorithm
