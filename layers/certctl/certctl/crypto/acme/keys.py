"""Keys of ACME accounts: public JSON Web Keys in the one encoding that RFC 7518 allows, so that one key has
one thumbprint."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from certctl.crypto import jwks
from certctl.crypto.edwards import is_nobodys_key
from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.base64url import from_strict_base64url, to_base64url

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurve, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

    type AccountKey = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey

ALGORITHMS = ("RS256", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""What requests may be signed with (RFC 8555 section 6.2)."""
COORDINATE_BYTES: Mapping[str, int] = {"P-256": 32, "P-384": 48, "P-521": 66}
_ALGORITHM_OF = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
_NAMES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
_RSA_BITS = range(2048, 4097)
_EXPONENTS = range(65537, 1 << 32, 2)
_ED25519_BYTES = 32
_ALLOWED = "use RSA of 2048 to 4096 bits, P-256, P-384, P-521 or Ed25519"

PublicJwk = Mapping[str, str]
"""The members that make a public key, checked and no others."""


def checked_jwk(members: object) -> PublicJwk:
    """The key of a `jwk` member. Raises AcmeProblem, badPublicKey, for keys of other kinds and sizes, private
    ones, and each other encoding of a good one: it would have another thumbprint."""
    if not isinstance(members, dict):
        raise _refusal("it is not an object")
    if jwks.PRIVATE_MEMBERS & members.keys():
        raise _refusal("it has private members, so this key is not secret any more: make another")
    jwk = _named(members)
    _check(jwk)
    return jwk


def thumbprint(jwk: PublicJwk) -> str:
    """The thumbprint (RFC 7638) by which keys are found and compared, 43 characters."""
    return jwks.thumbprint(jwk)


def algorithms_of(jwk: PublicJwk) -> tuple[str, ...]:
    """The names of the only algorithm that may be used with a checked key: RFC 9864 gave Ed25519 a second."""
    match jwk["kty"]:
        case "RSA":
            return ("RS256",)
        case "EC":
            return (_ALGORITHM_OF[jwk["crv"]],)
        case _:
            return ("EdDSA", "Ed25519")


def public_key_of(jwk: PublicJwk) -> "AccountKey":
    """Raises ValueError for coordinates of no point."""
    match jwk["kty"]:
        case "RSA":
            return _rsa_key(_number(jwk["n"]), _number(jwk["e"]))
        case "EC":
            return _ec_key(jwk["crv"], _number(jwk["x"]), _number(jwk["y"]))
        case _:
            return _ed25519_key(from_strict_base64url(jwk["x"]))


def jwk_of(public_key: "CertificatePublicKeyTypes") -> PublicJwk | None:
    """The same key as a JSON Web Key, which finds the ACME account that has it; None for kinds that no ACME
    account can have."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    match public_key:
        case rsa.RSAPublicKey():
            numbers = public_key.public_numbers()
            return {"kty": "RSA", "n": _minimal(numbers.n), "e": _minimal(numbers.e)}
        case ec.EllipticCurvePublicKey() if public_key.curve.name in _NAMES:
            return _ec_jwk(public_key)
        case ed25519.Ed25519PublicKey():
            return {"kty": "OKP", "crv": "Ed25519", "x": to_base64url(public_key.public_bytes_raw())}
    return None


def _named(members: dict[str, Any]) -> PublicJwk:
    kind = members.get("kty")
    if not isinstance(kind, str) or kind not in jwks.MEMBERS:
        raise _refusal(f"its kty is not supported: {_ALLOWED}")
    jwk = {name: members.get(name) for name in ("kty", *jwks.MEMBERS[kind])}
    if not all(isinstance(value, str) for value in jwk.values()):
        raise _refusal(f"a key of type {kind} has the members {', '.join(jwks.MEMBERS[kind])}, each a text")
    return cast(PublicJwk, jwk)


def _check(jwk: PublicJwk) -> None:
    match jwk["kty"]:
        case "RSA":
            _check_rsa(jwk)
        case "EC":
            _check_ec(jwk)
        case _:
            _check_ed25519(jwk)


def _check_rsa(jwk: PublicJwk) -> None:
    for name in ("n", "e"):
        if _octets(jwk, name)[:1] in (b"", b"\0"):
            raise _refusal(f"its {name} must begin with an octet that is not zero (RFC 7518 section 2)")
    modulus, exponent = _number(jwk["n"]), _number(jwk["e"])
    if modulus.bit_length() not in _RSA_BITS:
        raise _refusal(f"its RSA key has {modulus.bit_length()} bits: {_ALLOWED}")
    if exponent not in _EXPONENTS or modulus % 2 == 0:
        raise _refusal("its modulus and exponent must be odd, and the exponent of 65537 to 4294967295")


def _check_ec(jwk: PublicJwk) -> None:
    size = COORDINATE_BYTES.get(jwk["crv"])
    if size is None:
        raise _refusal(f"its curve is not supported: {_ALLOWED}")
    if any(len(_octets(jwk, name)) != size for name in ("x", "y")):
        raise _refusal(f"its x and y must have {size} octets each on {jwk['crv']}")
    try:
        public_key_of(jwk)
    except ValueError:
        raise _refusal(f"its x and y are not a point of {jwk['crv']}") from None


def _check_ed25519(jwk: PublicJwk) -> None:
    if jwk["crv"] != "Ed25519":
        raise _refusal(f"its curve is not supported: {_ALLOWED}")
    octets = _octets(jwk, "x")
    if len(octets) != _ED25519_BYTES:
        raise _refusal(f"its x must have {_ED25519_BYTES} octets")
    if is_nobodys_key(octets):
        raise _refusal("its x is a point of small order, or not canonical: make another key")


def _octets(jwk: PublicJwk, name: str) -> bytes:
    try:
        return from_strict_base64url(jwk[name])
    except ValueError:
        raise _refusal(f"its {name} must be base64url without padding") from None


def _number(text: str) -> int:
    return int.from_bytes(from_strict_base64url(text))


def _minimal(number: int) -> str:
    return to_base64url(number.to_bytes((number.bit_length() + 7) // 8))


def _rsa_key(modulus: int, exponent: int) -> "RSAPublicKey":
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

    return RSAPublicNumbers(exponent, modulus).public_key()


def _ec_key(curve: str, x: int, y: int) -> "EllipticCurvePublicKey":
    from cryptography.hazmat.primitives.asymmetric import ec

    curves: Mapping[str, EllipticCurve] = {
        "P-256": ec.SECP256R1(),
        "P-384": ec.SECP384R1(),
        "P-521": ec.SECP521R1(),
    }
    return ec.EllipticCurvePublicNumbers(x, y, curves[curve]).public_key()


def _ed25519_key(octets: bytes) -> "Ed25519PublicKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    return Ed25519PublicKey.from_public_bytes(octets)


def _ec_jwk(public_key: "EllipticCurvePublicKey") -> PublicJwk:
    curve, numbers = _NAMES[public_key.curve.name], public_key.public_numbers()
    x, y = (to_base64url(each.to_bytes(COORDINATE_BYTES[curve])) for each in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": curve, "x": x, "y": y}


def _refusal(reason: str) -> AcmeProblem:
    return AcmeProblem(ProblemType.BAD_PUBLIC_KEY, f"The jwk is refused: {reason}.")
