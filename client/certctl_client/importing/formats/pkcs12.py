"""Certificates of a PKCS #12 file (RFC 7292). Its keys are neither decrypted nor decoded (ADR 64).

Integrity is not verified: a wrong password shows by what it decrypts to, and facts come from the certificate.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from certctl_client.importing.formats import der
from certctl_client.importing.formats.ciphers import Budget, decrypted
from certctl_client.importing.formats.private_keys import PKCS12
from certctl_client.importing.found import Contents, Unreadable
from certctl_client.importing.limits import CERTIFICATES_PER_FILE

_DATA, _ENCRYPTED = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.6"
_BAG = "1.2.840.113549.1.12.10.1."
_CERTIFICATE_BAG, _NESTED_BAG = f"{_BAG}3", f"{_BAG}6"
_KEY_BAGS = (f"{_BAG}1", f"{_BAG}2")
_X509 = "1.2.840.113549.1.9.22.1"
_DEEPEST = 4

type Passwords = Callable[[], Sequence[str]]
"""Passwords to try; called only if a file needs one, and may ask a person."""


def is_pkcs12(data: bytes) -> bool:
    """Whether the data is SEQUENCE { INTEGER 3, SEQUENCE, ...}."""
    try:
        parts = der.children(der.first(data))
    except Unreadable:
        return False
    return [each.tag for each in parts[:2]] == [der.INTEGER, der.SEQUENCE] and der.integer(parts[0]) == 3


def contents_of(data: bytes, passwords: Passwords) -> Contents:
    """Raises Unreadable, also if no password opens the file."""
    safe = _authenticated_safe(data)
    budget = Budget()
    for password in _to_try(passwords):
        if (bags := _opened(safe, password, budget)) is not None:
            return bags.contents()
    raise Unreadable("It is a PKCS #12 file that no given password opens: see --password-file.")


def _to_try(passwords: Passwords) -> Iterator[str]:
    """The empty password first: many files have none."""
    yield ""
    yield from passwords()


def _authenticated_safe(data: bytes) -> list[der.Element]:
    """The parts of the file, each of them plain or encrypted."""
    _version, outer, *_ = der.at_least(der.children(der.first(data)), 2)
    return der.children(der.first(_plain(outer)))


def _plain(part: der.Element) -> bytes:
    kind, content, *_ = der.at_least(der.children(part), 2)
    if der.dotted(kind) != _DATA:
        raise Unreadable("It is a PKCS #12 file that is protected by a public key, not by a password.")
    return der.octets(der.child(content, der.EXPLICIT_0))


@dataclass
class _Bags:
    certificates: list[bytes] = field(default_factory=list)
    keys: int = 0

    def contents(self) -> Contents:
        if not self.certificates and not self.keys:
            raise Unreadable("It is a PKCS #12 file without certificates.")
        return Contents(tuple(self.certificates), (PKCS12,) * self.keys)

    def add_all(self, safe_contents: bytes, depth: int = 0) -> None:
        for bag in der.children(der.first(safe_contents)):
            self._add(bag, depth)

    def _add(self, bag: der.Element, depth: int) -> None:
        kind, value, *_ = der.at_least(der.children(bag), 2)
        name = der.dotted(kind)
        if name in _KEY_BAGS:
            self.keys += 1
        elif name == _CERTIFICATE_BAG:
            self._add_certificate(der.child(value, der.EXPLICIT_0))
        elif name == _NESTED_BAG:
            self._add_nested(der.expected(value, der.EXPLICIT_0).content, depth + 1)

    def _add_nested(self, safe_contents: bytes, depth: int) -> None:
        if depth > _DEEPEST:
            raise Unreadable("It is a PKCS #12 file whose parts are nested too deep.")
        self.add_all(safe_contents, depth)

    def _add_certificate(self, bag: der.Element) -> None:
        kind, value, *_ = der.at_least(der.children(bag), 2)
        if der.dotted(kind) == _X509:
            self.certificates.append(der.octets(der.child(value, der.EXPLICIT_0)))
        if len(self.certificates) > CERTIFICATES_PER_FILE:
            raise Unreadable(f"It holds more than {CERTIFICATES_PER_FILE:,} certificates.")


def _opened(safe: list[der.Element], password: str, budget: Budget) -> _Bags | None:
    """The bags of all parts, or None if the password is wrong."""
    bags = _Bags()
    for part in safe:
        kind, content, *_ = der.at_least(der.children(part), 2)
        if der.dotted(kind) != _ENCRYPTED:
            bags.add_all(_plain(part))
        elif not _opened_part(bags, content, password, budget):
            return None
    return bags


def _opened_part(bags: _Bags, content: der.Element, password: str, budget: Budget) -> bool:
    _version, inner, *_ = der.at_least(der.children(der.child(content, der.EXPLICIT_0)), 2)
    _kind, algorithm, ciphertext, *_ = der.at_least(der.children(inner), 3)
    plain = decrypted(algorithm, der.octets(ciphertext), password, budget)
    if plain is None or not _is_sequence(plain):
        return False
    bags.add_all(plain)
    return True


def _is_sequence(plain: bytes) -> bool:
    """Whether the data is exactly one SEQUENCE: what a wrong password decrypts to is not."""
    try:
        return der.expected(der.first(plain), der.SEQUENCE).whole == plain
    except Unreadable:
        return False
