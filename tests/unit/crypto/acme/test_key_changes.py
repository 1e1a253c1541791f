"""Key changes: both keys sign which key replaces which."""

from typing import Any

import pytest

from certctl.crypto.acme.jws import parse
from certctl.crypto.acme.key_changes import new_key_in
from certctl.crypto.acme.keys import PublicJwk, checked_jwk
from certctl.domain.acme.problems import ProblemType
from tests.support.acme.refusals import refused_as
from tests.support.acme.signed import Payload, flattened, public_jwk, signed_request

ACCOUNT = "https://acme.example/acme/acct/a-1"
URL = "https://acme.example/acme/key-change"
OLD, NEW = "P-256", "RSA"


def change(**changed: Any) -> dict[str, Any]:
    return {"account": ACCOUNT, "oldKey": public_jwk(OLD)} | changed


def inner(payload: Payload, signer: str = NEW, **changed: Any) -> dict[str, Any]:
    header = {"alg": "RS256", "url": URL, "jwk": public_jwk(NEW)} | changed
    return flattened(signer, {name: value for name, value in header.items() if value is not None}, payload)


def requested(payload: Payload, kid: str | None = ACCOUNT) -> PublicJwk:
    return new_key_in(parse(signed_request(OLD, payload, URL, kid=kid)), checked_jwk(public_jwk(OLD)))


def reason_against(payload: Payload) -> ProblemType:
    return refused_as(lambda: requested(payload))


def test_a_change_that_both_keys_sign_gives_the_new_key() -> None:
    assert requested(inner(change())) == public_jwk(NEW)


@pytest.mark.parametrize("algorithm", ["EdDSA", "Ed25519"])
def test_an_ed25519_key_signs_the_change_under_either_name(algorithm: str) -> None:
    new = public_jwk("Ed25519")
    assert requested(inner(change(), signer="Ed25519", alg=algorithm, jwk=new)) == new


def test_a_new_key_that_does_not_sign_is_refused() -> None:
    assert reason_against(inner(change(), signer="RSA-other")) is ProblemType.MALFORMED


@pytest.mark.parametrize(
    "changed",
    [{"url": URL + "/"}, {"url": None}, {"nonce": "bm9uY2U"}, {"kid": ACCOUNT}, {"crit": []}, {"alg": None}],
)
def test_another_header_of_the_inner_request_is_refused(changed: dict[str, Any]) -> None:
    assert reason_against(inner(change(), **changed)) is ProblemType.MALFORMED


def test_an_inner_request_without_a_key_is_refused() -> None:
    assert reason_against(inner(change(), jwk=None)) is ProblemType.BAD_PUBLIC_KEY


@pytest.mark.parametrize("algorithm", ["ES256", "HS256", "none"])
def test_the_algorithm_must_be_the_one_of_the_new_key(algorithm: str) -> None:
    assert reason_against(inner(change(), alg=algorithm)) is ProblemType.BAD_SIGNATURE_ALGORITHM


@pytest.mark.parametrize("account", [None, "", ACCOUNT + "2", ACCOUNT.upper(), [ACCOUNT]])
def test_the_account_must_be_the_one_that_asks(account: Any) -> None:
    assert reason_against(inner(change(account=account))) is ProblemType.MALFORMED


def test_a_request_by_key_changes_no_account() -> None:
    assert refused_as(lambda: requested(inner(change(account=None)), kid=None)) is ProblemType.MALFORMED


def test_the_old_key_must_be_the_one_of_the_account() -> None:
    assert reason_against(inner(change(oldKey=public_jwk("P-384")))) is ProblemType.MALFORMED
    assert reason_against(inner(change(oldKey=None))) is ProblemType.BAD_PUBLIC_KEY


@pytest.mark.parametrize("payload", [b"", "[]", "{}", '"text"', '{"protected":"e30"}'])
def test_what_is_no_inner_request_is_refused(payload: Payload) -> None:
    assert reason_against(payload) is ProblemType.MALFORMED


@pytest.mark.parametrize("payload", [b"", "[]", '{"account":"a","account":"b"}'])
def test_what_is_no_key_change_is_refused(payload: Payload) -> None:
    assert reason_against(inner(payload)) is ProblemType.MALFORMED
