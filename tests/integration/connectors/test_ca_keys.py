"""Keys of CAs in KMS: every spec signs, and a key that no CA may have is refused before it is one."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from certctl.connectors.aws.clients import make_client
from certctl.connectors.aws.kms import KmsSigner, key_of_certificate, load_key, load_new_key, load_seal_key
from certctl.crypto.authorities.authority import root_certificate
from certctl.crypto.ca_keys import spec_of
from certctl.crypto.fingerprints import spki_der
from certctl.crypto.kms_key import kms_algorithm
from certctl.crypto.status.crl import inspect_crl
from certctl.crypto.status.crl_building import build_crl
from certctl.domain.authorities.key_specs import ISSUING_KEY_SPECS, ROOT_KEY_SPECS, KeySpec
from certctl.domain.errors import InvalidInput, RequestInvalid
from tests.support.authorities.authority import held_key
from tests.support.aws.clients import REGION, local_aws
from tests.support.aws.held_keys import description
from tests.support.mutants import Mutant, alive, instead, never

ARN = "arn:aws:kms:eu-central-1:111122223333:key/1"
every_spec = pytest.mark.parametrize("spec", ISSUING_KEY_SPECS)


@pytest.fixture(autouse=True)
def aws() -> Iterator[None]:
    with local_aws():
        yield


def a_key(client: Any, spec: str, usage: str = "SIGN_VERIFY") -> str:
    arn: str = client.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["Arn"]
    return arn


@every_spec
def test_a_key_of_each_spec_signs_certificates_and_crls(spec: KeySpec) -> None:
    client, now = make_client("kms", REGION), datetime.now(UTC).replace(microsecond=0)
    arn = a_key(client, spec)
    key = load_new_key(client, arn, ISSUING_KEY_SPECS)
    assert spec_of(key.public_key()) is spec
    made = root_certificate("CN=Example Root,O=Example", key, now, now + timedelta(days=1))
    later = key_of_certificate(client, arn, made)
    crl = build_crl(made, later, [], 1, now, now + timedelta(hours=1), None)
    assert inspect_crl(crl, made).number == 1
    assert load_key(client, arn).public_key() == key.public_key()


@every_spec
def test_kms_signs_only_in_the_way_of_the_spec(spec: KeySpec) -> None:
    client = make_client("kms", REGION)
    signer = KmsSigner(client, a_key(client, spec))
    wrong = {kms_algorithm(each) for each in KeySpec if each.family is not spec.family}
    for algorithm in wrong:
        with pytest.raises(ClientError, match="InvalidKeyUsageException"):
            signer.sign_digest(bytes(32), algorithm)
    with pytest.raises(RequestInvalid):
        signer.sign_digest(bytes(20), kms_algorithm(spec))


@pytest.mark.parametrize(
    ("spec", "usage", "reason"),
    [
        ("ECC_NIST_P521", "SIGN_VERIFY", "its spec is ECC_NIST_P521"),
        ("ECC_SECG_P256K1", "SIGN_VERIFY", "its spec is ECC_SECG_P256K1"),
        ("RSA_4096", "ENCRYPT_DECRYPT", "its usage is ENCRYPT_DECRYPT"),
    ],
)
def test_a_key_that_is_not_listed_is_refused_with_all_that_are(spec: str, usage: str, reason: str) -> None:
    client = make_client("kms", REGION)
    refused_for(client, a_key(client, spec, usage), ISSUING_KEY_SPECS, reason)


def refused_for(client: Any, arn: str, allowed: Sequence[KeySpec], reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        load_new_key(client, arn, allowed)
    (problem,) = refused.value.problems
    assert problem.field == "key_arn"
    assert reason in problem.message
    assert all(spec in problem.message for spec in allowed)
    assert "stacks/ca_key.yaml" in problem.message


def test_a_root_is_refused_the_shortest_rsa_key() -> None:
    client = make_client("kms", REGION)
    arn = a_key(client, "RSA_2048")
    refused_for(client, arn, ROOT_KEY_SPECS, "its spec is RSA_2048")
    assert load_new_key(client, arn, ISSUING_KEY_SPECS).key_size == 2048


def test_a_key_that_is_not_there_is_refused() -> None:
    refused_for(make_client("kms", REGION), ARN, ISSUING_KEY_SPECS, "NotFoundException")


@pytest.mark.parametrize("name", ["alias/ca", "arn:aws:kms:eu-central-1:111122223333:alias/ca", "1234"])
def test_a_name_whose_key_may_change_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="key_arn"):
        load_new_key(make_client("kms", REGION), name, ISSUING_KEY_SPECS)


class _SaysOfKey:
    """KMS whose GetPublicKey is changed by `changes`, as it is of no key of AWS today."""

    def __init__(self, spec: KeySpec, **changes: Any) -> None:
        self._answer = {**description(held_key(spec).public_key()), **changes}

    def get_public_key(self, KeyId: str) -> dict[str, Any]:
        return self._answer


def _with_weak_exponent() -> Any:
    modulus = held_key(KeySpec.RSA_3072).public_key().public_numbers()
    assert isinstance(modulus, rsa.RSAPublicNumbers)
    weak = rsa.RSAPublicNumbers(3, modulus.n).public_key()
    return _SaysOfKey(KeySpec.RSA_3072, PublicKey=spki_der(weak))


def _of_another_spec() -> Any:
    """RSA_2048 in the place of RSA_3072."""
    shorter = description(held_key(KeySpec.RSA_2048).public_key())["PublicKey"]
    return _SaysOfKey(KeySpec.RSA_3072, PublicKey=shorter)


def _signing_otherwise() -> Any:
    return _SaysOfKey(KeySpec.RSA_3072, SigningAlgorithms=["RSASSA_PSS_SHA_256"])


def _agreeing() -> Any:
    return _SaysOfKey(KeySpec.ECC_NIST_P256, KeyUsage="KEY_AGREEMENT")


def _short() -> Any:
    return _SaysOfKey(KeySpec.RSA_2048)


def _without_a_key() -> Any:
    return _SaysOfKey(KeySpec.ECC_NIST_P256, PublicKey=b"none")


_REFUSALS = [
    (_with_weak_exponent, "its RSA exponent is 3"),
    (_of_another_spec, "its spec is RSA_3072, and its public key is one of RSA_2048"),
    (_signing_otherwise, "it does not sign with RSASSA_PKCS1_V1_5_SHA_256"),
    (_agreeing, "its usage is KEY_AGREEMENT"),
    (_short, "its spec is RSA_2048"),
    (_without_a_key, "(?i)could not deserialize"),
]


@pytest.mark.parametrize(("client", "reason"), _REFUSALS)
def test_what_kms_says_of_a_key_is_checked(client: Any, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        load_new_key(client(), ARN, ROOT_KEY_SPECS)


_KMS, _KEYS = "connectors.aws.kms:_allowed_key", "crypto.ca_keys:spec_of"
_MUTANTS = [
    (Mutant("any usage", _KMS, never("SIGN_VERIFY")), _agreeing),
    (
        Mutant(
            "any spec",
            _KMS,
            instead(
                "next((each for each in allowed if each == found['KeySpec']), None)",
                "KeySpec(found['KeySpec'])",
            ),
        ),
        _short,
    ),
    (Mutant("any algorithm", _KMS, never("SigningAlgorithms")), _signing_otherwise),
    (Mutant("any public key", _KMS, never("spec_of")), _of_another_spec),
    (Mutant("any exponent", _KEYS, never("_EXPONENT", "exponent")), _with_weak_exponent),
]


@pytest.mark.parametrize(("mutant", "client"), _MUTANTS, ids=lambda each: getattr(each, "name", ""))
def test_each_rule_alone_refuses_its_key(mutant: Mutant, client: Any) -> None:
    """With the rule left out, the key of the case above would become a CA's."""
    with alive(mutant):
        assert load_new_key(client(), ARN, ROOT_KEY_SPECS)
    with pytest.raises(InvalidInput):
        load_new_key(client(), ARN, ROOT_KEY_SPECS)


def test_the_key_of_the_audit_seals_is_on_a_curve() -> None:
    client = make_client("kms", REGION)
    assert isinstance(load_seal_key(client, a_key(client, "ECC_NIST_P256")).curve, ec.SECP256R1)
    with pytest.raises(ValueError, match="elliptic curve"):
        load_seal_key(client, a_key(client, "RSA_2048"))
