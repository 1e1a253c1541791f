"""Leaves of each profile and key with the same key, serial number and time in every run."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

from certctl.crypto.fingerprints import spki_sha256
from certctl.crypto.issuing.csr import CheckedCsr
from certctl.crypto.issuing.leaves import CheckedRequest, signed_leaf
from certctl.crypto.keys import LeafPublicKey, key_type
from certctl.crypto.names import names_of
from certctl.crypto.pem import certificate_pem, load_certificate
from certctl.domain.authorities.authorities import Authority, CrlShard
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import VersionState
from certctl.domain.certificates.versions import Version
from certctl.domain.policies.profiles import BUILT_IN_PROFILES, Profile
from certctl.domain.policies.usages import ExtendedKeyUsage
from tests.support.authorities.authorities import an_authority
from tests.support.authorities.authority import kms_key

_NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
_CA_KEY = ec.derive_private_key(0xCA, ec.SECP256R1())
_CA_ENDS = _NOW + timedelta(days=1800)
_SERIAL = "4f2a"
_CODE, _MAIL = ExtendedKeyUsage.CODE_SIGNING, ExtendedKeyUsage.EMAIL_PROTECTION
_PROFILES = {
    **BUILT_IN_PROFILES,
    "code": Profile((_CODE,)),
    "mail": Profile((_MAIL,)),
    "all": Profile((ExtendedKeyUsage.SERVER_AUTH, ExtendedKeyUsage.CLIENT_AUTH, _CODE, _MAIL)),
    "short": Profile((ExtendedKeyUsage.SERVER_AUTH,), max_ttl=timedelta(days=2), no_rev_avail=True),
}
_KEYS: dict[str, LeafPublicKey] = {
    # a modulus of no use: nobody has factors for it, and a leaf needs none
    "RSA": rsa.RSAPublicNumbers(65537, (1 << 2047) + 0x10001).public_key(),
    "ECDSA": ec.derive_private_key(0x1EAF, ec.SECP256R1()).public_key(),
    "Ed25519": ed25519.Ed25519PrivateKey.from_private_bytes(b"\x1e" * 32).public_key(),
}
_NAMES = {
    "plain": ("www.example.com", ("a.example.com", "192.0.2.1")),
    "address": ("192.0.2.1", ()),
    "long": ("a" * 50 + ".department.example.com", ()),
}


def constant_leaves() -> Iterator[tuple[str, str]]:
    """The name of each leaf, and what is signed of it (its TBSCertificate) in hex."""
    for (profile, content), (kind, key) in product(_PROFILES.items(), _KEYS.items()):
        yield f"{profile}-{kind}", _tbs(content, key, "plain")
    for names in ("address", "long"):
        yield f"server-{names}", _tbs(_PROFILES["server"], _KEYS["ECDSA"], names)


def _tbs(profile: Profile, key: LeafPublicKey, names: str) -> str:
    common_name, sans = _NAMES[names]
    request = CheckedCsr("", key, common_name, (), spki_sha256(key), (), key_type(key))
    leaf = signed_leaf(
        _certificate(common_name, sans),
        _version(profile),
        _authority(),
        CrlShard("ca-1", "0", "http://pki.example.com/pki/ca-1/0.crl", open=True),
        CheckedRequest(request, profile),
        kms_key(_CA_KEY),
    )
    return load_certificate(leaf.certificate_pem).tbs_certificate_bytes.hex()


def _certificate(common_name: str, sans: tuple[str, ...]) -> Certificate:
    names = tuple(map(str, names_of(common_name, sans)))
    places = ("o-default", "t-default", "iss-local", "rp-default")
    return Certificate("mc-1", "shop", common_name, names, *places, _NOW, _NOW)


def _version(profile: Profile) -> Version:
    state, (start, end) = VersionState.RESERVED, profile.validity(_NOW)
    version = Version("mc-1", _SERIAL, "ca-1", 0, "job-1", state, start, end, _NOW)
    return replace(version, no_rev_avail=profile.no_rev_avail)


def _authority() -> Authority:
    """An issuing CA of release 0.2.0: without policies."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Constant CA")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(_CA_KEY.public_key())
        .serial_number(1)
        .not_valid_before(_NOW)
        .not_valid_after(_CA_ENDS)
        .add_extension(x509.SubjectKeyIdentifier(b"\xca" * 20), critical=False)
        .sign(_CA_KEY, hashes.SHA256())
    )
    return an_authority(
        _NOW,
        certificate_pem=certificate_pem(certificate),
        not_after=_CA_ENDS,
        ocsp_url="http://pki.example.com/ocsp/ca-1",
    )
