"""Encryption of PKCS #12 files by a password: PBES2 (RFC 8018) and what RFC 7292 appendix C had before."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, CipherAlgorithm
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from certctl_client.importing.formats import der, rc2
from certctl_client.importing.found import Unreadable
from certctl_client.importing.limits import KDF_ITERATIONS, RC2_BYTES

_PBES2, _PBKDF2 = "1.2.840.113549.1.5.13", "1.2.840.113549.1.5.12"
_LEGACY = "1.2.840.113549.1.12.1."
_HASHES = {
    "1.2.840.113549.2.7": "sha1",
    "1.2.840.113549.2.8": "sha224",
    "1.2.840.113549.2.9": "sha256",
    "1.2.840.113549.2.10": "sha384",
    "1.2.840.113549.2.11": "sha512",
}
_KEY, _IV = 1, 2  # "diversifiers" of RFC 7292 appendix B.3

type _Decrypt = Callable[[bytes, bytes, bytes], bytes]
"""A function of key, IV and ciphertext."""


@dataclass
class Budget:
    """Iterations of key derivation that may still be spent on a file."""

    left: int = KDF_ITERATIONS

    def spend(self, iterations: int) -> int:
        """Raises Unreadable if they are too many."""
        self.left -= max(iterations, 1)
        if self.left < 0:
            raise Unreadable(f"Its password is hashed more than {KDF_ITERATIONS:,} times.")
        return iterations


def decrypted(algorithm: der.Element, ciphertext: bytes, password: str, budget: Budget) -> bytes | None:
    """The plain text, or None if the password is wrong. Raises Unreadable."""
    kind, parameters, *_ = der.at_least(der.children(algorithm), 2)
    name = der.dotted(kind)
    if not ciphertext or len(ciphertext) % 8:
        raise Unreadable("It has an encrypted part that is cut short.")
    if name == _PBES2:
        return _unpadded(_by_pbes2(parameters, ciphertext, password, budget))
    if name in _LEGACY_CIPHERS:
        return _unpadded(_by_legacy(name, parameters, ciphertext, password, budget))
    raise Unreadable(f"It is encrypted by an algorithm that is not known here ({name}).")


def _by_pbes2(parameters: der.Element, ciphertext: bytes, password: str, budget: Budget) -> bytes:
    derivation, scheme, *_ = der.at_least(der.children(parameters), 2)
    cipher, iv, *_ = der.at_least(der.children(scheme), 2)
    size, decrypt = _known(_CIPHERS, der.dotted(cipher))
    key = _pbkdf2(derivation, password.encode(), size, budget)
    return decrypt(key, der.expected(iv, der.OCTET_STRING).content, ciphertext)


def _pbkdf2(derivation: der.Element, password: bytes, size: int, budget: Budget) -> bytes:
    kind, parameters, *_ = der.at_least(der.children(derivation), 2)
    if der.dotted(kind) != _PBKDF2:
        raise Unreadable(f"Its key derivation is not known here ({der.dotted(kind)}).")
    salt, iterations, *rest = der.at_least(der.children(parameters), 2)
    chosen = [der.dotted(der.child(each, der.SEQUENCE)) for each in rest if each.tag == der.SEQUENCE]
    hash_ = _known(_HASHES, chosen[0]) if chosen else "sha1"
    count = budget.spend(der.integer(iterations))
    if count < 1:
        raise Unreadable("Its password is hashed less than once.")
    return hashlib.pbkdf2_hmac(hash_, password, salt.content, count, size)


def _by_legacy(name: str, parameters: der.Element, ciphertext: bytes, password: str, budget: Budget) -> bytes:
    size, decrypt = _LEGACY_CIPHERS[name]
    if decrypt is rc2.decrypted and len(ciphertext) > RC2_BYTES:
        raise Unreadable(f"It has more than {RC2_BYTES // 1024} KiB encrypted by RC2.")
    salt, iterations, *_ = der.at_least(der.children(parameters), 2)
    secret = f"{password}\0".encode("utf-16-be", "surrogatepass")
    count = budget.spend(2 * der.integer(iterations)) // 2
    key = _pkcs12_derived(secret, salt.content, count, _KEY, size)
    return decrypt(key, _pkcs12_derived(secret, salt.content, count, _IV, 8), ciphertext)


def _pkcs12_derived(secret: bytes, salt: bytes, iterations: int, purpose: int, size: int) -> bytes:
    """RFC 7292 appendix B.2 with SHA-1: 20 bytes of output a round, blocks of 64."""
    block = _filled(salt) + _filled(secret)
    derived = b""
    while len(derived) < size:
        part = hashlib.sha1(bytes([purpose]) * 64 + block, usedforsecurity=False).digest()
        for _ in range(iterations - 1):
            part = hashlib.sha1(part, usedforsecurity=False).digest()
        derived += part
        addend = int.from_bytes(_filled(part)[:64]) + 1
        block = b"".join(_added(block[at : at + 64], addend) for at in range(0, len(block), 64))
    return derived[:size]


def _filled(data: bytes) -> bytes:
    """Repeats the data up to a multiple of 64 bytes."""
    size = -(-len(data) // 64) * 64
    return (data * (size // len(data) + 1))[:size] if data else b""


def _added(part: bytes, addend: int) -> bytes:
    return ((int.from_bytes(part) + addend) % (1 << 512)).to_bytes(64)


def _unpadded(plain: bytes) -> bytes | None:
    size = plain[-1]
    is_padded = 0 < size <= 16 and plain.endswith(bytes([size]) * size)
    return plain[:-size] if is_padded else None


def _known[Value](table: Mapping[str, Value], name: str) -> Value:
    if name not in table:
        raise Unreadable(f"It uses an algorithm that is not known here ({name}).")
    return table[name]


def _cbc(algorithm: Callable[[bytes], CipherAlgorithm]) -> _Decrypt:
    def decrypt(key: bytes, iv: bytes, ciphertext: bytes) -> bytes:
        try:
            decryptor = Cipher(algorithm(key), CBC(iv)).decryptor()
            return decryptor.update(ciphertext) + decryptor.finalize()
        except ValueError:
            raise Unreadable("It has an encrypted part that is malformed.") from None

    return decrypt


_TRIPLE_DES = _cbc(lambda key: TripleDES(key if len(key) == 24 else key + key[:8]))
_CIPHERS: Mapping[str, tuple[int, _Decrypt]] = {
    "2.16.840.1.101.3.4.1.2": (16, _cbc(AES)),
    "2.16.840.1.101.3.4.1.22": (24, _cbc(AES)),
    "2.16.840.1.101.3.4.1.42": (32, _cbc(AES)),
    "1.2.840.113549.3.7": (24, _TRIPLE_DES),
}
_LEGACY_CIPHERS: Mapping[str, tuple[int, _Decrypt]] = {
    f"{_LEGACY}3": (24, _TRIPLE_DES),
    f"{_LEGACY}4": (16, _TRIPLE_DES),
    f"{_LEGACY}5": (16, rc2.decrypted),
    f"{_LEGACY}6": (5, rc2.decrypted),
}
