"""Serial numbers (RFC 5280, 4.1.2.2): positive, 159 random bits; as text, lower-case hex of whole octets."""

import re
import secrets

from certctl.domain.errors import InvalidInput

_BITS = 159
_MAX_DIGITS = 40
_GIVEN = re.compile(r"(0x)?([0-9a-f]+|[0-9a-f]{1,2}(:[0-9a-f]{2})+)")
_ALLOWED = "a serial number is 1 to 20 octets in hexadecimal, not zero"


def new_serial() -> int:
    serial = 0
    while serial == 0:
        serial = secrets.randbits(_BITS)
    return serial


def serial_text(serial: int) -> str:
    """The output of `openssl x509 -serial`, in lower case."""
    digits = f"{serial:x}"
    return digits.zfill(len(digits) + len(digits) % 2)


def parse_serial(text: str) -> str:
    """The canonical text; the input may be in upper case, with colons, `0x` or missing leading zeros.

    Raises InvalidInput on `serial`.
    """
    given = _GIVEN.fullmatch(text.lower())
    if not given:
        raise InvalidInput.of("serial", _ALLOWED)
    digits = given[2].replace(":", "").lstrip("0")
    if not 0 < len(digits) <= _MAX_DIGITS:
        raise InvalidInput.of("serial", _ALLOWED)
    return digits.zfill(len(digits) + len(digits) % 2)
