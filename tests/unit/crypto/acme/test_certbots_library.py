"""What certbot's libraries, acme and josepy, sign is accepted, and they name keys as we do."""

import json
from typing import Any

import pytest
from acme.jws import JWS as AcmeJws
from acme.messages import ExternalAccountBinding
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st
from josepy.jwa import ES256, ES384, ES512, RS256
from josepy.jwk import JWK, JWKEC, JWKRSA

from certctl.crypto.acme.bindings import has_valid_mac, parse_binding
from certctl.crypto.acme.jws import parse, payload_of, verify
from certctl.crypto.acme.key_changes import new_key_in
from certctl.crypto.acme.keys import checked_jwk, public_key_of, thumbprint
from certctl.domain.base64url import to_base64url
from tests.support.acme.signed import octets_of, public_jwk, signed_request
from tests.support.identity.issuers import private_key

ALGORITHMS = {"RSA": RS256, "P-256": ES256, "P-384": ES384, "P-521": ES512}
KINDS = list(ALGORITHMS)
URLS = st.from_regex(r"https://[a-z]{1,20}\.example/acme/[A-Za-z0-9/_-]{1,40}", fullmatch=True)
JSON = st.dictionaries(
    st.text(),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.text()
        | st.floats(allow_nan=False, allow_infinity=False),
        lambda each: st.lists(each) | st.dictionaries(st.text(), each),
        max_leaves=10,
    ),
)


def key_of(kind: str) -> Any:
    key = private_key(kind)
    if isinstance(key, rsa.RSAPrivateKey):
        return JWKRSA(key=key)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return JWKEC(key=key)


def signed(kind: str, payload: bytes, nonce: bytes, url: str, kid: str | None = None) -> bytes:
    key = key_of(kind)
    text: str = AcmeJws.sign(payload, key, ALGORITHMS[kind], nonce, url, kid).json_dumps(indent=2)
    return text.encode()


@given(st.sampled_from(KINDS), st.binary(), st.binary(min_size=1), URLS)
def test_what_certbot_signs_with_a_new_key_is_accepted(
    kind: str, payload: bytes, nonce: bytes, url: str
) -> None:
    request = parse(signed(kind, payload, nonce, url))
    assert request.header.jwk is not None
    verify(request, request.header.jwk)
    assert (request.payload, request.header.nonce, request.header.url) == (payload, to_base64url(nonce), url)


@given(st.sampled_from(KINDS), JSON, URLS)
def test_what_certbot_signs_for_its_account_is_accepted(kind: str, payload: dict[str, Any], url: str) -> None:
    request = parse(signed(kind, json.dumps(payload).encode(), b"n", url, url + "/1"))
    verify(request, checked_jwk(public_jwk(kind)))
    assert request.header.kid == url + "/1"
    assert payload_of(request) == payload


@pytest.mark.parametrize("kind", KINDS)
def test_certbot_verifies_what_the_clients_of_our_tests_sign(kind: str) -> None:
    read = AcmeJws.json_loads(signed_request(kind, {"a": 1}).decode())
    assert read.verify(key_of(kind).public_key())


@pytest.mark.parametrize("kind", KINDS)
def test_keys_and_their_thumbprints_are_those_of_josepy(kind: str) -> None:
    published = key_of(kind).public_key()
    jwk = checked_jwk(json.loads(published.json_dumps()))
    assert thumbprint(jwk) == to_base64url(published.thumbprint())
    assert JWK.from_json(dict(jwk)) == published
    assert public_key_of(jwk) == private_key(kind).public_key()


@given(st.binary(min_size=16, max_size=64), st.sampled_from(["HS256", "HS384", "HS512"]))
def test_a_binding_as_certbot_makes_it_is_accepted(mac_key: bytes, algorithm: str) -> None:
    url, public = "https://a.example/acme/new-account", key_of("RSA").public_key()
    directory: Any = {"newAccount": url}
    made = ExternalAccountBinding.from_data(public, "eab-1", to_base64url(mac_key), directory, algorithm)
    members = json.loads(json.dumps(made))
    binding = parse_binding(members, checked_jwk(public_jwk("RSA")), url)
    assert binding.key_id == "eab-1"
    assert has_valid_mac(binding, mac_key)
    assert not has_valid_mac(binding, mac_key + b"x")


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_change_as_josepy_signs_it_gives_the_new_key(kind: str) -> None:
    url, account = "https://a.example/acme/key-change", "https://a.example/acme/acct/a-1"
    change = {"account": account, "oldKey": public_jwk("RSA-other")}
    inner = AcmeJws.sign(octets_of(change), key_of(kind), ALGORITHMS[kind], None, url, None)
    outer = parse(signed_request("RSA-other", inner.json_dumps(), url, kid=account))
    assert new_key_in(outer, checked_jwk(public_jwk("RSA-other"))) == public_jwk(kind)
