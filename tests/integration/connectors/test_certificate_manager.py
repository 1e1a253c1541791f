"""AWS Certificate Manager on moto for success, on a receiver and a stub for what moto does not have."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import Stubber
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from moto.acm.models import acm_backends

from certctl.connectors.aws.certificate_manager import (
    HIDDEN_ROOTS,
    KEY_ORIGINS,
    KEY_TYPES,
    WITH_CERTIFICATE,
    CertificateManager,
)
from certctl.connectors.aws.clients import make_client
from certctl.domain.aws_failures import Overloaded
from certctl.domain.errors import AccessDenied
from tests.support.aws.clients import REGION, local_aws
from tests.support.channels.receivers import Receiver, answers
from tests.support.inventory.made import Maker

_MAKER = Maker()
_CHAIN = _MAKER.certificate()
_ACCOUNT = "123456789012"


@pytest.fixture(autouse=True)
def aws() -> Iterator[None]:
    with local_aws():
        yield


@pytest.fixture
def client() -> Any:
    return make_client("acm", REGION)


def _imported(client: Any, name: str, key: Any) -> tuple[str, bytes]:
    """The ARN and the DER of an imported certificate."""
    leaf = _MAKER.leaf(name, key=key)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    chain = _pem(_CHAIN)
    made = client.import_certificate(Certificate=_pem(leaf), PrivateKey=private, CertificateChain=chain)
    return made["CertificateArn"], leaf


def _pem(der: bytes) -> bytes:
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)


def test_certificates_of_all_key_types_are_listed(client: Any) -> None:
    keys = [
        rsa.generate_private_key(65537, 2048),
        rsa.generate_private_key(65537, 4096),
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP384R1()),
    ]
    arns = {_imported(client, f"host-{n}.example", key)[0] for n, key in enumerate(keys)}
    assert set(CertificateManager(client).arns(100)) == arns


def test_a_certificate_is_read_with_its_chain_and_what_uses_it(client: Any) -> None:
    arn, leaf = _imported(client, "www.example", ec.generate_private_key(ec.SECP256R1()))
    balancer = f"arn:aws:elasticloadbalancing:{REGION}:{_ACCOUNT}:loadbalancer/app/shop/1"
    acm_backends[_ACCOUNT][REGION].set_certificate_in_use_by(arn, balancer)
    read = CertificateManager(client).read(arn)
    assert read is not None
    assert (read.certificate, read.chain[0], read.is_renewed_by_aws) == (leaf, _CHAIN, False)
    assert read.places() == [arn, f"{balancer}#{arn.rpartition('/')[2]}"]


def test_a_certificate_that_was_deleted_meanwhile_is_left_out(client: Any) -> None:
    arn, _ = _imported(client, "www.example", ec.generate_private_key(ec.SECP256R1()))
    client.delete_certificate(CertificateArn=arn)
    assert CertificateManager(client).read(arn) is None


def test_a_list_ends_behind_the_most(client: Any) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    for number in range(3):
        _imported(client, f"host-{number}.example", key)
    assert len(CertificateManager(client).arns(1)) == 2


@pytest.mark.parametrize(
    ("shape", "named"),
    [
        ("KeyAlgorithm", KEY_TYPES),
        ("CertificateKeyPairOrigin", KEY_ORIGINS),
        ("RootHierarchyType", HIDDEN_ROOTS),
    ],
)
def test_all_that_the_service_hides_by_default_is_named(
    client: Any, shape: str, named: tuple[str, ...]
) -> None:
    """A release of the service with a further value fails here."""
    assert set(client.meta.service_model.shape_for(shape).enum) == set(named)


def test_statuses_without_a_certificate_are_known(client: Any) -> None:
    known = set(client.meta.service_model.shape_for("CertificateStatus").enum)
    assert known - set(WITH_CERTIFICATE) == {"PENDING_VALIDATION", "VALIDATION_TIMED_OUT", "FAILED"}


def test_pages_are_read_to_their_end_and_hidden_roots_have_a_list_of_their_own(client: Any) -> None:
    wanted = {
        "CertificateStatuses": list(WITH_CERTIFICATE),
        "CertificateKeyPairOrigins": list(KEY_ORIGINS),
        "Includes": {"keyTypes": list(KEY_TYPES)},
        "MaxItems": 1000,
    }
    arns = [f"arn:aws:acm:{REGION}:{_ACCOUNT}:certificate/{n}" for n in range(3)]
    pages = [{"CertificateSummaryList": [{"CertificateArn": arn}]} for arn in arns]
    hidden = {**wanted, "RootHierarchyTypes": list(HIDDEN_ROOTS)}
    with Stubber(client) as stub:
        stub.add_response("list_certificates", {**pages[0], "NextToken": "next"}, wanted)
        stub.add_response("list_certificates", pages[1], {**wanted, "NextToken": "next"})
        stub.add_response("list_certificates", pages[2], hidden)
        assert CertificateManager(client).arns(100) == arns
        stub.assert_no_pending_responses()


def test_throttling_is_retried(monkeypatch: pytest.MonkeyPatch) -> None:
    body = b'{"__type":"ThrottlingException","message":"Rate exceeded"}'
    with Receiver(answers(400, body)).running() as receiver:
        monkeypatch.setenv("AWS_ENDPOINT_URL", receiver.url(""))
        with pytest.raises(Overloaded):
            CertificateManager(make_client("acm", REGION, attempts=2)).arns(100)
        assert len(receiver.received) == 2


def test_denied_access_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    message = "User is not authorized to perform: acm:ListCertificates"
    body = json.dumps({"__type": "AccessDeniedException", "message": message}).encode()
    with Receiver(answers(400, body)).running() as receiver:
        monkeypatch.setenv("AWS_ENDPOINT_URL", receiver.url(""))
        with pytest.raises(AccessDenied, match="acm:ListCertificates"):
            CertificateManager(make_client("acm", REGION, attempts=1)).arns(100)
