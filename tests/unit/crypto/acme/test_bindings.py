"""External account bindings: the holder of an EAB key vouches for one key, at one URL."""

from collections.abc import Mapping
from typing import Any

import pytest

from certctl.crypto.acme.bindings import has_valid_mac, parse_binding
from certctl.crypto.acme.keys import checked_jwk
from certctl.domain.acme.problems import ProblemType
from tests.support.acme.refusals import refusal_of, refused_as
from tests.support.acme.signed import URL, external_binding, flattened, octets_of, public_jwk
from tests.support.identity.issuers import base64url

MAC_KEY = bytes(range(32))
JWK = public_jwk("P-256")


def binding(**changed: Any) -> dict[str, Any]:
    return external_binding(**({"mac_key": MAC_KEY, "kid": "eab-1", "bound": JWK} | changed))


def is_accepted(members: Mapping[str, Any], mac_key: bytes = MAC_KEY) -> bool:
    return has_valid_mac(parse_binding(members, checked_jwk(JWK), URL), mac_key)


def reason_against(members: object) -> ProblemType:
    return refused_as(lambda: parse_binding(members, checked_jwk(JWK), URL))


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_a_binding_by_each_hmac_is_accepted(algorithm: str) -> None:
    assert is_accepted(binding(algorithm=algorithm))


def test_a_binding_names_its_eab_key() -> None:
    assert parse_binding(binding(), checked_jwk(JWK), URL).key_id == "eab-1"


def test_the_key_may_be_spelled_with_other_members_in_another_order() -> None:
    assert is_accepted(binding(bound=dict(reversed(JWK.items())) | {"use": "sig"}))


@pytest.mark.parametrize("mac_key", [b"", b"\0", bytes(32), MAC_KEY[:-1], MAC_KEY + b"\1"])
def test_a_mac_of_another_key_is_not_valid(mac_key: bytes) -> None:
    assert not is_accepted(binding(), mac_key)


@pytest.mark.parametrize("mac", ["", "AA", base64url(bytes(32)), base64url(bytes(64))])
def test_another_mac_is_not_valid(mac: str) -> None:
    assert not is_accepted(binding() | {"signature": mac})


def test_a_mac_by_another_hash_than_it_says_is_not_valid() -> None:
    named = binding(algorithm="HS512")
    assert not is_accepted(named | {"signature": binding()["signature"]})


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA", "none", "HS1", "hs256"])
def test_other_algorithms_are_refused_with_the_list_of_good_ones(algorithm: str) -> None:
    problem = refusal_of(lambda: parse_binding(binding(algorithm=algorithm), checked_jwk(JWK), URL))
    assert problem.type is ProblemType.BAD_SIGNATURE_ALGORITHM
    assert problem.algorithms == ("HS256", "HS384", "HS512")


@pytest.mark.parametrize("kind", ["P-384", "RSA"])
def test_a_binding_of_another_key_is_refused(kind: str) -> None:
    assert reason_against(binding(bound=public_jwk(kind))) is ProblemType.MALFORMED


def test_a_binding_for_another_url_is_refused() -> None:
    assert reason_against(binding(url=URL + "/")) is ProblemType.MALFORMED


@pytest.mark.parametrize("header", [{"nonce": "bm9uY2U"}, {"jwk": JWK}, {"crit": []}, {"b64": False}])
def test_a_binding_has_neither_nonce_nor_key_in_its_header(header: dict[str, Any]) -> None:
    assert reason_against(binding(**header)) is ProblemType.MALFORMED


@pytest.mark.parametrize("kid", [None, "", 1, ["eab-1"]])
def test_a_binding_must_name_its_eab_key(kid: Any) -> None:
    assert reason_against(binding(kid=kid)) is ProblemType.MALFORMED


@pytest.mark.parametrize("members", [None, "text", [], {}, {"protected": "e30"}])
def test_what_is_no_flattened_jws_is_refused(members: object) -> None:
    assert reason_against(members) is ProblemType.MALFORMED


@pytest.mark.parametrize("bound", [b"", "[]", "null", '{"kty":"EC","kty":"EC"}'])
def test_a_payload_that_is_no_json_object_is_refused(bound: Any) -> None:
    assert reason_against(binding(bound=bound)) is ProblemType.MALFORMED


def test_a_private_key_in_the_payload_is_refused() -> None:
    assert reason_against(binding(bound=JWK | {"d": "AQAB"})) is ProblemType.BAD_PUBLIC_KEY


def test_the_account_key_itself_cannot_sign_a_binding() -> None:
    header = {"alg": "ES256", "kid": "eab-1", "url": URL}
    assert reason_against(flattened("P-256", header, octets_of(JWK))) is ProblemType.BAD_SIGNATURE_ALGORITHM
