"""Certificate profiles: what may be asked for, and what a leaf carries and for how long it is valid."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

_DEFAULT_TTL = timedelta(days=200)


class KeyAlgorithm(StrEnum):
    RSA = "RSA"
    ECDSA = "ECDSA"
    ED25519 = "Ed25519"


class ExtendedKeyUsage(StrEnum):
    """As RFC 5280 section 4.2.1.12 names them, without `id-kp-`."""

    SERVER_AUTH = "serverAuth"
    CLIENT_AUTH = "clientAuth"
    CODE_SIGNING = "codeSigning"
    EMAIL_PROTECTION = "emailProtection"


@dataclass(frozen=True)
class KeyRule:
    """A key algorithm and its sizes in bits (of the modulus or the curve); none is any that the CA takes."""

    algorithm: KeyAlgorithm
    sizes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Profile:
    """Leaves are issued for `max_ttl`. Without `keys` any key that the CA takes is allowed, without
    `san_patterns` any name. With `requires_approval` a job waits until somebody else approves it."""

    extended_key_usages: tuple[ExtendedKeyUsage, ...]
    description: str = ""
    max_ttl: timedelta = _DEFAULT_TTL
    keys: tuple[KeyRule, ...] = ()
    san_patterns: tuple[str, ...] = ()
    requires_approval: bool = False


_SERVER, _CLIENT = ExtendedKeyUsage.SERVER_AUTH, ExtendedKeyUsage.CLIENT_AUTH
BUILT_IN_PROFILES: Mapping[str, Profile] = {
    "server": Profile((_SERVER,), "TLS servers"),
    "mtls": Profile((_SERVER, _CLIENT), "Services that are both servers and clients"),
    "client": Profile((_CLIENT,), "TLS clients"),
}
