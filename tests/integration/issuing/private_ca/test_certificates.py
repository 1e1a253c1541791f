"""What AWS Private CA signs is checked against the record; what it revokes, and how it is tested."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage
from cryptography.x509.oid import NameOID

from certctl.domain.issuing.external import ReasonRefused, RevocationConfirmed
from certctl.domain.issuing.external_cas import RevocationState
from certctl.domain.jobs.statuses import JobStatus
from tests.support.issuing.private_ca.model import PrivateCaModel
from tests.support.issuing.private_ca.plane import ISSUER, PcaPlane

# together they take ten seconds on a slow machine
pytestmark = pytest.mark.slow

Forge = Callable[[x509.CertificateBuilder], x509.CertificateBuilder]
_HOUR = timedelta(hours=1)


def pem_of(pca: PcaPlane, certificate_id: str) -> str:
    certificate = pca.plane.certificate(certificate_id)
    pem = pca.plane.stores.certificates.pem(certificate_id, certificate.serial_number or "")
    assert pem is not None
    return pem.certificate_pem


def rebuilt(leaf: x509.CertificateBuilder, **fields: Any) -> x509.CertificateBuilder:
    """With other private fields: a builder refuses to set one twice."""
    for name, value in fields.items():
        setattr(leaf, f"_{name}", value)
    return leaf


def with_extension(value: x509.ExtensionType) -> Forge:
    def forge(leaf: x509.CertificateBuilder) -> x509.CertificateBuilder:
        others = [each for each in leaf._extensions if each.oid != value.oid]
        return rebuilt(leaf, extensions=[*others, x509.Extension(value.oid, False, value)])

    return forge


def with_subject(**values: str) -> Forge:
    oids = {"CN": NameOID.COMMON_NAME, "O": NameOID.ORGANIZATION_NAME}
    name = x509.Name([x509.NameAttribute(oids[key], value) for key, value in values.items()])
    return lambda leaf: rebuilt(leaf, subject_name=name)


def lasting(beyond: timedelta) -> Forge:
    def forge(leaf: x509.CertificateBuilder) -> x509.CertificateBuilder:
        assert leaf._not_valid_after is not None
        return rebuilt(leaf, not_valid_after=leaf._not_valid_after + beyond)

    return forge


FORGED: Mapping[str, tuple[Forge, str]] = {
    "group": (with_subject(CN="www.example.com", O="system:masters"), "subject is O=system:masters"),
    "no subject": (lambda leaf: rebuilt(leaf, subject_name=x509.Name([])), "subject is empty"),
    "usages": (
        with_extension(x509.ExtendedKeyUsage([Usage.SERVER_AUTH, Usage.CODE_SIGNING])),
        "extended key usages are codeSigning, serverAuth",
    ),
    "CA": (with_extension(x509.BasicConstraints(ca=True, path_length=None)), "is a CA's"),
    "longer": (lasting(_HOUR), "the certificate ends"),
    "shorter": (lasting(-_HOUR), "the certificate ends"),
    "other names": (
        with_extension(x509.SubjectAlternativeName([x509.DNSName("other.example.com")])),
        "DNS:other.example.com was not asked for",
    ),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_certificate_that_is_not_the_one_of_the_record_is_revoked(pca: PcaPlane, name: str) -> None:
    pca.server.model.forge, reason = FORGED[name]
    ordered = pca.requested()
    pca.work()

    failed = pca.plane.job(ordered.id)
    assert failed.status is JobStatus.FAILED
    assert reason in (failed.last_error or "")
    (serial,) = pca.signed()
    assert pca.recorded() == {serial}
    assert pca.is_revoked(serial)


def test_a_certificate_has_the_lifetime_of_its_profile_and_the_chain_of_its_ca(pca: PcaPlane) -> None:
    certificate = pca.issued()

    pem = pca.plane.stores.certificates.pem(certificate.id, certificate.serial_number or "")
    assert pem is not None
    leaf = x509.load_pem_x509_certificate(pem.certificate_pem.encode())
    chain = x509.load_pem_x509_certificates(pem.chain_pem.encode())
    usages = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    lifetime = leaf.not_valid_after_utc - leaf.not_valid_before_utc + timedelta(seconds=1)
    assert lifetime == timedelta(days=200)
    assert chain == [pca.server.model.certificate, pca.server.model.root]
    assert list(usages) == [Usage.SERVER_AUTH]


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        ("RSA_2048", "SHA256WITHRSA"),
        ("EC_prime256v1", "SHA256WITHECDSA"),
        ("EC_secp384r1", "SHA384WITHECDSA"),
        ("EC_secp521r1", "SHA512WITHECDSA"),
    ],
)
def test_the_signature_is_of_the_family_of_the_ca(pca: PcaPlane, key: str, algorithm: str) -> None:
    pca.server.model = PrivateCaModel(pca.plane.pki.clock, key_algorithm=key)

    pca.issued()

    (asked,) = (each for call, each in pca.server.model.calls if call == "IssueCertificate")
    assert asked["SigningAlgorithm"] == algorithm
    assert len(pca.recorded()) == 1


def test_a_revocation_has_the_serial_and_the_reason(pca: PcaPlane) -> None:
    certificate = pca.issued()
    pca.plane.revoked(certificate.id, "keyCompromise")
    pca.work()

    (asked,) = (each for call, each in pca.server.model.calls if call == "RevokeCertificate")
    (version,) = pca.plane.stores.certificates.unexpired_versions(certificate.id, pca.plane.pki.clock())
    mark = pca.plane.stores.marks_of([version])[version.serial_number]
    assert asked["CertificateSerial"].replace(":", "") == certificate.serial_number
    assert asked["RevocationReason"] == "KEY_COMPROMISE"
    assert mark.issuer_revocation is RevocationState.CONFIRMED


def test_a_revocation_whose_response_is_lost_is_confirmed_by_the_next_one(pca: PcaPlane) -> None:
    certificate = pca.issued()
    pca.plane.revoked(certificate.id, "superseded")
    with pca.during(loses=("RevokeCertificate",)):
        pca.work(steps=1)
    pca.work()

    (version,) = pca.plane.stores.certificates.unexpired_versions(certificate.id, pca.plane.pki.clock())
    mark = pca.plane.stores.marks_of([version])[version.serial_number]
    assert mark.issuer_revocation is RevocationState.CONFIRMED
    assert pca.server.model.reason_of(version.serial_number) == "SUPERSEDED"


@pytest.mark.parametrize("failure", ["throttles", "denies", "breaks_before"])
def test_a_revocation_waits_for_what_passes(pca: PcaPlane, failure: str) -> None:
    certificate = pca.issued()
    pca.plane.revoked(certificate.id, "superseded")
    with pca.during(**{failure: ("RevokeCertificate",)}):
        pca.work(steps=3)
    pca.work()

    assert pca.is_revoked(certificate.serial_number or "")


def test_every_reason_but_a_hold_has_a_name_at_aws(pca: PcaPlane) -> None:
    certificate = pca.issued()
    pem, issuer = pem_of(pca, certificate.id), pca.issuer()

    outcomes = {code: issuer.revoke(pem, code) for code in (0, 1, 2, 3, 4, 5, 6, 8, 9, 10, None)}

    refused = {code for code, outcome in outcomes.items() if isinstance(outcome, ReasonRefused)}
    assert refused == {6, 8}
    assert outcomes[0] == RevocationConfirmed()
    assert outcomes[None] == RevocationConfirmed(was_revoked=True)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"status": "DISABLED"}, "the CA is DISABLED, not ACTIVE"),
        ({"status": "PENDING_CERTIFICATE"}, "the CA is PENDING_CERTIFICATE, not ACTIVE"),
        ({"usage_mode": "SHORT_LIVED_CERTIFICATE"}, "the mode SHORT_LIVED_CERTIFICATE"),
        ({"key_algorithm": "ML_DSA_65"}, "the CA's key is ML_DSA_65"),
    ],
)
def test_its_test_says_what_is_wrong_with_the_ca(pca: PcaPlane, change: dict[str, str], fault: str) -> None:
    for name, value in change.items():
        setattr(pca.server.model, name, value)

    assert fault in (pca.issuer().server_fault() or "")


def test_its_test_says_that_there_is_no_such_ca_or_no_permission(pca: PcaPlane) -> None:
    with pca.during(denies=("DescribeCertificateAuthority",)):
        denied = pca.issuer().server_fault()
    pca.config["ca_arn"] = (
        "arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/0a1b2c3d-0000-4000-8000-00000000ffff"
    )
    missing = pca.issuer().server_fault()

    assert "PrivateCaArns" in (denied or "")
    assert "ResourceNotFoundException" in (missing or "")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"usage_mode": "SHORT_LIVED_CERTIFICATE"}, "7 days at most"),
        ({"key_algorithm": "ML_DSA_65"}, "the CA's key is ML_DSA_65"),
    ],
)
def test_what_the_ca_cannot_sign_fails_before_it_is_asked(
    pca: PcaPlane, change: dict[str, str], reason: str
) -> None:
    for name, value in change.items():
        setattr(pca.server.model, name, value)
    ordered = pca.requested()
    pca.work()

    failed = pca.plane.job(ordered.id)
    assert failed.status is JobStatus.FAILED
    assert reason in (failed.last_error or "")
    assert pca.signed() == []


def test_no_certificate_outlives_the_ca(pca: PcaPlane) -> None:
    pca.server.model = PrivateCaModel(pca.plane.pki.clock, lasts=timedelta(days=100))
    ordered = pca.requested()
    pca.work()

    assert "would outlive the CA" in (pca.plane.job(ordered.id).last_error or "")


def test_contacts_are_recorded_for_the_issuer(pca: PcaPlane) -> None:
    pca.issued()
    good = pca.contacts.get(ISSUER)
    pca.let_pass(61)
    pca.requested("other.example.com")
    with pca.down():
        pca.work(steps=1)
    bad = pca.contacts.get(ISSUER)

    assert good is not None
    assert bad is not None
    assert (good.failed_at, good.succeeded_at is not None) == (None, True)
    assert "no connection" in (bad.error or "")
