"""Which function may sign with which key, in process: of the template, of later CAs and of later roots. And
what an external issuer may do with private CAs of AWS."""

import pytest
from botocore.exceptions import ClientError

from tests.support.aws.least_privilege import Privileges, require_allowed

SIGNING = ("signing_worker", "crl_publisher", "stack_admin")
KEYS = {
    "arn:root": {"stack_admin"},
    "arn:issuing": {"signing_worker", "crl_publisher"},
    "arn:aws:kms:eu-central-1:123456789012:key/root-2": {"stack_admin"},
    "arn:aws:kms:eu-central-1:123456789012:key/issuing-2": set(SIGNING),
}
ALGORITHMS = ("ECDSA_SHA_256", "ECDSA_SHA_384", "RSASSA_PKCS1_V1_5_SHA_256")
PRIVATE_CA = "arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/1"
FOREIGN_CA = "arn:aws:acm-pca:eu-central-1:999999999999:certificate-authority/1"
CAS = (PRIVATE_CA, FOREIGN_CA)
TEMPLATE = "arn:aws:acm-pca:::template/{}/V1"


class Caller:
    def __init__(self, service: str) -> None:
        self._service = service

    def ask(self, operation: str, **parameters: str) -> bool:
        try:
            require_allowed(self._service, operation, dict(parameters))
        except ClientError:
            return False
        return True


def may(folder: str, service: str, operation: str, **parameters: str) -> bool:
    return Privileges().within(folder, Caller(service)).ask(operation, **parameters)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("key", KEYS)
def test_a_key_signs_for_the_functions_of_its_ca_and_a_root_s_for_stack_admin_alone(
    key: str, algorithm: str
) -> None:
    about = {"KeyId": key, "MessageType": "DIGEST", "SigningAlgorithm": algorithm}
    assert {folder for folder in SIGNING if may(folder, "kms", "Sign", **about)} == KEYS[key]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "other", [{"MessageType": "RAW"}, {"SigningAlgorithm": "RSASSA_PSS_SHA_256"}], ids=["raw", "PSS"]
)
def test_nothing_but_digests_is_signed_and_by_no_other_algorithm(key: str, other: dict[str, str]) -> None:
    about = {"KeyId": key, "MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256"} | other
    signing = {folder for folder in SIGNING if may(folder, "kms", "Sign", **about)}
    # the types of the first two keys have no other algorithm
    assert signing == (
        KEYS[key] if key in ("arn:root", "arn:issuing") and "MessageType" not in other else set()
    )


@pytest.mark.parametrize("key", [key for key in KEYS if key.startswith("arn:aws")])
def test_stack_admin_alone_looks_at_a_later_key_and_at_its_role(key: str) -> None:
    for operation in ("GetPublicKey", "ListResourceTags"):
        assert {folder for folder in SIGNING if may(folder, "kms", operation, KeyId=key)} == {"stack_admin"}


@pytest.mark.parametrize(
    "template",
    [
        "EndEntityCertificate",
        "EndEntityServerAuthCertificate",
        "EndEntityClientAuthCertificate",
        "CodeSigningCertificate",
    ],
)
def test_an_external_issuer_orders_leaves_from_the_private_cas_that_are_listed(template: str) -> None:
    order = {"TemplateArn": TEMPLATE.format(template)}
    listed, other = (order | {"CertificateAuthorityArn": arn} for arn in (PRIVATE_CA, FOREIGN_CA))
    assert may("external_issuer_worker", "acm-pca", "IssueCertificate", **listed)
    assert not may("external_issuer_worker", "acm-pca", "IssueCertificate", **other)
    assert not may("signing_worker", "acm-pca", "IssueCertificate", **listed)


@pytest.mark.parametrize(
    "template",
    [
        "SubordinateCACertificate_PathLen0",
        "RootCACertificate",
        "OCSPSigningCertificate",
        "EndEntityCertificate_CSRPassthrough",
        "EndEntityCertificate_APIPassthrough",
        "BlankEndEntityCertificate_CSRPassthrough",
    ],
)
def test_an_external_issuer_gets_no_ca_and_nothing_by_a_template_that_copies_extensions(
    template: str,
) -> None:
    order = {"CertificateAuthorityArn": PRIVATE_CA, "TemplateArn": TEMPLATE.format(template)}
    assert not may("external_issuer_worker", "acm-pca", "IssueCertificate", **order)


@pytest.mark.parametrize(
    ("operation", "is_allowed"),
    [
        ("GetCertificate", True),
        ("RevokeCertificate", True),
        ("DescribeCertificateAuthority", True),
        ("DeleteCertificateAuthority", False),
        ("CreateCertificateAuthorityAuditReport", False),
        ("GetCertificateAuthorityCertificate", False),
    ],
)
def test_an_external_issuer_does_no_more_with_a_private_ca(operation: str, is_allowed: bool) -> None:
    by_arn = {
        arn: may("external_issuer_worker", "acm-pca", operation, CertificateAuthorityArn=arn) for arn in CAS
    }
    assert by_arn == {PRIVATE_CA: is_allowed, FOREIGN_CA: False}
