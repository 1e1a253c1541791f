"""Keys that no CA may have, offered to `rotate`, `create_issuer` and `create_root`: each is refused before
anything is signed, with what is wrong and what is allowed."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certctl.crypto.status.tlv import BIT_STRING, OBJECT_IDENTIFIER, SEQUENCE, tlv
from certctl.domain.errors import Conflict, InvalidInput, Unavailable
from functions.stack_admin.app import lambda_handler as stack_admin
from tests.support.authorities.pki import Pki
from tests.support.aws.held_keys import HeldPublicKey, description
from tests.support.aws.local_kms import LocalKms
from tests.support.functions.lambda_context import Context
from tests.support.issuing.csr import new_key, rsa_key_with_exponent_3

# together they take ten seconds on a slow machine
pytestmark = pytest.mark.slow

KEY = "arn:aws:kms:eu-central-1:111122223333:key/hostile"
ALLOWED = "must be a key for signing of the spec ECC_NIST_P256, ECC_NIST_P384, RSA_2048, RSA_3072 or RSA_4096"


def _spki(key: Any) -> bytes:
    der: bytes = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return der


def _sm2() -> bytes:
    """A point on SM2's curve, whose parameters the library does not have (RFC 8998)."""
    algorithm = tlv(
        SEQUENCE,
        tlv(OBJECT_IDENTIFIER, bytes.fromhex("2a8648ce3d0201")),
        tlv(OBJECT_IDENTIFIER, bytes.fromhex("2a811ccf5501822d")),
    )
    return tlv(SEQUENCE, algorithm, tlv(BIT_STRING, b"\x00\x04" + b"\x11" * 64))


def _described(key: HeldPublicKey, **changes: Any) -> dict[str, Any]:
    """What KMS would say of the key, with changes."""
    return description(key) | changes


_P256, _P384 = (ec.generate_private_key(curve).public_key() for curve in (ec.SECP256R1(), ec.SECP384R1()))
_RSA = new_key("RSA-2048").public_key()
_SMALL = new_key("RSA-1024").public_key()
assert isinstance(_RSA, rsa.RSAPublicKey)
assert isinstance(_SMALL, rsa.RSAPublicKey)
HOSTILE = {
    "P-521": (_described(ec.generate_private_key(ec.SECP521R1()).public_key()), "its spec is ECC_NIST_P521"),
    "secp256k1": (
        _described(
            _P256, KeySpec="ECC_SECG_P256K1", PublicKey=_spki(ec.generate_private_key(ec.SECP256K1()))
        ),
        "its spec is ECC_SECG_P256K1",
    ),
    "SM2": (
        _described(_P256, KeySpec="SM2", SigningAlgorithms=["SM2DSA"], PublicKey=_sm2()),
        "its spec is SM2",
    ),
    "SM2 called P-256": (_described(_P256, PublicKey=_sm2()), "its public key cannot be read"),
    "secp256k1 called P-256": (
        _described(_P256, PublicKey=_spki(ec.generate_private_key(ec.SECP256K1()))),
        "it is on secp256k1",
    ),
    "the exponent 3": (_described(rsa_key_with_exponent_3().public_key()), "its RSA exponent is 3"),
    "a modulus of 1024 bits called RSA_2048": (
        _described(_SMALL, KeySpec="RSA_2048"),
        "its modulus has 1024 bits",
    ),
    "another spec than KMS says": (
        _described(_P384, KeySpec="ECC_NIST_P256", SigningAlgorithms=["ECDSA_SHA_256"]),
        "its spec is ECC_NIST_P256, and its public key is one of ECC_NIST_P384",
    ),
    "a key for decryption": (_described(_RSA, KeyUsage="ENCRYPT_DECRYPT"), "its usage is ENCRYPT_DECRYPT"),
    "a key for agreements": (_described(_P256, KeyUsage="KEY_AGREEMENT"), "its usage is KEY_AGREEMENT"),
    "PSS alone": (
        _described(_RSA, SigningAlgorithms=["RSASSA_PSS_SHA_256"]),
        "it does not sign with RSASSA_PKCS1_V1_5_SHA_256",
    ),
    "ML-DSA": (_described(_P256, KeySpec="ML_DSA_44", SigningAlgorithms=["ML_DSA_SHAKE_256"]), "ML_DSA_44"),
}
ACTIONS: dict[str, Callable[[], dict[str, Any]]] = {
    "rotate": lambda: {"action": "rotate", "key_arn": KEY},
    "create_issuer": lambda: {
        "action": "create_issuer",
        "issuer_id": "iss-office",
        "name": "Office",
        "subject": "CN=Office CA 1",
        "permitted_domains": ["example.org"],
        "key_arn": KEY,
    },
}


