"""JSON Web Key Sets (RFC 7517): the public keys that tokens may be verified with."""

from collections.abc import Iterator, Mapping
from typing import Any

from certctl.crypto.json_objects import strict_object
from certctl.crypto.jwks import MEMBERS, PRIVATE_MEMBERS
from certctl.domain.base64url import from_base64url
from certctl.domain.identity.foreign_tokens import SigningKey

MOST_KEYS = 50
_LONGEST_ID = 256
_RSA_BITS = range(2048, 8193)
_CURVES = {"EC": ("P-256", "P-384"), "OKP": ("Ed25519",)}
_NAMES = ("kid", "alg")


def parse_key_set(text: str | bytes) -> tuple[SigningKey, ...]:
    """The keys that can verify a signature; keys of other kinds and uses are left out, as RFC 7517 section 5
    demands. Raises ValueError for anything but a key set, for more than 50 keys, for a private or
    symmetric key, and if none can be used."""
    listed = strict_object(text).get("keys")
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise ValueError('must have "keys", a list of objects')
    if len(listed) > MOST_KEYS:
        raise ValueError(f"has more than {MOST_KEYS} keys")
    if any(PRIVATE_MEMBERS & set(each) for each in listed):
        raise ValueError("has a private or a symmetric key: replace that key at its owner's")
    keys = tuple(_usable(listed))
    if not keys:
        raise ValueError(
            "has no key that can verify a signature: RSA of 2048 bits or more, P-256, P-384, Ed25519"
        )
    return keys


def _usable(listed: list[dict[str, Any]]) -> Iterator[SigningKey]:
    for jwk in listed:
        if _is_for_signatures(jwk) and _is_sound(jwk):
            names = (*_NAMES, "kty", *MEMBERS[jwk["kty"]])
            yield SigningKey({name: jwk[name] for name in names if jwk.get(name) is not None})


def _is_for_signatures(jwk: Mapping[str, Any]) -> bool:
    operations = jwk.get("key_ops", ["verify"])
    return jwk.get("use", "sig") == "sig" and isinstance(operations, list) and "verify" in operations


def _is_sound(jwk: Mapping[str, Any]) -> bool:
    kind = jwk.get("kty")
    if not isinstance(kind, str) or kind not in MEMBERS:
        return False
    if not all(_is_name(jwk[name]) for name in _NAMES if jwk.get(name) is not None):
        return False
    if not all(isinstance(jwk.get(name), str) for name in MEMBERS[kind]):
        return False
    return _has_good_size(jwk["n"]) if kind == "RSA" else jwk["crv"] in _CURVES[kind]


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_ID


def _has_good_size(modulus: str) -> bool:
    try:
        number = from_base64url(modulus)
    except ValueError:
        return False
    return int.from_bytes(number).bit_length() in _RSA_BITS
