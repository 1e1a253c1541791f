"""An issuing CA under a root that is not the stack's, with an intermediate in between."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from certctl.crypto.issuing.extensions import key_usage
from certctl.crypto.pem import certificate_pem, load_certificate, load_certificates
from certctl.domain.authorities.authorities import Authority, AuthorityRequest, NewAuthority, SignedAuthority
from certctl.domain.errors import Conflict, InvalidInput
from certctl.domain.times import to_wire
from certctl.services.authorities.external_roots import ExternalRoots
from tests.support.authorities.pki import Pki
from tests.support.functions.control_plane import ControlPlane
from tests.support.openssl import openssl

WANTED = NewAuthority("iss-local", "arn:second", "CN=Sub CA 1,O=Example")


@dataclass(frozen=True)
class OutsideCa:
    """An external CA."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def signed(self, csr_pem: str, **changed: Any) -> str:
        request = x509.load_pem_x509_csr(csr_pem.encode())
        subject = changed.pop("subject", request.subject)
        key = changed.pop("key", request.public_key())
        made = _certificate(subject, key, self.certificate.subject, self.key, self, **changed)
        return certificate_pem(made)

    def pem(self) -> str:
        return certificate_pem(self.certificate)


def _certificate(
    subject: x509.Name,
    public_key: Any,
    issuer: x509.Name,
    signer: ec.EllipticCurvePrivateKey,
    above: OutsideCa | None,
    *,
    start: datetime,
    days: int = 1000,
    path_length: int | None = 0,
    ca: bool = True,
    usages: tuple[str, ...] = ("key_cert_sign", "crl_sign"),
    names_key: bool = True,
) -> x509.Certificate:
    vouched = above.key.public_key() if above else signer.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=path_length if ca else None), critical=True)
        .add_extension(key_usage(*usages), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )
    if names_key:
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(vouched)
        builder = builder.add_extension(identifier, critical=False)
    return builder.sign(signer, SHA256())


def _outside(name: str, above: OutsideCa | None, start: datetime, days: int, below: int) -> OutsideCa:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name.from_rfc4514_string(name)
    issuer, signer = (above.certificate.subject, above.key) if above else (subject, key)
    made = _certificate(
        subject, key.public_key(), issuer, signer, above, start=start, days=days, path_length=below
    )
    return OutsideCa(made, key)


@dataclass(frozen=True)
class Outside:
    root: OutsideCa
    between: OutsideCa
    start: datetime

    @property
    def chain(self) -> str:
        return self.between.pem() + self.root.pem()


@pytest.fixture
def outside(pki: Pki) -> Outside:
    start = pki.clock().replace(microsecond=0) - timedelta(days=1)
    root = _outside("CN=Outside Root", None, start, 4000, below=2)
    return Outside(root, _outside("CN=Outside Policy CA", root, start, 3000, below=1), start)


@pytest.fixture
def roots(pki: Pki) -> ExternalRoots:
    pki.authority().initialize()
    pki.new_key("arn:second")
    return _roots(pki)


def _roots(pki: Pki, request_crls: Callable[[str], object] | None = None) -> ExternalRoots:
    return pki.admin(request_crls=request_crls).cas.outside_roots


def _active(pki: Pki) -> Authority:
    found = pki.authorities.active_issuing("iss-local")
    assert found
    return found


def test_a_leaf_of_a_ca_under_an_outside_root_is_verified_up_to_that_root(
    pki: Pki, roots: ExternalRoots, outside: Outside, tmp_path: Path
) -> None:
    first = _active(pki)
    certificate = outside.between.signed(roots.request(WANTED).csr_pem, start=outside.start)
    installed = roots.install(SignedAuthority("iss-local", certificate, outside.chain))
    assert (_active(pki), installed.replaces, installed.parent_id) == (installed, first.ca_id, None)

    plane = ControlPlane(pki)
    leaf = plane.issued()
    pem = plane.stores.certificates.pem(leaf.id, leaf.serial_number or "")
    assert pem
    assert [c.subject.rfc4514_string() for c in load_certificates(pem.chain_pem)] == [
        "CN=Sub CA 1,O=Example",
        "CN=Outside Policy CA",
    ]
    for name, text in (("leaf", pem.certificate_pem), ("root", outside.root.pem()), ("sent", pem.chain_pem)):
        (tmp_path / name).write_text(text)
    given = ("-x509_strict", "-CAfile", tmp_path / "root", "-untrusted", tmp_path / "sent")
    assert openssl("verify", *given, tmp_path / "leaf").strip().endswith("OK")


