"""Strict DER (X.690): reading what strangers send, and writing. Knows tags and lengths, no types."""

from typing import NamedTuple

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL = 0x01, 0x02, 0x03, 0x04, 0x05
OBJECT_IDENTIFIER, ENUMERATED, UTC_TIME, GENERALIZED_TIME, SEQUENCE = 0x06, 0x0A, 0x17, 0x18, 0x30


class NotDer(ValueError):
    """The bytes are not the DER of what was expected."""


class Element(NamedTuple):
    """`der` is the whole element, `content` its content. Both are copies of the input, byte for byte."""

    tag: int
    content: bytes
    der: bytes


def explicit(number: int) -> int:
    """The tag of a constructed, context-specific element."""
    return 0xA0 | number


def implicit(number: int) -> int:
    """The tag of a primitive, context-specific element."""
    return 0x80 | number


def one(data: bytes, tag: int) -> Element:
    """The one element that is all of `data`. Raises NotDer for another tag and for trailing bytes."""
    first, *rest = elements(data, 1)
    if rest or first.tag != tag:
        raise NotDer("another element was expected")
    return first


def elements(content: bytes, least: int = 0) -> list[Element]:
    """All elements of `content`, in order. Raises NotDer for fewer than `least`, and for tags of several
    octets, indefinite lengths and lengths that are not minimal."""
    found = []
    position = 0
    while position < len(content):
        start, end = bounds(content, position)
        found.append(Element(content[position], content[start:end], content[position:end]))
        position = end
    if len(found) < least:
        raise NotDer("an element is missing")
    return found


def bounds(data: bytes, position: int) -> tuple[int, int]:
    """Start and end of the content of the element at `position`. Raises NotDer."""
    if data[position] & 0x1F == 0x1F or position + 1 == len(data):
        raise NotDer("the header of an element is unreadable")
    length, start = _length(data, position + 1)
    if start + length > len(data):
        raise NotDer("an element is cut off")
    return start, start + length


def _length(data: bytes, position: int) -> tuple[int, int]:
    """(length, start of the content)."""
    first = data[position]
    if first < 0x80:
        return first, position + 1
    octets = data[position + 1 : position + 1 + (first & 0x7F)]
    length = int.from_bytes(octets, "big")
    # X.690, 10.1: definite, in the fewest octets.
    if not octets or octets[0] == 0 or length < 0x80 or len(octets) != first & 0x7F:
        raise NotDer("a length is not minimal")
    return length, position + 1 + len(octets)


def integer_of(element: Element) -> int:
    """Raises NotDer unless it is an INTEGER in the fewest octets."""
    content = element.content
    if element.tag != INTEGER or not content:
        raise NotDer("an INTEGER was expected")
    if len(content) > 1 and content[0] in (0, 0xFF) and content[0] >> 7 == content[1] >> 7:
        raise NotDer("an INTEGER is not minimal")
    return int.from_bytes(content, "big", signed=True)


def boolean_of(element: Element) -> bool:
    """Raises NotDer unless it is a BOOLEAN of 00 or FF."""
    if element.tag != BOOLEAN or element.content not in (b"\x00", b"\xff"):
        raise NotDer("a BOOLEAN was expected")
    return element.content == b"\xff"


def tlv(tag: int, *parts: bytes) -> bytes:
    """The DER of an element with the content `parts`."""
    content = b"".join(parts)
    return header(tag, len(content)) + content


def header(tag: int, length: int) -> bytes:
    """What precedes `length` octets of content: for an element too large to copy more than once."""
    return bytes([tag]) + _length_octets(length)


def _length_octets(length: int) -> bytes:
    if length < 0x80:
        return bytes([length])
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets
