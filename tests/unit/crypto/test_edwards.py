"""Ed25519 keys for which everybody signs, by the arithmetic of RFC 8032: refused wherever keys come in."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from certctl.crypto.acme.keys import checked_jwk
from certctl.crypto.acme.signatures import is_signed_by
from certctl.crypto.edwards import is_nobodys_key
from certctl.crypto.issuing.csr import parse_csr
from certctl.crypto.keys import allowed_key_type
from certctl.domain.acme.problems import ProblemType
from certctl.domain.errors import CsrRejected
from tests.support.acme.refusals import refused_as
from tests.support.identity.issuers import base64url
from tests.support.issuing.csr import build_csr, tampered

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int]
IDENTITY: Point = (0, 1)


def added(one: Point, other: Point) -> Point:
    (x1, y1), (x2, y2) = one, other
    product = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, P) % P
    return x, (y1 * y2 + x1 * x2) * pow(1 - product, -1, P) % P


def times(scalar: int, point: Point) -> Point:
    total = IDENTITY
    for bit in bin(scalar)[2:]:
        total = added(total, total)
        total = added(total, point) if bit == "1" else total
    return total


def points_of_small_order() -> set[Point]:
    """The multiples of a point of order 8: any point of the curve, times the order of the large subgroup."""
    large = 2**252 + 27742317777372353535851937790883648493
    for y in range(2, 100):
        found = times(large, (x_of(y), y)) if is_on_the_curve(y) else IDENTITY
        multiples = {times(k, found) for k in range(8)}
        if len(multiples) == 8:
            return multiples
    raise AssertionError("no point of order 8 was found")


def is_on_the_curve(y: int) -> bool:
    return pow(_x_squared(y), (P - 1) // 2, P) == 1


def x_of(y: int) -> int:
    squared = _x_squared(y)
    x = pow(squared, (P + 3) // 8, P)
    return x if x * x % P == squared else x * pow(2, (P - 1) // 4, P) % P


def _x_squared(y: int) -> int:
    return (y * y - 1) * pow(D * y * y + 1, -1, P) % P


def encodings() -> list[bytes]:
    """Each small-order y as RFC 8032 encodes it and, if it fits, with P added; each with both signs."""
    ys = {y for _, y in points_of_small_order()}
    fitting = sorted(each for y in ys for each in (y, y + P) if each < 1 << 255)
    return [(y | sign << 255).to_bytes(32, "little") for y in fitting for sign in (0, 1)]


NOBODYS = encodings()


def test_there_are_fourteen_encodings_of_the_eight_points() -> None:
    assert (len(points_of_small_order()), len(set(NOBODYS))) == (8, 14)


@pytest.mark.parametrize("octets", NOBODYS, ids=bytes.hex)
def test_no_point_of_small_order_is_the_key_of_an_acme_account_or_a_certificate(octets: bytes) -> None:
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": base64url(octets)}
    assert refused_as(lambda: checked_jwk(jwk)) is ProblemType.BAD_PUBLIC_KEY
    assert allowed_key_type(Ed25519PublicKey.from_public_bytes(octets)) is None


@pytest.mark.parametrize("above", range(19))
def test_an_encoding_that_is_not_reduced_is_refused(above: int) -> None:
    assert is_nobodys_key((P + above).to_bytes(32, "little"))


def test_a_request_that_everybody_can_sign_is_refused_though_its_signature_verifies() -> None:
    """R is the identity and S is zero: the equation of RFC 8032 section 5.1.7 holds for each message."""
    identity = (1).to_bytes(32, "little")
    key = Ed25519PrivateKey.generate()
    good = build_csr("www.example.com", [], key)
    signature = x509.load_pem_x509_csr(good.encode()).signature
    with_key = tampered(good, key.public_key().public_bytes_raw(), identity)
    forged = tampered(with_key, signature, identity + bytes(32))
    assert x509.load_pem_x509_csr(forged.encode()).is_signature_valid
    with pytest.raises(CsrRejected) as refused:
        parse_csr(forged)
    assert ["small order" in problem.message for problem in refused.value.problems] == [True]


@pytest.mark.parametrize("octets", NOBODYS, ids=bytes.hex)
def test_an_acme_account_that_has_such_a_key_from_before_signs_nothing(octets: bytes) -> None:
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": base64url(octets)}
    assert not is_signed_by(jwk, b"any message", (1).to_bytes(32, "little") + bytes(32))


def test_keys_that_somebody_made_are_allowed() -> None:
    assert not any(
        is_nobodys_key(Ed25519PrivateKey.generate().public_key().public_bytes_raw()) for _ in range(50)
    )
