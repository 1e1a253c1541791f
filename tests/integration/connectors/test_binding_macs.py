"""MAC keys of EAB keys, as KMS (moto) computes them."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from certctl.connectors.acme.binding_macs import BindingMacs
from certctl.connectors.aws.clients import make_client
from certctl.crypto.acme.bindings import has_valid_mac, parse_binding
from certctl.crypto.acme.keys import checked_jwk
from certctl.domain.aws_failures import Overloaded
from certctl.domain.base64url import from_base64url, to_base64url
from certctl.domain.errors import AccessDenied, RequestInvalid, Unavailable
from tests.support.acme.signed import URL, external_binding, public_jwk
from tests.support.aws.local_kms import LocalKms
from tests.support.channels.receivers import Receiver, answers

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

REGION = "eu-central-1"
SALT = "5a17"


@pytest.fixture
def kms(monkeypatch: pytest.MonkeyPatch) -> Iterator["KMSClient"]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield make_client("kms", REGION)


def new_key(kms: "KMSClient") -> str:
    made = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
    return made["KeyMetadata"]["Arn"]


def test_the_mac_key_of_an_eab_key_is_the_same_each_time(kms: "KMSClient") -> None:
    arn = new_key(kms)
    first, again = (BindingMacs(kms, arn).mac_key("eab-1", 1, SALT) for _ in range(2))
    assert first == again
    assert len(first) == 32


def test_another_eab_key_generation_salt_or_stack_has_another_mac_key(kms: "KMSClient") -> None:
    arn = new_key(kms)
    pairs = [("eab-1", 1), ("eab-1", 2), ("eab-1", 11), ("eab-11", 1), ("eab-2", 1), ('eab-1",1,"', 1)]
    triples = [(*pair, salt) for pair in pairs for salt in ("", SALT, "00")]
    made = [BindingMacs(kms, arn).mac_key(*triple) for triple in triples]
    made.append(BindingMacs(kms, new_key(kms)).mac_key("eab-1", 1, SALT))
    assert len(set(made)) == len(made)


def test_a_client_binds_its_key_by_what_the_user_was_shown(kms: "KMSClient") -> None:
    macs = BindingMacs(kms, new_key(kms))
    shown = to_base64url(macs.mac_key("eab-1", 1, SALT))
    members = external_binding(from_base64url(shown), "eab-1", public_jwk("P-256"))
    binding = parse_binding(members, checked_jwk(public_jwk("P-256")), URL)
    assert has_valid_mac(binding, macs.mac_key("eab-1", 1, SALT))
    assert not has_valid_mac(binding, macs.mac_key("eab-1", 2, SALT))


def test_what_the_user_is_shown_is_no_option_of_a_command_line() -> None:
    macs = BindingMacs(LocalKms({}), "arn:acme-binding")  # type: ignore[arg-type]  # as far as it is called
    shown = [to_base64url(macs.mac_key("eab-1", generation, SALT)) for generation in range(1, 500)]
    assert [each for each in shown if each.startswith(("-", "_"))] == []


def test_a_key_for_signing_makes_no_macs(kms: "KMSClient") -> None:
    arn = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    with pytest.raises(ClientError, match="InvalidKeyUsage"):
        BindingMacs(kms, arn).mac_key("eab-1", 1, SALT)


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, "ThrottlingException", Overloaded),
        (500, "KMSInternalException", Unavailable),
        (503, "Unknown", Unavailable),
        (400, "AccessDeniedException", AccessDenied),
        (400, "ValidationException", RequestInvalid),
        (400, "DisabledException", ClientError),
        (400, "KMSInvalidStateException", ClientError),
    ],
)
def test_a_refusal_is_not_taken_for_an_outage(
    monkeypatch: pytest.MonkeyPatch, status: int, code: str, error: type[Exception]
) -> None:
    body = json.dumps({"__type": code}).encode()
    with Receiver(answers(status, body)).running() as receiver:
        monkeypatch.setenv("AWS_ENDPOINT_URL", receiver.url(""))
        with pytest.raises(error):
            BindingMacs(make_client("kms", REGION, attempts=1), "arn:1").mac_key("eab-1", 1, SALT)


def test_the_kms_of_other_tests_makes_macs_alike_and_a_secret_without_salt_stays_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = LocalKms({})
    macs = BindingMacs(client, "arn:acme-binding")  # type: ignore[arg-type]  # as far as it is called
    message = b'["acme-eab-key","eab-1",1]'
    digest = hmac.new(b"arn:acme-binding", message, hashlib.sha256).digest()
    assert macs.mac_key("eab-1", 1, "") == bytes([digest[0] & 0x7F]) + digest[1:]