def test_the_request_is_a_csr_of_the_key_and_stays_the_same_until_another_is_wanted(
    pki: Pki, roots: ExternalRoots, tmp_path: Path
) -> None:
    made = roots.request(WANTED)
    assert roots.request(WANTED) == made
    (tmp_path / "csr").write_text(made.csr_pem)
    assert "Sub CA 1" in openssl("req", "-verify", "-noout", "-subject", "-in", tmp_path / "csr")
    other = roots.request(NewAuthority("iss-local", "arn:second", "CN=Sub CA 2"))
    assert other.csr_pem != made.csr_pem


def test_an_installation_that_stopped_is_finished_by_the_next_run_and_then_changes_nothing(
    pki: Pki, roots: ExternalRoots, outside: Outside
) -> None:
    certificate = outside.between.signed(roots.request(WANTED).csr_pem, start=outside.start)
    with pytest.raises(Exception, match="was not published"):
        _roots(pki, lambda _: None).install(SignedAuthority("iss-local", certificate, outside.chain))
    installed = roots.install(SignedAuthority("iss-local", certificate, outside.chain))
    assert (
        roots.install(SignedAuthority("iss-local", certificate, outside.chain)) == installed == _active(pki)
    )
    assert len(pki.authorities.all()) == 3


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"key": ec.generate_private_key(ec.SECP256R1()).public_key()}, "another key"),
        ({"subject": x509.Name.from_rfc4514_string("CN=Other")}, "the request is for"),
        ({"path_length": None}, "pathLen 0"),
        ({"path_length": 3}, "pathLen 0"),
        ({"ca": False}, "is not a CA"),
        ({"usages": ("key_cert_sign",)}, "cRLSign"),
        ({"usages": ("crl_sign",)}, "keyCertSign"),
        ({"days": 3500}, "outlives"),
        ({"days": 1}, "is not valid now"),
    ],
)
def test_what_is_wrong_with_a_certificate_is_said(
    pki: Pki, roots: ExternalRoots, outside: Outside, changed: dict[str, Any], reason: str
) -> None:
    first = _active(pki)
    certificate = outside.between.signed(roots.request(WANTED).csr_pem, start=outside.start, **changed)
    with pytest.raises(InvalidInput, match=reason):
        roots.install(SignedAuthority("iss-local", certificate, outside.chain))
    assert _active(pki) == first


def signed(outside: Outside, request: AuthorityRequest, **changed: Any) -> SignedAuthority:
    certificate = outside.between.signed(request.csr_pem, start=outside.start, **changed)
    return SignedAuthority("iss-local", certificate, outside.chain)


@pytest.mark.parametrize(
    ("days", "why"),
    [(30, "would refuse such certificates from the beginning"), (398, "would refuse such certificates from")],
)
def test_a_ca_that_ends_too_soon_for_the_profiles_is_refused_and_the_request_stays_open(
    pki: Pki, roots: ExternalRoots, outside: Outside, days: int, why: str
) -> None:
    first, request = _active(pki), roots.request(WANTED)
    with pytest.raises(InvalidInput, match=why) as refused:
        roots.install(signed(outside, request, days=days))
    assert "Profiles in use allow certificates of 200 days, and a CA needs twice as long" in str(
        refused.value
    )
    assert (_active(pki), roots.request(WANTED)) == (first, request)
    assert len(pki.authorities.all()) == 2
    assert roots.install(signed(outside, request)).replaces == first.ca_id


