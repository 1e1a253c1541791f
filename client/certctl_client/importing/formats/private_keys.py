"""Private keys by their format: recognized in order to be left alone."""

from certctl_client.importing.formats import der
from certctl_client.importing.found import Unreadable

PKCS1, PKCS8, ENCRYPTED, SEC1 = "PKCS #1", "PKCS #8", "PKCS #8, encrypted", "SEC 1"
OPENSSH, DSA, PUTTY = "OpenSSH", "DSA", "PuTTY"
PKCS12, JAVA = "PKCS #12", "Java keystore"
_OTHER = "PEM"
_LABELS = {
    "RSA PRIVATE KEY": PKCS1,
    "PRIVATE KEY": PKCS8,
    "ENCRYPTED PRIVATE KEY": ENCRYPTED,
    "EC PRIVATE KEY": SEC1,
    "OPENSSH PRIVATE KEY": OPENSSH,
    "DSA PRIVATE KEY": DSA,
}
_PUTTY = b"PuTTY-User-Key-File-"


def sentence(format_: str) -> str:
    """The reason of a refusal."""
    return f"It is a private key ({format_}). Keys stay where they are: only certificates are sent."


def of_label(label: str) -> str | None:
    """The format of a PEM block with this label, or None if the block is no private key."""
    return _LABELS.get(label, _OTHER if label.endswith("PRIVATE KEY") else None)


def of_bytes(data: bytes) -> str | None:
    """The format of a key in DER or PuTTY's text, or None. Reads outlines only: no number of the key."""
    if data.startswith(_PUTTY):
        return PUTTY
    try:
        parts = der.children(der.first(data))
        return _of_outline([part.tag for part in parts[:3]], parts)
    except Unreadable:
        return None


def _of_outline(tags: list[int], parts: list[der.Element]) -> str | None:
    """Tells formats apart by RFC 5958 (PKCS #8), RFC 8017 (PKCS #1), RFC 5915 (SEC 1)."""
    if tags == [der.INTEGER, der.SEQUENCE, der.OCTET_STRING]:
        return PKCS8
    if tags[:2] == [der.INTEGER, der.OCTET_STRING] and der.integer(parts[0]) == 1:
        return SEC1
    if tags == [der.INTEGER] * 3:
        return _of_numbers(parts)
    if tags == [der.SEQUENCE, der.OCTET_STRING]:
        return ENCRYPTED
    return None


def _of_numbers(parts: list[der.Element]) -> str | None:
    """PKCS #1 has nine numbers, or more for several primes; DSA as OpenSSL writes it has six."""
    if der.integer(parts[0]) not in (0, 1):
        return None
    return {6: DSA, 9: PKCS1, 10: PKCS1}.get(len(parts))
