"""Requests of ACME clients: each that could deceive is refused, and for the right reason."""

import hashlib
import hmac
import json
from functools import partial
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from certctl.crypto.acme.jws import Jws, parse, payload_of, verify
from certctl.crypto.acme.keys import ALGORITHMS, checked_jwk
from certctl.domain.acme.problems import ProblemType
from certctl.domain.base64url import from_base64url
from tests.support.acme.refusals import refusal_of, refused_as
from tests.support.acme.signed import ALGORITHMS as ALGORITHM_OF
from tests.support.acme.signed import (
    NONCE,
    URL,
    flattened,
    header_of,
    octets_of,
    public_jwk,
    signed_request,
)
from tests.support.identity.issuers import base64url, private_key

KINDS = ["RSA", "P-256", "P-384", "P-521", "Ed25519"]
ACCOUNT = "https://acme.example/acme/acct/a-1"
PAYLOAD = {"termsOfServiceAgreed": True}
DEEP = "[" * 100_000


def accepted(body: bytes, kind: str = "P-256") -> Jws:
    request = parse(body)
    verify(request, checked_jwk(public_jwk(kind)))
    return request


def with_header(kind: Any = "P-256", **changed: Any) -> bytes:
    """A request whose signature is right, over a header with these parameters; None leaves one out."""
    header = {name: value for name, value in (header_of(kind) | changed).items() if value is not None}
    return octets_of(flattened(kind, header, PAYLOAD))


def with_members(**changed: Any) -> bytes:
    members = flattened("P-256", header_of("P-256"), PAYLOAD) | changed
    return octets_of({name: value for name, value in members.items() if value is not None})


def signed_text(header: str, payload: str = "{}") -> bytes:
    return octets_of(flattened("P-256", header, payload))


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_with_a_key_of_each_kind_is_accepted(kind: str) -> None:
    request = accepted(signed_request(kind, PAYLOAD), kind)
    assert request.header.jwk == public_jwk(kind)
    assert (request.header.nonce, request.header.url, request.header.kid) == (NONCE, URL, None)
    assert payload_of(request) == PAYLOAD


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_of_an_acme_account_is_verified_by_the_key_of_the_account(kind: str) -> None:
    request = accepted(signed_request(kind, kid=ACCOUNT), kind)
    assert (request.header.kid, request.header.jwk, request.payload) == (ACCOUNT, None, b"")


@pytest.mark.parametrize("algorithm", ["EdDSA", "Ed25519"])
def test_both_names_of_ed25519_are_accepted(algorithm: str) -> None:
    """RFC 9864 deprecates EdDSA for Ed25519: clients send either."""
    for key in ({}, {"kid": ACCOUNT, "jwk": None}):
        header = {n: v for n, v in (header_of("Ed25519") | {"alg": algorithm} | key).items() if v is not None}
        request = accepted(octets_of(flattened("Ed25519", header, PAYLOAD)), "Ed25519")
        assert request.header.alg == algorithm


def test_another_key_of_the_same_kind_verifies_nothing() -> None:
    request = parse(signed_request("RSA", PAYLOAD, kid=ACCOUNT))
    assert refused_as(lambda: verify(request, checked_jwk(public_jwk("RSA-other")))) == "malformed"


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "HS256", "HS512", "RS512", "PS256", "es256"])
def test_other_algorithms_are_refused_with_the_list_of_good_ones(algorithm: str) -> None:
    problem = refusal_of(lambda: parse(with_header(alg=algorithm)))
    assert problem.type is ProblemType.BAD_SIGNATURE_ALGORITHM
    assert problem.algorithms == ALGORITHMS


@pytest.mark.parametrize("algorithm", [None, "", 1, [], {}, True])
def test_an_algorithm_must_be_a_text(algorithm: Any) -> None:
    header = header_of("P-256") | {"alg": algorithm}
    assert refused_as(lambda: parse(octets_of(flattened("P-256", header)))) == "malformed"


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_a_public_key_is_no_secret_of_an_hmac(encoding: Encoding) -> None:
    secret = private_key("RSA").public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
    protected = base64url(octets_of(header_of("RSA", kid=ACCOUNT) | {"alg": "HS256"}))
    mac = hmac.new(secret, f"{protected}.".encode(), hashlib.sha256).digest()
    forged = octets_of({"protected": protected, "payload": "", "signature": base64url(mac)})
    assert refused_as(lambda: parse(forged)) == "badSignatureAlgorithm"


