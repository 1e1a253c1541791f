"""Requests that no honest client sends: each is refused with the right problem, and uses up nothing."""

import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certctl.domain.acme.eab_keys import EabKey
from certctl.domain.base64url import to_base64url
from tests.support.acme.eab_keys import EabKeys
from tests.support.acme.gateway import AcmeGateway
from tests.support.acme.raw import RawAcme, encoded, jwk, jws, new_key, problem, signature
from tests.support.audit.event_parts import stored_events
from tests.support.functions.deployed import Deployed

ALGORITHMS = ["RS256", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]


def test_a_used_nonce_is_refused_in_the_words_that_acme_sh_looks_for(client: RawAcme) -> None:
    body = jws(client.key, client.header(client.kid), None)
    assert client.send(client.kid, body).status_code == 200
    response = client.send(client.kid, body)
    assert (response.status_code, problem(response)) == (400, "badNonce")
    assert "JWS has an invalid anti-replay nonce" in response.json()["detail"]


def test_the_nonce_of_a_refusal_is_good_for_the_next_try(client: RawAcme) -> None:
    refused = client.post(client.kid, nonce="AAAA")
    assert problem(refused) == "badNonce"
    assert client.post(client.kid, nonce=refused.headers["Replay-Nonce"]).status_code == 200


def test_a_nonce_is_used_up_by_reading_too_and_for_every_account(keys: EabKeys, key: EabKey) -> None:
    one, other = keys.client(key), keys.client(key)
    nonce = one.nonce()
    assert one.post(one.kid, nonce=nonce).status_code == 200
    assert problem(other.post(other.kid, nonce=nonce)) == "badNonce"


def test_a_nonce_is_good_for_an_hour(stack: Deployed, client: RawAcme) -> None:
    late, too_late = client.nonce(), client.nonce()
    stack.clock.advance(timedelta(minutes=59))
    assert client.post(client.kid, nonce=late).status_code == 200
    stack.clock.advance(timedelta(minutes=2))
    assert problem(client.post(client.kid, nonce=too_late)) == "badNonce"


def test_a_nonce_that_this_server_did_not_make_is_refused(client: RawAcme) -> None:
    own = client.nonce()
    for foreign in (
        to_base64url(bytes(33)),
        "oFvnlFP1wIhRlYS2jTaXbA",
        own[:-1] + ("A" if own[-1] != "A" else "B"),
    ):
        assert problem(client.post(client.kid, nonce=foreign)) == "badNonce"


@pytest.mark.parametrize("nonce", ["", "a b", "AAAA====", "AAAA\n", 7, ["AAAA"]])
def test_a_nonce_that_is_no_base64url_is_malformed(client: RawAcme, nonce: Any) -> None:
    assert problem(client.post(client.kid, nonce=nonce)) == "malformed"


def test_a_forgery_uses_up_no_nonce(client: RawAcme) -> None:
    nonce = client.nonce()
    forged = jws(new_key(), client.header(client.kid, nonce=nonce), None)
    assert problem(client.send(client.kid, forged)) == "malformed"
    assert client.post(client.kid, nonce=nonce).status_code == 200


def test_the_url_must_be_that_of_the_request(client: RawAcme) -> None:
    kid = client.kid
    for url in (
        f"{kid}/orders",
        f"{kid}?",
        f"{kid}/",
        kid.replace("https", "http"),
        kid.replace("acme.example.net", "acme.example.org"),
        kid.replace("acme.example.net", "acme.example.net:443"),
        client.url("new-order"),
    ):
        response = client.post(kid, url=url)
        assert (response.status_code, problem(response)) == (403, "unauthorized"), url


def test_a_request_for_one_place_does_nothing_at_another(client: RawAcme) -> None:
    deactivation = jws(client.key, client.header(client.kid), {"status": "deactivated"})
    assert problem(client.send(f"{client.kid}/orders", deactivation)) == "unauthorized"
    assert client.post(client.kid).json()["status"] == "valid"


def test_nobody_signs_for_another_account(keys: EabKeys, key: EabKey, client: RawAcme) -> None:
    thief = keys.client(key)
    response = thief.post(client.kid, {"status": "deactivated"}, kid=client.kid)
    assert (response.status_code, problem(response)) == (400, "malformed")
    assert client.post(client.kid).json()["status"] == "valid"


@pytest.mark.parametrize(
    "kid",
    [
        "https://acme.example.net/acme/acct/acct-00000000000000000000000000",
        "https://acme.example.org/acme/acct/{id}",
        "http://acme.example.net/acme/acct/{id}",
        "https://acme.example.net/acme/acct/{id}/",
        "https://acme.example.net/acme/acct/{id}?",
        "/acme/acct/{id}",
        "{id}",
    ],
)
def test_a_kid_that_is_no_account_of_this_server_is_unknown(client: RawAcme, kid: str) -> None:
    account_id = client.kid.rpartition("/")[2]
    response = client.post(client.kid, kid=kid.format(id=account_id))
    assert (response.status_code, problem(response)) == (400, "accountDoesNotExist")


def test_a_key_in_place_of_the_account_is_refused(client: RawAcme) -> None:
    for header in ({"kid": None, "jwk": jwk(client.key)}, {"jwk": jwk(client.key)}, {"kid": None}):
        response = client.post(client.kid, **header)
        assert (response.status_code, problem(response)) == (400, "malformed")


@pytest.mark.parametrize("alg", ["none", "HS256", "None", "PS256", "RS1", "ES256K", "", None])
def test_other_algorithms_are_refused_and_the_allowed_ones_named(client: RawAcme, alg: str | None) -> None:
    response = client.post(client.kid, alg=alg)
    if alg:
        assert problem(response) == "badSignatureAlgorithm"
        assert response.json()["algorithms"] == ALGORITHMS
    else:
        assert problem(response) == "malformed"


