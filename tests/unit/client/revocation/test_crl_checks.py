"""What a CRL must be before it is relied on, and every way in which it is not."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from certctl_client.crl.checks import distribution_urls, faults_of, issuer_of, scope_faults
from certctl_client.crl.documents import load_certificates, load_crl, parse_serial
from certctl_client.errors import CommandError, ConfigurationError

NOW = datetime(2026, 11, 24, 13, tzinfo=UTC)
DAY = timedelta(days=1)
_URL = "http://pki.example.com/pki/ca/0.crl"


@dataclass(frozen=True)
class Authority:
    """A CA of a test; `usage` is whether it may sign CRLs."""

    name: str = "Test CA"
    usage: bool = True
    ends: datetime = NOW + 365 * DAY
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def subject(self) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.name)])

    def certified(self, public: Any, subject: x509.Name, *extensions: tuple[Any, bool]) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.subject)
            .public_key(public)
            .serial_number(0x0A1B)
            .not_valid_before(NOW - 300 * DAY)
            .not_valid_after(self.ends)
        )
        for value, critical in extensions:
            builder = builder.add_extension(value, critical)
        return builder.sign(self.key, SHA256())

    @cached_property
    def certificate(self) -> x509.Certificate:
        usages = dict.fromkeys(
            (
                *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
                *("key_agreement", "encipher_only", "decipher_only"),
            ),
            False,
        )
        usage = x509.KeyUsage(key_cert_sign=True, crl_sign=self.usage, **usages)
        return self.certified(self.key.public_key(), self.subject, (usage, True))

    def leaf(self, *urls: str) -> x509.Certificate:
        names = [x509.UniformResourceIdentifier(url) for url in urls]
        points = [x509.DistributionPoint(names, None, None, None)] if urls else []
        extensions = [(x509.CRLDistributionPoints(points), False)] if points else []
        public = ec.generate_private_key(ec.SECP256R1()).public_key()
        return self.certified(public, x509.Name([]), *extensions)

    def crl(
        self,
        *extensions: tuple[Any, bool],
        made: datetime = NOW - DAY,
        until: datetime = NOW + DAY,
        serials: tuple[int, ...] = (),
    ) -> bytes:
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.subject)
        builder = builder.last_update(made).next_update(until)
        for serial in serials:
            revoked = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(made)
            reason = x509.CRLReason(x509.ReasonFlags.ca_compromise)
            builder = builder.add_revoked_certificate(revoked.add_extension(reason, False).build())
        for value, critical in extensions:
            builder = builder.add_extension(value, critical)
        return builder.sign(self.key, SHA256()).public_bytes(Encoding.DER)


def idp(url: str = _URL, **changed: bool) -> tuple[x509.IssuingDistributionPoint, bool]:
    flags = dict.fromkeys(
        (
            *("only_contains_user_certs", "only_contains_ca_certs", "indirect_crl"),
            "only_contains_attribute_certs",
        ),
        False,
    )
    point = x509.IssuingDistributionPoint(
        full_name=[x509.UniformResourceIdentifier(url)],
        relative_name=None,
        only_some_reasons=None,
        **flags | changed,
    )
    return point, True


@pytest.fixture(scope="module")
def ca() -> Authority:
    return Authority()


def test_a_good_one_has_no_fault_and_says_what_it_lists(ca: Authority) -> None:
    crl = load_crl(ca.crl((x509.CRLNumber(7), False), idp(), serials=(0x0A1B, 2)))

    assert faults_of(crl, ca.certificate, NOW) == []
    assert (crl.number, crl.scope_urls) == (7, [_URL])
    assert [entry.serial_number for entry in crl.entries()] == ["0a1b", "02"]
    entry = crl.entry("0a1b")
    assert entry is not None
    assert (entry.reason, entry.revoked_at) == ("caCompromise", NOW - DAY)
    assert crl.entry("0b") is None


BAD: dict[str, tuple[Callable[[Authority], bytes], str]] = {
    "of another key": (lambda ca: Authority(ca.name).crl(), "signature"),
    "stale": (lambda ca: ca.crl(until=NOW), "stale: the next one was due at 2026-11-24T13:00:00Z"),
    "of the future": (lambda ca: ca.crl(made=NOW + timedelta(minutes=6)), "from the future"),
    "for some reasons": (
        lambda ca: ca.crl(idp(indirect_crl=True)),
        "not cover every reason or every certificate",
    ),
    "for CAs": (lambda ca: ca.crl(idp(only_contains_ca_certs=True)), "not cover every"),
    "with what is not understood": (
        lambda ca: ca.crl((x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b"\x05\x00"), True)),
        "critical extensions",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_one_that_is_bad_is_not_relied_on(kind: str, ca: Authority) -> None:
    make, fault = BAD[kind]
    (found,) = faults_of(load_crl(make(ca)), ca.certificate, NOW)
    assert fault in found


@pytest.mark.parametrize(
    ("authority", "fault"),
    [
        (Authority(usage=False), "may not sign CRLs"),
        (Authority(ends=NOW - DAY), "is valid from 2026-01-28T13:00:00Z to 2026-11-23T13:00:00Z only"),
    ],
)
def test_a_ca_that_may_not_vouches_for_nothing(authority: Authority, fault: str) -> None:
    (found,) = faults_of(load_crl(authority.crl()), authority.certificate, NOW)
    assert fault in found


def test_every_changed_byte_of_what_is_signed_is_found(ca: Authority) -> None:
    der = ca.crl((x509.CRLNumber(7), False), serials=(0x0A1B,))
    for place in range(8, 120, 7):
        changed = bytearray(der)
        changed[place] ^= 1
        try:
            crl = load_crl(bytes(changed))
        except CommandError:
            continue
        assert any("signature" in fault for fault in faults_of(crl, ca.certificate, NOW)), place


def test_it_says_nothing_of_certificates_of_others(ca: Authority) -> None:
    sharded, whole = load_crl(ca.crl(idp())), load_crl(ca.crl())

    assert scope_faults(sharded, ca.certificate, ca.leaf(_URL)) == []
    assert scope_faults(whole, ca.certificate, ca.leaf()) == []
    assert scope_faults(whole, ca.certificate, Authority().leaf(_URL)) == [
        "the certificate has another issuer than the CRL"
    ]
    assert scope_faults(sharded, ca.certificate, ca.leaf(f"{_URL}x")) == [
        "the CRL is for certificates of another distribution point"
    ]
    assert distribution_urls(ca.leaf(_URL)) == [_URL]


def test_of_several_cas_of_one_name_the_one_is_taken_whose_key_fits(ca: Authority) -> None:
    former = Authority(ca.name).certificate

    assert issuer_of(load_crl(ca.crl()), [former, ca.certificate]) == ca.certificate
    with pytest.raises(CommandError, match=r"CN=Test CA"):
        issuer_of(load_crl(ca.crl()), [Authority("Other").certificate])


def test_pem_is_read_as_well(ca: Authority) -> None:
    pem = x509.load_der_x509_crl(ca.crl()).public_bytes(Encoding.PEM)
    both = ca.certificate.public_bytes(Encoding.PEM) * 2

    assert faults_of(load_crl(pem), ca.certificate, NOW) == []
    assert load_certificates(both) == [ca.certificate] * 2
    assert load_certificates(ca.certificate.public_bytes(Encoding.DER)) == [ca.certificate]


@pytest.mark.parametrize("data", [b"", b"\x30\x00", b"-----BEGIN X509 CRL-----\n", b"\xff" * 99])
def test_what_is_neither_is_refused(data: bytes) -> None:
    for load in (load_crl, load_certificates):
        with pytest.raises(CommandError):
            load(data)


@pytest.mark.parametrize("text", ["0A:1B", "0xa1b", "a1b", "0a1b"])
def test_serials_are_read_as_people_have_them(text: str) -> None:
    assert parse_serial(text) == "0a1b"


@pytest.mark.parametrize("text", ["", "0x", "xyz", "0" * 41, "1 2", "-1"])
def test_other_serials_are_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        parse_serial(text)
