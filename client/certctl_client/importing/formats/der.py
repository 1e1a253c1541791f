"""A reader of DER (X.690) for the containers around certificates. Goes only as deep as its caller asks.

Indefinite lengths and tags above 30 are refused: no container of ours has them in DER.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from certctl_client.importing.found import Unreadable

INTEGER, BIT_STRING, OCTET_STRING, OBJECT_IDENTIFIER = 0x02, 0x03, 0x04, 0x06
SEQUENCE, SET, EXPLICIT_0, IMPLICIT_0 = 0x30, 0x31, 0xA0, 0x80
_CONSTRUCTED_OCTETS = (0x24, EXPLICIT_0)
_MOST_ELEMENTS = 100_000
_LONGEST_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Element:
    """`whole` includes the tag and the length."""

    tag: int
    content: bytes
    whole: bytes


def first(data: bytes) -> Element:
    """The element that the data begins with. Raises Unreadable."""
    return _element(data, 0)


def children(element: Element, tag: int = SEQUENCE) -> list[Element]:
    """The elements inside. Raises Unreadable if the element has another tag."""
    return list(_elements(expected(element, tag).content))


def child(element: Element, tag: int) -> Element:
    """The first element inside. Raises Unreadable."""
    return first(expected(element, tag).content)


def expected(element: Element, tag: int) -> Element:
    if element.tag != tag:
        raise _malformed()
    return element


def at_least(elements: list[Element], number: int) -> list[Element]:
    if len(elements) < number:
        raise _malformed()
    return elements


def octets(element: Element) -> bytes:
    """The bytes of an OCTET STRING, also of a constructed one (BER, which some programs write)."""
    if element.tag in _CONSTRUCTED_OCTETS:
        return b"".join(expected(part, OCTET_STRING).content for part in _elements(element.content))
    return element.content


def integer(element: Element) -> int:
    return int.from_bytes(expected(element, INTEGER).content[:64], signed=True)


def dotted(element: Element) -> str:
    """An object identifier, as `1.2.840.113549.1.7.2`. Raises Unreadable."""
    arcs, value = list[int](), 0
    for octet in expected(element, OBJECT_IDENTIFIER).content[:64]:
        value = value << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(value)
            value = 0
    if not arcs:
        raise _malformed()
    root = min(arcs[0] // 40, 2)
    return ".".join(map(str, (root, arcs[0] - 40 * root, *arcs[1:])))


def _elements(data: bytes) -> Iterator[Element]:
    return islice(_all_elements(data), _MOST_ELEMENTS)


def _all_elements(data: bytes) -> Iterator[Element]:
    offset = 0
    while offset < len(data):
        element = _element(data, offset)
        yield element
        offset += len(element.whole)


def _element(data: bytes, offset: int) -> Element:
    if len(data) < offset + 2 or data[offset] & 0x1F == 0x1F:
        raise _malformed()
    length, start = data[offset + 1], offset + 2
    if length == 0x80:
        raise Unreadable("It uses indefinite lengths (BER): write it again as DER.")
    if length > 0x80:
        size = length & 0x7F
        if size > _LONGEST_LENGTH:
            raise _malformed()
        length, start = int.from_bytes(data[start : start + size]), start + size
    if start + length > len(data):
        raise _malformed()
    return Element(data[offset], data[start : start + length], data[offset : start + length])


def _malformed() -> Unreadable:
    return Unreadable("Its ASN.1 is malformed, or cut short.")
