"""Keys of ACME accounts: one key, one encoding, one thumbprint."""

from functools import partial
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa

from certctl.crypto.acme.keys import checked_jwk, jwk_of, public_key_of, thumbprint
from certctl.domain.acme.problems import ProblemType
from tests.support.acme.refusals import refusal_of, refused_as
from tests.support.acme.signed import public_jwk
from tests.support.identity.issuers import base64url, private_key

KINDS = ["RSA", "P-256", "P-384", "P-521", "Ed25519"]
BAD = ProblemType.BAD_PUBLIC_KEY
RFC_7638 = {
    "kty": "RSA",
    "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJE"
    "CPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2Q"
    "vzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6"
    "WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    "e": "AQAB",
    "alg": "RS256",
    "kid": "2011-04-29",
}
RFC_8037 = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}


@pytest.mark.parametrize(
    ("jwk", "expected"),
    [
        (RFC_7638, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"),
        (RFC_8037, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"),
    ],
)
def test_thumbprints_are_those_of_the_examples_of_the_rfcs(jwk: dict[str, str], expected: str) -> None:
    assert thumbprint(checked_jwk(jwk)) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_other_members_and_their_order_do_not_change_the_key(kind: str) -> None:
    jwk = public_jwk(kind)
    described = dict(reversed(jwk.items())) | {"use": "sig", "kid": "k1", "alg": "RS256"}
    assert checked_jwk(described) == jwk
    assert thumbprint(checked_jwk(described)) == thumbprint(checked_jwk(jwk))


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_of_a_certificate_is_found_as_the_key_of_an_account(kind: str) -> None:
    jwk = checked_jwk(public_jwk(kind))
    assert jwk_of(private_key(kind).public_key()) == jwk
    assert jwk_of(public_key_of(jwk)) == jwk


def test_keys_that_no_account_can_have_have_no_jwk() -> None:
    assert jwk_of(dsa.generate_private_key(1024).public_key()) is None  # noqa: S505  # to be refused
    assert jwk_of(ec.generate_private_key(ec.SECP256K1()).public_key()) is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
def test_a_private_member_is_refused(kind: str, name: str) -> None:
    assert "private" in refusal_of(lambda: checked_jwk(public_jwk(kind) | {name: "AQAB"})).detail


@pytest.mark.parametrize("value", [None, "text", 1, [], {}, {"kty": None}, {"kty": []}, {"kty": "oct"}])
def test_what_is_no_key_is_refused(value: object) -> None:
    assert refused_as(lambda: checked_jwk(value)) is BAD


@pytest.mark.parametrize("kind", KINDS)
def test_each_member_must_be_there_and_canonical_base64url(kind: str) -> None:
    jwk = public_jwk(kind)
    for name in jwk.keys() - {"kty"}:
        good = jwk[name]
        others: list[Any] = [None, 1, [], "", good + "=", good + "\n", "ü", good + "A", "+" + good[1:]]
        for bad in others:
            changed = jwk | {name: bad}
            assert refused_as(partial(checked_jwk, changed)) is BAD, (name, bad)


@pytest.mark.parametrize("name", ["n", "e"])
def test_a_leading_zero_would_be_a_second_thumbprint_of_one_key(name: str) -> None:
    jwk = public_jwk("RSA")
    octets = public_numbers(jwk)[name].to_bytes(300 if name == "n" else 4)
    assert "not zero" in refusal_of(lambda: checked_jwk(jwk | {name: base64url(octets)})).detail


@pytest.mark.parametrize("bits", [1024, 2047, 4097, 8192, 100_000])
def test_rsa_keys_of_other_sizes_are_refused(bits: int) -> None:
    modulus = (1 << bits - 1) + 1
    jwk = {"kty": "RSA", "n": base64url(modulus.to_bytes((bits + 7) // 8)), "e": "AQAB"}
    assert f"{bits} bits" in refusal_of(lambda: checked_jwk(jwk)).detail


@pytest.mark.parametrize("exponent", [1, 2, 3, 65535, 65536, 65538, 1 << 32, (1 << 32) + 1, 1 << 2047])
def test_rsa_exponents_that_are_weak_or_slow_are_refused(exponent: int) -> None:
    encoded = base64url(exponent.to_bytes((exponent.bit_length() + 7) // 8))
    assert "exponent" in refusal_of(lambda: checked_jwk(public_jwk("RSA") | {"e": encoded})).detail


def test_an_even_modulus_is_refused() -> None:
    even = public_numbers(public_jwk("RSA"))["n"] - 1
    assert refused_as(lambda: checked_jwk(public_jwk("RSA") | {"n": base64url(even.to_bytes(256))})) is BAD


@pytest.mark.parametrize("curve", ["secp256k1", "P-192", "p-256", "Ed25519", ""])
def test_other_curves_are_refused(curve: str) -> None:
    assert refused_as(lambda: checked_jwk(public_jwk("P-256") | {"crv": curve})) is BAD


@pytest.mark.parametrize("curve", ["Ed448", "X25519", "P-256"])
def test_other_curves_of_okp_are_refused(curve: str) -> None:
    assert refused_as(lambda: checked_jwk(public_jwk("Ed25519") | {"crv": curve})) is BAD


@pytest.mark.parametrize("kind", ["P-256", "P-384", "P-521"])
def test_a_point_that_is_not_on_the_curve_is_refused(kind: str) -> None:
    jwk, length = public_jwk(kind), len(public_jwk(kind)["x"]) * 3 // 4
    for x in (b"\0" * length, b"\xff" * length, b"\0" * (length - 1) + b"\1"):
        changed = jwk | {"x": base64url(x)}
        assert refused_as(partial(checked_jwk, changed)) is BAD


@pytest.mark.parametrize("kind", ["P-256", "P-384", "P-521", "Ed25519"])
@pytest.mark.parametrize("changed", ["longer", "shorter"])
def test_a_coordinate_has_the_length_of_its_curve(kind: str, changed: str) -> None:
    jwk, length = public_jwk(kind), len(public_jwk(kind)["x"]) * 3 // 4
    octets = bytes(length + 1) if changed == "longer" else bytes(length - 1)
    assert "octets" in refusal_of(lambda: checked_jwk(jwk | {"x": base64url(octets)})).detail


def public_numbers(jwk: dict[str, Any]) -> dict[str, int]:
    key = public_key_of(jwk)
    assert isinstance(key, rsa.RSAPublicKey)
    return {"n": key.public_numbers().n, "e": key.public_numbers().e}
