"""base64url without padding (RFC 7515 section 2)."""

import base64


def to_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """Raises ValueError."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def from_strict_base64url(text: str) -> bytes:
    """Raises ValueError for any text but the one that encodes its bytes: other characters, padding, line
    ends, and bits that no byte needs."""
    data = from_base64url(text)
    if to_base64url(data) != text:
        raise ValueError("is no canonical base64url")
    return data
