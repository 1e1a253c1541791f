"""Tokens of other issuers: each that could deceive is refused, for the reason that it should be."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from certctl.crypto.identity.key_sets import parse_key_set
from certctl.crypto.identity.tokens import LONGEST_TOKEN, knows_key, parse, verify
from certctl.domain.identity.claims import Claims
from certctl.domain.identity.foreign_tokens import ExpectedClaims, SigningKey, TokenFault, TokenRefused
from tests.support.identity.issuers import base64url, compact, jwk, private_key

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
SECOND = int(NOW.timestamp())
EXPECTED = ExpectedClaims("https://issuer.example", "https://certs.example.com")
HEADER = {"alg": "RS256", "kid": "k1", "typ": "JWT"}
CLAIMS = {
    "iss": EXPECTED.issuer,
    "aud": EXPECTED.audience,
    "sub": "job-1",
    "iat": SECOND,
    "exp": SECOND + 300,
}


def keys(*published: Mapping[str, Any]) -> tuple[SigningKey, ...]:
    return parse_key_set(json.dumps({"keys": published or [jwk("RSA")]}))


def verified(token: str, known: tuple[SigningKey, ...] = (), now: datetime = NOW) -> Claims:
    return verify(parse(token), known or keys(), EXPECTED, now)


def fault_of(token: str, known: tuple[SigningKey, ...] = (), now: datetime = NOW) -> TokenFault:
    with pytest.raises(TokenRefused) as refusal:
        verified(token, known, now)
    return refusal.value.fault


def with_header(**header: Any) -> str:
    return compact({n: v for n, v in (HEADER | header).items() if v is not None}, CLAIMS)


def with_claims(**claims: Any) -> str:
    return compact(HEADER, {n: v for n, v in (CLAIMS | claims).items() if v is not None})


@pytest.mark.parametrize(
    ("algorithm", "kind"),
    [("RS256", "RSA"), ("PS256", "RSA"), ("ES256", "P-256"), ("ES384", "P-384"), ("EdDSA", "Ed25519")],
)
def test_a_token_of_each_allowed_algorithm_is_verified(algorithm: str, kind: str) -> None:
    token = compact(HEADER | {"alg": algorithm}, CLAIMS, kind)
    assert verified(token, keys(jwk(kind)))["sub"] == "job-1"


@pytest.mark.parametrize(
    "algorithm", ["none", "None", "NONE", "HS256", "RS512", "ES512", "rs256", "", None, 1, []]
)
def test_other_algorithms_are_refused_before_any_key_is_looked_at(algorithm: Any) -> None:
    assert fault_of(with_header(alg=algorithm)) is TokenFault.ALGORITHM


def test_a_token_without_a_signature_is_refused() -> None:
    unsigned = compact(HEADER | {"alg": "none"}, CLAIMS).rpartition(".")[0]
    assert fault_of(unsigned + ".") is TokenFault.MALFORMED


@pytest.mark.parametrize("form", ["pem", "modulus", "der"])
def test_a_public_key_is_no_secret_of_an_hmac(form: str) -> None:
    public = private_key("RSA").public_key()
    secrets = {
        "pem": public.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ),
        "der": public.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        ),
        "modulus": jwk("RSA")["n"].encode(),
    }
    header, claims = (base64url(json.dumps(part).encode()) for part in (HEADER | {"alg": "HS256"}, CLAIMS))
    signed = f"{header}.{claims}"
    mac = hmac.new(secrets[form], signed.encode(), hashlib.sha256).digest()
    assert fault_of(f"{signed}.{base64url(mac)}") is TokenFault.ALGORITHM


@pytest.mark.parametrize("name", ["crit", "b64", "jku", "x5u", "jwk", "zip", "enc"])
def test_parameters_that_change_what_is_verified_are_refused(name: str) -> None:
    assert fault_of(with_header(**{name: ["x"]})) is TokenFault.HEADER


def test_a_key_inside_the_token_is_never_used() -> None:
    own = compact(HEADER | {"jwk": jwk("RSA-other")}, CLAIMS, "RSA-other")
    assert fault_of(own) is TokenFault.HEADER


@pytest.mark.parametrize("kind", ["at+jwt", "AT+JWT", "application/at+jwt", "logout+jwt", "", 1])
def test_tokens_of_other_types_are_refused(kind: Any) -> None:
    assert fault_of(with_header(typ=kind)) is TokenFault.HEADER


@pytest.mark.parametrize("kind", ["JWT", "jwt", "application/jwt", "JOSE", None])
def test_the_types_of_identity_tokens_are_taken(kind: str | None) -> None:
    assert verified(with_header(typ=kind))


@pytest.mark.parametrize(
    ("algorithm", "kind"),
    [("ES256", "P-384"), ("ES384", "P-256"), ("RS256", "P-256"), ("EdDSA", "RSA"), ("ES256", "RSA")],
)
def test_an_algorithm_must_fit_the_type_of_the_key(algorithm: str, kind: str) -> None:
    token = compact(HEADER | {"alg": algorithm}, CLAIMS, kind)
    assert fault_of(token, keys(jwk(kind))) is TokenFault.UNKNOWN_KEY


def test_a_key_for_one_algorithm_verifies_no_other() -> None:
    assert fault_of(with_header(alg="PS256"), keys(jwk("RSA", alg="RS256"))) is TokenFault.UNKNOWN_KEY


def test_a_kid_of_no_key_is_unknown() -> None:
    assert fault_of(with_header(kid="k2")) is TokenFault.UNKNOWN_KEY
    assert not knows_key(parse(with_header(kid="k2")), keys())


def test_two_keys_of_one_kid_are_refused_rather_than_tried() -> None:
    assert fault_of(with_header(), keys(jwk("RSA"), jwk("RSA-other"))) is TokenFault.AMBIGUOUS_KEY


def test_a_kid_that_keys_of_several_types_share_is_clear() -> None:
    assert verified(with_header(), keys(jwk("RSA"), jwk("P-256")))


def test_a_token_without_kid_needs_an_issuer_of_one_key() -> None:
    assert verified(with_header(kid=None))
    known = keys(jwk("RSA"), jwk("RSA-other", kid="k2"))
    assert fault_of(with_header(kid=None), known) is TokenFault.AMBIGUOUS_KEY


@pytest.mark.parametrize("kid", ["", "k" * 257, 7, ["k1"], {"k": 1}])
def test_a_kid_is_a_short_text(kid: Any) -> None:
    assert fault_of(with_header(kid=kid)) is TokenFault.HEADER


def test_another_key_s_signature_is_refused() -> None:
    assert fault_of(compact(HEADER, CLAIMS, "RSA-other")) is TokenFault.SIGNATURE


def test_a_changed_claim_breaks_the_signature() -> None:
    header, _, signature = with_claims().split(".")
    changed = base64url(json.dumps(CLAIMS | {"sub": "job-2"}).encode())
    assert fault_of(f"{header}.{changed}.{signature}") is TokenFault.SIGNATURE


def test_a_changed_header_breaks_the_signature() -> None:
    _, claims, signature = with_claims().split(".")
    header = base64url(json.dumps(HEADER | {"x": 1}).encode())
    assert fault_of(f"{header}.{claims}.{signature}") is TokenFault.SIGNATURE


def test_an_ecdsa_signature_in_der_is_none() -> None:
    token = compact(HEADER | {"alg": "ES256"}, CLAIMS, "P-256")
    signed, _, raw = token.rpartition(".")
    longer = base64url(base64.urlsafe_b64decode(raw + "==") + b"\0")
    assert fault_of(f"{signed}.{longer}", keys(jwk("P-256"))) is TokenFault.SIGNATURE


@pytest.mark.parametrize("zero", [b"\0" * 64, b"\0" * 63 + b"\1"])
def test_the_zero_signature_of_ecdsa_is_refused(zero: bytes) -> None:
    signed = compact(HEADER | {"alg": "ES256"}, CLAIMS, "P-256").rpartition(".")[0]
    assert fault_of(f"{signed}.{base64url(zero)}", keys(jwk("P-256"))) is TokenFault.SIGNATURE


def test_a_token_may_have_16_kib() -> None:
    filler = "x" * 2000
    longest = with_claims(filler=filler)
    while len(longest) < LONGEST_TOKEN - 3:
        filler += "x" * max(1, (LONGEST_TOKEN - len(longest)) * 3 // 4 - 3)
        longest = with_claims(filler=filler)
    assert len(longest) <= LONGEST_TOKEN
    assert verified(longest)
    assert fault_of(with_claims(filler=filler + "xxxx")) is TokenFault.MALFORMED


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c.d",
        "a.b.c.d.e",
        "e30.e30.",
        "e30 .e30.x",
        "é.e30.x",
        "e30=.e30.x",
        "a\n.b.c",
    ],
)
def test_what_is_no_token_of_three_parts_is_refused(text: str) -> None:
    assert fault_of(text) is TokenFault.MALFORMED


@pytest.mark.parametrize(
    "header",
    [
        '{"alg":"RS256","alg":"none"}',
        '{"alg":"RS256","kid":"k1","kid":"k2"}',
        '["RS256"]',
        "null",
        "{",
        '{"alg":"RS256","n":NaN}',
        "[" * 5000,
    ],
)
def test_a_header_is_a_strict_json_object(header: str) -> None:
    assert fault_of(compact(header, CLAIMS)) is TokenFault.MALFORMED


@pytest.mark.parametrize(
    "claims",
    ['{"iss":"a","iss":"b"}', "[]", '"x"', "{", '{"a":{"b":1,"b":2}}', '{"exp":NaN}', '{"a":' * 3000],
)
def test_claims_are_a_strict_json_object(claims: str) -> None:
    assert fault_of(compact(HEADER, claims)) is TokenFault.MALFORMED


@pytest.mark.parametrize(
    "issuer", [None, "https://issuer.example/", "https://ISSUER.example", "", ["https://issuer.example"]]
)
def test_the_issuer_is_compared_exactly(issuer: Any) -> None:
    assert fault_of(with_claims(iss=issuer)) is TokenFault.ISSUER


@pytest.mark.parametrize(
    "audience",
    [
        None,
        "",
        [],
        "https://other.example",
        "https://certs.example.com/",
        ["https://certs.example.com", "https://other.example"],
        ["https://certs.example.com", "https://certs.example.com"],
        [["https://certs.example.com"]],
        {"https://certs.example.com": 1},
        7,
    ],
)
def test_a_token_has_exactly_one_audience(audience: Any) -> None:
    assert fault_of(with_claims(aud=audience)) is TokenFault.AUDIENCE


def test_a_list_of_one_audience_is_one() -> None:
    assert verified(with_claims(aud=[EXPECTED.audience]))


@pytest.mark.parametrize(
    ("claims", "fault"),
    [
        ({"exp": SECOND - 60}, TokenFault.EXPIRED),
        ({"iat": SECOND + 61}, TokenFault.NOT_YET_VALID),
        ({"nbf": SECOND + 61}, TokenFault.NOT_YET_VALID),
        ({"exp": None}, TokenFault.CLAIMS),
        ({"iat": None}, TokenFault.CLAIMS),
        ({"exp": str(SECOND + 300)}, TokenFault.CLAIMS),
        ({"exp": True}, TokenFault.CLAIMS),
        ({"exp": -1}, TokenFault.CLAIMS),
        ({"exp": 1e300}, TokenFault.CLAIMS),
        ({"nbf": [1]}, TokenFault.CLAIMS),
    ],
)
def test_times_are_numbers_and_bind(claims: Mapping[str, Any], fault: TokenFault) -> None:
    assert fault_of(with_claims(**claims)) is fault


@pytest.mark.parametrize("claims", [{"exp": SECOND - 59}, {"iat": SECOND + 60}, {"nbf": SECOND + 60}])
def test_clocks_may_differ_by_a_minute(claims: Mapping[str, Any]) -> None:
    assert verified(with_claims(**claims))


def test_the_clock_is_the_caller_s() -> None:
    assert fault_of(with_claims(), now=NOW + timedelta(hours=1)) is TokenFault.EXPIRED


def test_no_refusal_quotes_the_token() -> None:
    with pytest.raises(TokenRefused) as refusal:
        verified(with_claims(aud="SECRET", sub="SECRET"))
    assert "SECRET" not in refusal.value.detail


@pytest.mark.parametrize(
    "key_set",
    [
        "",
        "[]",
        "{}",
        '{"keys":{}}',
        '{"keys":[]}',
        '{"keys":["x"]}',
        '{"keys":[],"keys":[]}',
        json.dumps({"keys": [jwk("RSA", kid=f"k{n}") for n in range(51)]}),
        json.dumps({"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "k1"}]}),
        json.dumps({"keys": [jwk("RSA") | {"d": "AQAB"}]}),
        json.dumps({"keys": [jwk("RSA-1024")]}),
        json.dumps({"keys": [jwk("RSA", use="enc")]}),
        json.dumps({"keys": [jwk("RSA", key_ops=["sign"])]}),
        json.dumps({"keys": [jwk("RSA") | {"n": 5}]}),
        json.dumps({"keys": [jwk("P-256") | {"crv": "secp256k1"}]}),
        json.dumps({"keys": [{"kty": ["RSA"]}]}),
    ],
)
def test_a_key_set_without_a_usable_key_is_refused(key_set: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_key_set(key_set)


def test_keys_that_cannot_verify_are_left_out() -> None:
    found = keys(jwk("RSA", use="enc", kid="a"), {"kty": "new"}, jwk("P-256", kid="b", x5c=["c2Vj"]))
    assert [key.id for key in found] == ["b"]
    assert "x5c" not in found[0].members


def test_a_point_that_is_not_on_the_curve_verifies_nothing() -> None:
    token = compact(HEADER | {"alg": "ES256"}, CLAIMS, "P-256")
    broken = jwk("P-256") | {"x": base64url(b"\1" * 32)}
    assert fault_of(token, keys(broken)) is TokenFault.SIGNATURE