@pytest.mark.parametrize(
    ("kind", "algorithm"),
    [("P-384", "ES256"), ("P-256", "ES384"), ("RSA", "ES256"), ("P-256", "Ed25519"), ("Ed25519", "ES512")],
)
def test_an_algorithm_must_be_the_one_of_the_key(kind: str, algorithm: str) -> None:
    problem = refusal_of(lambda: parse(with_header(kind, alg=algorithm)))
    assert problem.type is ProblemType.BAD_SIGNATURE_ALGORITHM
    others = ("Ed25519",) if kind == "Ed25519" else ()
    assert problem.algorithms == (ALGORITHM_OF[kind], *others)
    header = header_of(kind, kid=ACCOUNT) | {"alg": algorithm}
    by_account = parse(octets_of(flattened(kind, header)))
    assert refused_as(lambda: verify(by_account, checked_jwk(public_jwk(kind)))) == "badSignatureAlgorithm"


@pytest.mark.parametrize("name", ["crit", "b64"])
def test_parameters_that_change_what_is_verified_are_refused(name: str) -> None:
    assert refused_as(lambda: parse(with_header(**{name: ["exp"]}))) == "malformed"


def test_parameters_that_mean_nothing_here_do_not_matter() -> None:
    accepted(with_header(typ="JWT", cty="json"))


def test_a_key_and_an_account_together_are_refused() -> None:
    assert refused_as(lambda: parse(with_header(kid=ACCOUNT))) == "malformed"


def test_neither_key_nor_account_is_refused() -> None:
    assert refused_as(lambda: parse(with_header(jwk=None))) == "malformed"


@pytest.mark.parametrize("name", ["nonce", "url", "alg"])
@pytest.mark.parametrize("value", [None, "", 1, ["x"], "x" * 2049])
def test_each_parameter_must_be_a_text(name: str, value: Any) -> None:
    assert refused_as(lambda: parse(with_header(**{name: value}))) == "malformed"


@pytest.mark.parametrize("kid", ["", 1, [ACCOUNT], "x" * 2049])
def test_an_account_is_named_by_a_text(kid: Any) -> None:
    assert refused_as(lambda: parse(with_header(jwk=None, kid=kid))) == "malformed"


@pytest.mark.parametrize("nonce", ["bm9uY2U=", "bm9u Y2U", "bm9uY2U\n", "a", "bm9uY2V", "ü", "+/+/"])
def test_a_nonce_that_is_no_base64url_is_malformed(nonce: str) -> None:
    assert refused_as(lambda: parse(with_header(nonce=nonce))) == "malformed"


@pytest.mark.parametrize("member", ["protected", "payload", "signature"])
@pytest.mark.parametrize("text", ["bm9uY2U=", "bm9u Y2U", "bm9uY2U\n", "a", "bm9uY2V", "ü", "+/+/", "\u2028"])
def test_each_member_has_one_encoding_only(member: str, text: str) -> None:
    assert refused_as(lambda: parse(with_members(**{member: text}))) == "malformed"


@pytest.mark.parametrize("member", ["protected", "payload", "signature"])
@pytest.mark.parametrize("value", [None, 1, True, ["x"], {}])
def test_each_member_must_be_there_and_a_text(member: str, value: Any) -> None:
    assert refused_as(lambda: parse(with_members(**{member: value}))) == "malformed"


@pytest.mark.parametrize(
    "changed",
    [
        {"header": {}},
        {"header": {"alg": "ES256"}},
        {"signatures": []},
        {"more": ""},
        {"protected": ""},
        {"signature": ""},
    ],
)
def test_other_serializations_and_members_are_refused(changed: dict[str, Any]) -> None:
    assert refused_as(lambda: parse(with_members(**changed))) == "malformed"


def test_two_signatures_are_refused() -> None:
    one = flattened("P-256", header_of("P-256"), PAYLOAD)
    several = {"payload": one["payload"], "signatures": [one, flattened("RSA", header_of("RSA"), PAYLOAD)]}
    assert refused_as(lambda: parse(octets_of(several))) == "malformed"