def test_a_ca_that_ends_soon_is_installed_by_whoever_confirms_its_end(
    pki: Pki, roots: ExternalRoots, outside: Outside
) -> None:
    short = signed(outside, roots.request(WANTED), days=30)
    ends = to_wire(load_certificate(short.certificate_pem).not_valid_after_utc)
    with pytest.raises(InvalidInput, match=f"confirm: must be {ends}, the end of the new CA"):
        roots.install(replace(short, confirm=("yes",)))
    assert roots.install(replace(short, confirm=(ends,))) == _active(pki)


def test_a_ca_whose_certificate_the_linter_refuses_is_not_installed_and_the_request_stays_open(
    pki: Pki, roots: ExternalRoots, outside: Outside
) -> None:
    """RFC 5280, 4.2.1.1: clients find the CA above by it."""
    first, request = _active(pki), roots.request(WANTED)
    with pytest.raises(InvalidInput, match=r"refused by pkilint: pkix\.authority_key_identifier"):
        roots.install(signed(outside, request, names_key=False))
    assert (_active(pki), roots.request(WANTED)) == (first, request)
    assert roots.install(signed(outside, request)) == _active(pki)


def test_a_rotation_under_a_root_that_ends_soon_asks_for_the_end_too_and_signs_nothing_before(
    pki: Pki,
) -> None:
    pair = pki.authority().initialize()
    pki.clock.advance(pair.root.not_after - pki.clock() - timedelta(days=300))
    wanted = NewAuthority("iss-local", pki.new_key())
    without_root = {wanted.key_arn: pki.keys[wanted.key_arn]}
    cannot_sign = pki.local_issuers(load_key=without_root.__getitem__)
    with pytest.raises(InvalidInput, match=f"confirm: must be {to_wire(pair.root.not_after)}"):
        cannot_sign.rotate(wanted)
    made = pki.local_issuers().rotate(replace(wanted, confirm=(to_wire(pair.root.not_after),)))
    assert made.not_after == pair.root.not_after


def test_a_chain_that_is_broken_or_without_its_root_is_refused(
    pki: Pki, roots: ExternalRoots, outside: Outside
) -> None:
    certificate = outside.between.signed(roots.request(WANTED).csr_pem, start=outside.start)
    for chain in (outside.root.pem(), outside.between.pem(), outside.root.pem() + outside.between.pem()):
        with pytest.raises(InvalidInput, match="is not signed by"):
            roots.install(SignedAuthority("iss-local", certificate, chain))
    with pytest.raises(InvalidInput, match="chain_pem"):
        roots.install(SignedAuthority("iss-local", certificate, "none"))


def test_a_certificate_without_an_open_request_is_refused(
    pki: Pki, roots: ExternalRoots, outside: Outside
) -> None:
    certificate = outside.between.signed(roots.request(WANTED).csr_pem, start=outside.start)
    with pytest.raises(Conflict, match="csr_only"):
        roots.install(SignedAuthority("iss-office", certificate, outside.chain))


def test_the_key_of_a_ca_at_work_is_not_asked_for_again(pki: Pki, roots: ExternalRoots) -> None:
    with pytest.raises(Conflict, match="bring a new one"):
        roots.request(NewAuthority("iss-local", "arn:issuing", "CN=Sub CA 1"))


def test_a_ca_under_an_outside_root_is_rotated_back_under_the_stack_s_own(
    pki: Pki, roots: ExternalRoots, outside: Outside
) -> None:
    certificate = outside.between.signed(roots.request(WANTED).csr_pem, start=outside.start)
    roots.install(SignedAuthority("iss-local", certificate, outside.chain))
    back = pki.local_issuers().rotate(NewAuthority("iss-local", pki.new_key("arn:third")))
    assert back.parent_id
    assert load_certificate(back.certificate_pem).subject.rfc4514_string() == "CN=Sub CA 2,O=Example"
    pki.authority().initialize()