def test_no_signature_is_as_bad_as_a_wrong_one(client: RawAcme) -> None:
    signed = jws(client.key, client.header(client.kid), None)
    for wrong in ("", to_base64url(bytes(64)), to_base64url(bytes(63)), signed["signature"][:-2]):
        assert problem(client.send(client.kid, signed | {"signature": wrong})) == "malformed"


def test_the_public_key_is_no_key_of_a_mac(client: RawAcme) -> None:
    """Key confusion: a MAC with what everybody knows."""
    public = client.key.public_key()
    header = encoded(client.header(client.kid, alg="HS256"))
    for known in (
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        json.dumps(jwk(client.key)).encode(),
    ):
        mac = to_base64url(hmac.digest(known, f"{header}.".encode(), "sha256"))
        body = {"protected": header, "payload": "", "signature": mac}
        assert problem(client.send(client.kid, body)) == "badSignatureAlgorithm"


@pytest.mark.parametrize("alg", ["RS256", "ES384", "EdDSA"])
def test_an_algorithm_of_another_kind_of_key_is_refused(client: RawAcme, alg: str) -> None:
    response = client.post(client.kid, alg=alg)
    assert problem(response) == "badSignatureAlgorithm"
    assert response.json()["algorithms"] == ["ES256"]


def test_a_jws_with_two_signatures_is_refused(client: RawAcme) -> None:
    signed = jws(client.key, client.header(client.kid), None)
    one = {"protected": signed["protected"], "signature": signed["signature"]}
    bodies: tuple[object, ...] = (
        {"payload": "", "signatures": [one]},
        {"payload": "", "signatures": [one, one]},
        signed | {"signatures": [one]},
        signed | {"header": {}},
        signed | {"header": {"kid": client.kid}},
        signed | {"extra": 1},
        [signed],
        "{protected}.{payload}.{signature}".format(**signed),
    )
    for body in bodies:
        assert problem(client.send(client.kid, body)) == "malformed"


@pytest.mark.parametrize(
    "extra", [{"crit": ["exp"], "exp": 1}, {"b64": False, "crit": ["b64"]}, {"b64": True}]
)
def test_headers_that_change_what_is_signed_are_refused(client: RawAcme, extra: dict[str, Any]) -> None:
    assert problem(client.post(client.kid, **extra)) == "malformed"


def test_a_member_that_occurs_twice_is_refused_wherever_it_is(client: RawAcme) -> None:
    good = json.dumps(client.header(client.kid))
    twice = to_base64url((good[:-1] + ', "alg": "ES256"}').encode())
    made = to_base64url(signature(client.key, f"{twice}.".encode()))
    body = {"protected": twice, "payload": "", "signature": made}
    assert problem(client.send(client.kid, body)) == "malformed"
    payload = b'{"status": "valid", "status": "deactivated"}'
    assert problem(client.post(client.kid, payload)) == "malformed"


@pytest.mark.parametrize("payload", [b"[]", b"7", b"null", b"\xff", b'{"a": NaN}', b"{"])
def test_a_payload_that_is_no_object_is_malformed(client: RawAcme, payload: bytes) -> None:
    assert problem(client.post(client.kid, payload)) == "malformed"


def test_a_key_that_is_shown_with_its_private_part_is_refused(gateway: AcmeGateway) -> None:
    newcomer = RawAcme(gateway)
    response = newcomer.post(
        newcomer.url("new-account"), {}, by_key=True, jwk=jwk(newcomer.key) | {"d": "AA"}
    )
    assert (response.status_code, problem(response)) == (400, "badPublicKey")


def test_weak_and_unknown_keys_are_refused(gateway: AcmeGateway) -> None:
    weak = RawAcme(gateway, rsa.generate_private_key(65537, 1024))  # noqa: S505  # that is the test
    assert problem(weak.register()) == "badPublicKey"
    for wrong in ({"kty": "oct", "k": "AAAA"}, {"kty": "EC", "crv": "P-256"}, {}, "text", [jwk(new_key())]):
        newcomer = RawAcme(gateway)
        response = newcomer.post(newcomer.url("new-account"), {}, by_key=True, jwk=wrong)
        assert problem(response) == "badPublicKey"


def test_rsa_and_ed25519_keys_have_accounts_too(keys: EabKeys, key: EabKey, gateway: AcmeGateway) -> None:
    held = keys.held(key)
    for own in (rsa.generate_private_key(65537, 2048), ed25519.Ed25519PrivateKey.generate()):
        client = RawAcme(gateway, own)
        assert client.bind(held.id, held.secret).status_code == 201
        assert client.post(client.kid).status_code == 200


def test_refusals_of_accounts_are_in_the_audit_trail_and_those_of_strangers_are_not(
    keys: EabKeys, key: EabKey, client: RawAcme
) -> None:
    account_id = client.kid.rpartition("/")[2]
    before = _calls()
    client.send(client.kid, jws(new_key(), client.header(client.kid), None))
    RawAcme(client.gateway).register()
    client.post(client.kid)
    assert _calls() == before
    client.post(client.kid, {"status": "revoked"})
    (call,) = [each for each in _calls() if each not in before]
    assert (call["actor"], call["resource_id"]) == (key.service_account_id, f"/acme/acct/{account_id}")
    assert call["details"]["status"] == 400
    assert call["details"]["credential"]["id"] == account_id


def _calls() -> list[dict[str, Any]]:
    return [event for event in stored_events() if event["action"].startswith("api_")]
