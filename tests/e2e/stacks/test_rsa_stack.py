"""A stack whose CAs have RSA keys from its first deploy, and rights in private CAs of AWS, by `make run`."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.journey import Journey
from tests.support.local.stack import LocalStack, started
from tests.support.openssl import openssl

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900, func_only=True)]
PRIVATE_CA = (
    "arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/11223344-1234-1122-2233-112233445566"
)
RSA = "sha256WithRSAEncryption"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    settings = {
        "CERTCTL_ROOT_KEY_SPEC": "RSA_3072",
        "CERTCTL_ISSUING_KEY_SPEC": "RSA_2048",
        "CERTCTL_PRIVATE_CA_ARNS": PRIVATE_CA,
    }
    with started(tmp_path_factory.mktemp("rsa"), **settings) as made:
        yield made


def _signatures(pem: Path) -> list[str]:
    """The signature algorithm of each certificate of the file."""
    certificates = pem.read_text().split("-----END CERTIFICATE-----")[:-1]
    texts = (
        openssl("x509", "-noout", "-text", stdin=f"{each}-----END CERTIFICATE-----\n".encode())
        for each in certificates
    )
    return [text.partition("Signature Algorithm: ")[2].split()[0] for text in texts]


def test_a_leaf_of_an_rsa_hierarchy_verifies_and_nothing_in_its_chain_needs_ecdsa(
    stack: LocalStack, tmp_path: Path
) -> None:
    journey = Journey(stack, tmp_path)
    issued = journey.issued()
    root, chain = journey.trust(issued)
    assert "OK" in openssl("verify", "-CAfile", str(root), "-untrusted", str(chain), str(issued.pem))
    assert set(_signatures(issued.pem) + _signatures(chain) + _signatures(root)) == {RSA}


def test_the_cas_say_which_keys_they_have(stack: LocalStack) -> None:
    cas = stack.get("/api/v1/authorities")["data"]
    assert {(ca["role"], ca["key_spec"]) for ca in cas} == {("root", "RSA_3072"), ("issuing", "RSA_2048")}


def test_the_worker_of_external_issuers_has_rights_in_the_private_ca_that_is_listed(
    stack: LocalStack,
) -> None:
    function = stack.outputs["functions"]["external_issuer_worker"]
    role = stack.client("lambda").get_function_configuration(FunctionName=function)["Role"].rpartition("/")[2]
    iam = stack.client("iam")
    assert "private-ca" in iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName="private-ca")["PolicyDocument"]
    assert [each["Resource"] for each in document["Statement"]] == [[PRIVATE_CA]] * 2
    assert "private-ca-crls" not in json.dumps(iam.list_role_policies(RoleName=role)["PolicyNames"])
