"""Twins of CA certificates are linted before anything is signed, written or published."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from cryptography import x509

from certctl.connectors.authorities.linter import Linter
from certctl.crypto.ca_keys import CaPublicKey, spec_of
from certctl.crypto.pem import load_certificate
from certctl.domain.authorities.authorities import Authority, NewAuthority
from certctl.domain.authorities.lint import LintFinding
from certctl.domain.errors import InvalidInput, Unavailable
from certctl.services.authorities.setup import AuthoritySettings
from functions.stack_admin.app import lambda_handler as stack_admin
from tests.support.authorities.pki import BUCKET, SETTINGS, Pki
from tests.support.aws.local_kms import LocalKms
from tests.support.channels.receivers import Receiver
from tests.support.functions.lambda_context import Context
from tests.support.functions.stack_admin import deployment

FAULTY = "CN=Test CA,O=" + "x" * 65
WARNING = LintFinding("WARNING", "pkix.some_rule", "certificate.tbsCertificate", "not good")


@dataclass
class Linting:
    """Keeps what it is asked."""

    asked: list[list[bytes]] = field(default_factory=list)
    answer: Callable[[bytes], list[LintFinding]] = lambda der: Linter().findings(der)

    def __call__(self, ders: Sequence[bytes]) -> list[list[LintFinding]]:
        self.asked.append([*ders])
        return [self.answer(der) for der in ders]

    @property
    def twins(self) -> list[x509.Certificate]:
        return [x509.load_der_x509_certificate(der) for ders in self.asked for der in ders]


def silent(_: Sequence[bytes]) -> list[list[LintFinding]]:
    raise Unavailable("Lambda did not respond.")


def certificate_of(authority: Authority) -> x509.Certificate:
    return load_certificate(authority.certificate_pem)


def without_keys(certificate: x509.Certificate) -> list[Any]:
    """All that does not follow from a key or a random number."""
    identifiers = (x509.SubjectKeyIdentifier.oid, x509.AuthorityKeyIdentifier.oid)
    extensions = [e for e in certificate.extensions if e.oid not in identifiers]
    dates = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    key = certificate.public_key()
    algorithm = certificate.signature_algorithm_oid
    return [certificate.subject, certificate.issuer, *dates, *extensions, spec_of(key), algorithm]


def require_nothing_made(pki: Pki) -> None:
    assert pki.authorities.all() == []
    assert pki.s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0


def test_the_first_cas_are_linted_as_twins_with_other_keys(pki: Pki) -> None:
    linting = Linting()
    limited = replace(SETTINGS, permitted_domains=("example.com", "corp"))
    pair = pki.authority(limited, lint_certificates=linting).initialize()
    made = [certificate_of(pair.root), certificate_of(pair.issuing)]
    assert [without_keys(twin) for twin in linting.twins] == [without_keys(each) for each in made]
    for twin, certificate in zip(linting.twins, made, strict=True):
        assert twin.public_key() != certificate.public_key()
        assert twin.serial_number != certificate.serial_number
    linting.twins[1].verify_directly_issued_by(linting.twins[0])


def test_a_second_run_lints_nothing(pki: Pki) -> None:
    pki.authority().initialize()
    assert pki.authority(lint_certificates=silent).initialize()


def test_a_ca_that_replaces_another_is_linted_as_a_twin(pki: Pki) -> None:
    pair, linting = pki.authority().initialize(), Linting()
    wanted = NewAuthority("iss-local", pki.new_key("arn:second"))
    second = certificate_of(pki.local_issuers(lint_certificates=linting).rotate(wanted))
    (twin,) = linting.twins
    assert without_keys(twin) == without_keys(second)
    assert twin.public_key() != second.public_key()
    second.verify_directly_issued_by(certificate_of(pair.root))
    assert pki.local_issuers(lint_certificates=silent).rotate(wanted)


def test_so_is_the_ca_of_a_further_issuer(pki: Pki) -> None:
    pki.authority().initialize()
    linting = Linting()
    wanted = NewAuthority("iss-office", pki.new_key(), "CN=Office CA 1", ("example.org",))
    made = certificate_of(pki.local_issuers(lint_certificates=linting).create(wanted))
    assert [without_keys(twin) for twin in linting.twins] == [without_keys(made)]


@pytest.mark.parametrize(
    "faulty", [replace(SETTINGS, root_subject=FAULTY), replace(SETTINGS, issuing_subject=FAULTY)]
)
def test_an_error_refuses_the_first_cas_and_nothing_is_signed(pki: Pki, faulty: AuthoritySettings) -> None:
    keys = {arn: PublicOnly(key.public_key()) for arn, key in pki.keys.items()}
    authority = pki.authority(faulty, load_key=keys.__getitem__)
    with pytest.raises(InvalidInput, match=r"is refused by pkilint: itu\.invalid_asn1_syntax at "):
        authority.initialize()
    require_nothing_made(pki)


def test_an_error_refuses_a_rotation_and_another_subject_mends_it(pki: Pki) -> None:
    first = pki.authority().initialize().issuing
    wanted = NewAuthority("iss-local", pki.new_key("arn:second"), FAULTY)
    with pytest.raises(InvalidInput, match="is refused by pkilint"):
        pki.local_issuers(load_key=_root_unused(pki)).rotate(wanted)
    assert [a.ca_id for a in pki.authorities.all() if a.role == "issuing"] == [first.ca_id]
    assert pki.local_issuers().rotate(replace(wanted, subject="CN=Test CA 2")).replaces == first.ca_id


@pytest.mark.parametrize("lint", [silent, lambda ders: [Linter().findings(b"") for _ in ders]])
def test_without_findings_nothing_is_made_and_a_repetition_makes_it(
    pki: Pki, lint: Callable[[Sequence[bytes]], Any]
) -> None:
    with pytest.raises((Unavailable, InvalidInput)):
        pki.authority(lint_certificates=lint).initialize()
    require_nothing_made(pki)
    assert pki.authority().initialize().issuing.ca_id


def test_a_warning_is_logged_and_refuses_nothing(pki: Pki, caplog: pytest.LogCaptureFixture) -> None:
    pki.authority(lint_certificates=Linting(answer=lambda _: [WARNING])).initialize()
    logged = [vars(r) for r in caplog.records if r.message == "a CA certificate has a finding"]
    assert [each["subject"] for each in logged] == ["CN=Test Root,O=Example", "CN=Test Issuing,O=Example"]
    assert {each["finding"] for each in logged} == {WARNING.text}


class PublicOnly:
    """A key in KMS that must not sign."""

    def __init__(self, key: CaPublicKey) -> None:
        self._key = key

    def public_key(self) -> CaPublicKey:
        return self._key


def _root_unused(pki: Pki) -> Callable[[str], Any]:
    return lambda arn: PublicOnly(pki.keys[arn].public_key())


def test_a_refusal_fails_the_deploy_and_its_reason_names_the_finding(
    pki: Pki, kms: LocalKms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs the functions as they are deployed, each with its own permissions."""
    monkeypatch.setenv("CERTCTL_CA_ROOT_SUBJECT", FAULTY)
    with Receiver().running() as receiver:
        stack_admin(deployment(receiver, "Create"), Context())
    answer = json.loads(receiver.received[0].body)
    assert answer["Status"] == "FAILED"
    assert "is refused by pkilint: itu.invalid_asn1_syntax at certificate.tbsCertificate." in answer["Reason"]
    assert kms.signed_with == []
    require_nothing_made(pki)