ACTIONS["create_root"] = lambda: {"action": "create_root", "key_arn": KEY, "subject": "CN=Second Root"}
ROOT, ISSUING = "certctl:root-ca", "certctl:issuing-ca"


@pytest.fixture
def deployed(pki: Pki, kms: LocalKms) -> LocalKms:
    stack_admin({"action": "initialize"}, Context())
    kms.signed_with.clear()
    return kms


def _offered(kms: LocalKms, patch: pytest.MonkeyPatch, said: dict[str, Any]) -> None:
    known = kms.get_public_key
    patch.setattr(kms, "get_public_key", lambda KeyId: said if KeyId == KEY else known(KeyId))


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(("said", "why"), HOSTILE.values(), ids=HOSTILE)
def test_a_key_that_no_ca_may_have_is_refused_before_anything_is_signed(
    pki: Pki,
    deployed: LocalKms,
    monkeypatch: pytest.MonkeyPatch,
    action: str,
    said: dict[str, Any],
    why: str,
) -> None:
    _offered(deployed, monkeypatch, said)
    before = pki.authorities.all()

    with pytest.raises(InvalidInput) as refused:
        stack_admin(ACTIONS[action](), Context())

    (problem,) = refused.value.problems
    assert problem.field == "key_arn"
    assert problem.message.startswith(ALLOWED)
    assert why in problem.message
    assert (pki.authorities.all(), deployed.signed_with) == (before, [])


@pytest.mark.parametrize(
    ("action", "arn"),
    [("rotate", "arn:root"), ("create_issuer", "arn:root"), ("create_issuer", "arn:issuing")],
)
def test_the_key_of_a_ca_of_the_stack_is_no_key_of_another(
    pki: Pki, deployed: LocalKms, action: str, arn: str
) -> None:
    before = pki.authorities.all()

    with pytest.raises((Conflict, InvalidInput), match="key"):
        stack_admin(ACTIONS[action]() | {"key_arn": arn}, Context())

    assert (pki.authorities.all(), deployed.signed_with) == (before, [])


WRONGLY_TAGGED = {
    "of a root": (("rotate", "create_issuer"), [ROOT]),
    "of an issuing CA": (("create_root",), [ISSUING]),
    "of both": (("rotate", "create_issuer", "create_root"), [ROOT, ISSUING]),
    "of neither": (("rotate", "create_issuer", "create_root"), ["certctl:root", "Name"]),
    "without tags": (("rotate", "create_issuer", "create_root"), []),
}


@pytest.mark.parametrize(
    ("action", "tags"),
    [
        pytest.param(action, tags, id=f"{action}: {name}")
        for name, (actions, tags) in WRONGLY_TAGGED.items()
        for action in actions
    ],
)
def test_a_key_that_was_made_for_another_role_is_refused_before_anything_is_signed(
    pki: Pki, deployed: LocalKms, monkeypatch: pytest.MonkeyPatch, action: str, tags: list[str]
) -> None:
    pki.new_key(KEY)
    found = {"Tags": [{"TagKey": tag, "TagValue": "certctl-test"} for tag in tags], "Truncated": False}
    monkeypatch.setattr(deployed, "list_resource_tags", lambda KeyId: found)
    before = pki.authorities.all()

    with pytest.raises(InvalidInput, match=r"key_arn: must be a key with the tag certctl:\w+-ca; it has "):
        stack_admin(ACTIONS[action](), Context())

    assert (pki.authorities.all(), deployed.signed_with) == (before, [])


@pytest.mark.parametrize(
    ("code", "raised"), [("AccessDeniedException", InvalidInput), ("ThrottlingException", Unavailable)]
)
@pytest.mark.parametrize("action", ACTIONS)
def test_a_key_whose_tags_cannot_be_read_is_not_used(
    pki: Pki,
    deployed: LocalKms,
    monkeypatch: pytest.MonkeyPatch,
    action: str,
    code: str,
    raised: type[Exception],
) -> None:
    """The tags of another stack's key are not for this one to read."""
    pki.new_key(KEY)

    def refuse(KeyId: str) -> Any:
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, "ListResourceTags")

    monkeypatch.setattr(deployed, "list_resource_tags", refuse)
    before = pki.authorities.all()

    with pytest.raises(raised):
        stack_admin(ACTIONS[action](), Context())

    assert (pki.authorities.all(), deployed.signed_with) == (before, [])


def test_the_same_key_under_another_arn_is_no_key_of_another_ca(pki: Pki, deployed: LocalKms) -> None:
    """A multi-Region replica, or imported key material, has an ARN of its own."""
    pki.keys[KEY] = pki.keys["arn:root"]
    before = pki.authorities.all()

    with pytest.raises((Conflict, InvalidInput), match="key"):
        stack_admin({"action": "rotate", "key_arn": KEY}, Context())

    assert pki.authorities.all() == before