def test_a_compact_jws_is_refused() -> None:
    one = flattened("P-256", header_of("P-256"), PAYLOAD)
    compact = ".".join(one.values())
    for body in (compact, json.dumps(compact)):
        assert refused_as(partial(parse, body.encode())) == "malformed"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b"{} {}",
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        DEEP.encode(),
        b'{"a":' + DEEP.encode(),
        b'{"a":' + b"9" * 10_000 + b"}",
        b'{"a":NaN}',
        '{"protected":"","payload":"","signature":""}'.encode("utf-16"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(body: bytes) -> None:
    assert refused_as(lambda: parse(body)) == "malformed"


def test_what_follows_a_request_is_refused() -> None:
    assert refused_as(lambda: parse(signed_request("P-256") + b"{}")) == "malformed"
    assert accepted(signed_request("P-256") + b"\n")


def test_a_member_that_occurs_twice_is_refused_wherever_it_is() -> None:
    good = signed_request("P-256", PAYLOAD)
    repeated = b'{"payload":"e30",' + good[1:]
    inside_header = json.dumps(header_of("P-256"))[:-1] + ', "url": "https://other.example/"}'
    key = json.dumps(public_jwk("P-256"))
    inside_key = json.dumps(header_of("P-256")).replace(key, '{"x": "", ' + key[1:])
    for body in (repeated, signed_text(inside_header), signed_text(inside_key)):
        assert refused_as(partial(parse, body)) == "malformed"


@pytest.mark.parametrize(
    "payload",
    [
        '{"a":1,"a":2}',
        '{"b":{"a":1,"a":2}}',
        '{"a":Infinity}',
        '{"a":1e999}',
        '{"a":"\\ud800"}',
        "[]",
        "",
        DEEP,
    ],
)
def test_a_payload_is_strict_json_too(payload: str) -> None:
    request = accepted(octets_of(flattened("P-256", header_of("P-256"), payload)))
    assert refused_as(lambda: payload_of(request)) == "malformed"


@pytest.mark.parametrize("kind", KINDS)
def test_a_signature_has_one_length_only(kind: str) -> None:
    request = flattened(kind, header_of(kind))
    good = from_base64url(request["signature"])
    for bad in (good[:-1], good + b"\0", b"\0" + good, good + good, b"\0"):
        body = octets_of(request | {"signature": base64url(bad)})
        assert refused_as(partial(accepted, body, kind)) == "malformed"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("octet", [0, 255])
def test_a_signature_of_zeros_or_ones_verifies_nothing(kind: str, octet: int) -> None:
    request = flattened(kind, header_of(kind))
    length = len(from_base64url(request["signature"]))
    body = octets_of(request | {"signature": base64url(bytes([octet]) * length)})
    assert refused_as(lambda: accepted(body, kind)) == "malformed"


def test_a_der_signature_is_refused() -> None:
    request = flattened("P-256", header_of("P-256"))
    raw = from_base64url(request["signature"])
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    assert refused_as(lambda: accepted(octets_of(request | {"signature": base64url(der)}))) == "malformed"


def test_parts_of_two_requests_of_one_key_do_not_make_a_third() -> None:
    first = flattened("P-256", header_of("P-256"), {"a": 1})
    second = flattened("P-256", header_of("P-256", url=URL + "2"), {"a": 2})
    for name in ("protected", "payload", "signature"):
        mixed = octets_of(first | {name: second[name]})
        assert refused_as(partial(accepted, mixed)) == "malformed"


@given(st.data())
def test_each_changed_bit_of_a_request_is_found(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(KINDS))
    members = flattened(kind, header_of(kind, kid=ACCOUNT), PAYLOAD)
    name = data.draw(st.sampled_from(sorted(members)))
    octets = bytearray(from_base64url(members[name]))
    octets[data.draw(st.integers(0, len(octets) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    changed = octets_of(members | {name: base64url(bytes(octets))})
    assert refused_as(lambda: accepted(changed, kind)) in {"malformed", "badSignatureAlgorithm"}


def test_a_refusal_quotes_nothing_of_the_request() -> None:
    secret = "s3cr3t"
    bodies = [
        with_members(more=secret),
        with_members(payload=secret + "="),
        with_header(alg=secret),
        with_header(jwk={"kty": secret}),
        with_header(jwk=public_jwk("P-256") | {"d": secret}),
        secret.encode(),
    ]
    assert all(secret not in refusal_of(partial(parse, body)).detail for body in bodies)
