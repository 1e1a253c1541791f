"""Certificates of Java keystores (JKS, JCEKS), which are not encrypted: no password is needed (ADR 64).

The format is that of OpenJDK's classes `sun.security.provider.JavaKeyStore` and
`com.sun.crypto.provider.JceKeyStore`.
"""

from dataclasses import dataclass, field

from certctl_client.importing.formats.private_keys import JAVA
from certctl_client.importing.found import Contents, Unreadable
from certctl_client.importing.limits import CERTIFICATES_PER_FILE

JKS, JCEKS = b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce"
_PRIVATE_KEY, _TRUSTED, _SECRET_KEY = 1, 2, 3
_X509 = b"X.509"


def is_keystore(data: bytes) -> bool:
    return data[:4] in (JKS, JCEKS)


def contents_of(data: bytes) -> Contents:
    """Raises Unreadable. Entries behind a secret key are not read: its length is known to Java alone."""
    reader = _Reader(data, 4)
    version = reader.integer()
    if version not in (1, 2):
        raise Unreadable(f"It is a Java keystore of version {version}, which is unknown.")
    for _ in range(reader.integer()):
        if not _read_entry(reader, version):
            break
    if not reader.certificates and not reader.keys:
        raise Unreadable("It is a Java keystore without certificates.")
    return Contents(tuple(reader.certificates), (JAVA,) * reader.keys)


@dataclass
class _Reader:
    data: bytes
    offset: int
    certificates: list[bytes] = field(default_factory=list)
    keys: int = 0

    def take(self, size: int) -> bytes:
        if size < 0 or self.offset + size > len(self.data):
            raise Unreadable("It is a Java keystore that is cut short.")
        self.offset += size
        return self.data[self.offset - size : self.offset]

    def integer(self, size: int = 4) -> int:
        return int.from_bytes(self.take(size))

    def skip(self, size: int) -> None:
        """Moves on without a copy of the bytes."""
        if self.offset + size > len(self.data):
            raise Unreadable("It is a Java keystore that is cut short.")
        self.offset += size


def _read_entry(reader: _Reader, version: int) -> bool:
    """Returns False if nothing behind the entry can be read."""
    kind = reader.integer()
    reader.skip(reader.integer(2))  # the alias
    reader.skip(8)  # the date
    if kind == _SECRET_KEY:
        reader.keys += 1
        return False
    if kind == _PRIVATE_KEY:
        reader.keys += 1
        reader.skip(reader.integer())
    elif kind != _TRUSTED:
        raise Unreadable("It is a Java keystore with an entry of an unknown kind.")
    for _ in range(reader.integer() if kind == _PRIVATE_KEY else 1):
        _read_certificate(reader, version)
    return True


def _read_certificate(reader: _Reader, version: int) -> None:
    kind = reader.take(reader.integer(2)) if version == 2 else _X509
    certificate = reader.take(reader.integer())
    if kind in (_X509, b"X509"):
        reader.certificates.append(certificate)
    if len(reader.certificates) > CERTIFICATES_PER_FILE:
        raise Unreadable(f"It holds more than {CERTIFICATES_PER_FILE:,} certificates.")
