"""Every kind of document that the code signs, by name: certificates, CRLs, OCSP answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certctl.crypto.ca_keys import signature_hash
from certctl.crypto.issuing.issuing import issue_leaf, new_serial, serial_text
from certctl.crypto.status.crl_building import RevokedEntry, build_crl
from certctl.crypto.status.ocsp_responses import RevokedSince, SingleAnswer, build_response
from certctl.crypto.status.tlv import OCTET_STRING, tlv
from certctl.domain.authorities.key_specs import KeySpec
from certctl.domain.policies.usages import ExtendedKeyUsage
from certctl.domain.revocation.reasons import REASON_CODES
from tests.support.authorities.authority import CRL_URL, Authority, a_request, chain_of, new_authority
from tests.support.issuing.csr import new_key
from tests.support.status.ocsp import a_responder, cert_id

_KEYS = ("RSA-2048", "RSA-3072", "RSA-4096", "ECDSA-P256", "ECDSA-P384", "Ed25519")
_SERVER, _CLIENT = ExtendedKeyUsage.SERVER_AUTH, ExtendedKeyUsage.CLIENT_AUTH
_USAGES: Mapping[str, tuple[ExtendedKeyUsage, ...]] = {
    "server": (_SERVER,),
    "mtls": (_SERVER, _CLIENT),
    "client": (_CLIENT,),
    "code": (ExtendedKeyUsage.CODE_SIGNING,),
    "email": (ExtendedKeyUsage.EMAIL_PROTECTION,),
}
_OCSP_URL = "http://pki.example.com/ocsp/ca-issuing"
_HOUR, _WEEK = timedelta(hours=1), timedelta(days=7)
_NAMES: Mapping[str, Mapping[str, Any]] = {
    "wildcard": {"common_name": "*.example.com", "sans": ["example.com"]},
    "long": {"common_name": "a" * 50 + ".department.example.com"},
    "idn": {"common_name": "xn--bcher-kva.example.com"},
    "all-kinds": {"sans": ["192.0.2.1", "2001:db8::1", "a@example.com", "spiffe://example.com/shop"]},
}


@dataclass(frozen=True)
class Artefact:
    """`kind`: `certificate`, `crl` or `ocsp`."""

    name: str
    kind: str
    der: bytes


_P256, _P384, _RSA_2048, _RSA_3072, _RSA_4096 = KeySpec
_HIERARCHIES = (
    (_P256, _P256),
    (_P384, _P384),
    (_RSA_3072, _RSA_2048),
    (_RSA_4096, _RSA_3072),
    (_RSA_3072, _RSA_4096),
    (_P384, _RSA_2048),
    (_RSA_4096, _P256),
)
"""Specs of a root's key and of an issuing CA's: each spec once in both places, and both kinds of mixture."""


def artefacts_of_hierarchies() -> Iterator[Artefact]:
    """What CAs of each kind of key sign: certificates of CAs and responders, leaves, CRLs, OCSP answers."""
    for root_spec, issuing_spec in _HIERARCHIES:
        authority = new_authority(("example.com",), root_spec, issuing_spec)
        for artefact in _of_hierarchy(authority):
            yield replace(artefact, name=f"{artefact.name}-{issuing_spec}-below-{root_spec}")


def _of_hierarchy(authority: Authority) -> Iterator[Artefact]:
    yield _certificate("root", authority.root)
    yield _certificate("issuing", authority.issuing)
    for key in ("RSA-2048", "ECDSA-P256"):
        yield _leaf(authority, f"server-{key}", key=new_key(key), ocsp_url=_OCSP_URL)
    yield from _responders(authority)
    yield from _crls(authority)
    yield from _answers(authority)
    of_root = replace(authority, issuing=authority.root, issuing_key=authority.root_key)
    yield from (replace(each, name=f"root-{each.name}") for each in _answers(of_root))


def all_artefacts() -> Iterator[Artefact]:
    plain, constrained = new_authority(), new_authority(("example.com",))
    yield _certificate("root", plain.root)
    yield _certificate("issuing", plain.issuing)
    yield _certificate("issuing-constrained", constrained.issuing)
    yield from _leaves(plain)
    yield from _responders(plain)
    yield from _crls(plain)
    yield from _answers(plain)


def a_broken_certificate() -> Artefact:
    """A leaf without its issuer's key identifier, that claims to be a CA in an extension that is not
    critical."""
    authority, request = new_authority(), a_request()
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(authority.issuing.subject)
        .public_key(request.public_key)
        .serial_number(request.serial)
        .not_valid_before(request.not_before)
        .not_valid_after(request.not_after)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=False)
    )
    key = authority.issuing_key
    return _certificate("broken", builder.sign(key, signature_hash(key.public_key())))


def _certificate(name: str, certificate: x509.Certificate) -> Artefact:
    return Artefact(name, "certificate", certificate.public_bytes(Encoding.DER))


def _leaves(authority: Authority) -> Iterator[Artefact]:
    for (profile, usages), key in product(_USAGES.items(), _KEYS):
        kind = {"extended_key_usages": usages, "key": new_key(key)}
        yield _leaf(authority, f"{profile}-{key}", **kind)
        yield _leaf(authority, f"{profile}-{key}-ocsp", **kind, ocsp_url=_OCSP_URL)
        yield _leaf(authority, f"{profile}-{key}-no-rev-avail", **kind, **_short_lived())
    for name, names in _NAMES.items():
        yield _leaf(authority, name, **names)


def _short_lived() -> dict[str, Any]:
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    end = start + _WEEK - timedelta(seconds=1)
    return {"no_rev_avail": True, "not_before": start, "not_after": end, "ocsp_url": _OCSP_URL}


def _leaf(authority: Authority, name: str, **changes: Any) -> Artefact:
    return _certificate(name, issue_leaf(a_request(**changes), chain_of(authority), authority.issuing_key))


def _responders(authority: Authority) -> Iterator[Artefact]:
    """The responders of an issuing CA and of a root."""
    yield Artefact("responder", "certificate", a_responder(authority).certificate)
    root = replace(authority, issuing=authority.root, issuing_key=authority.root_key)
    yield Artefact("root-responder", "certificate", a_responder(root, timedelta(days=10)).certificate)


def _crls(authority: Authority) -> Iterator[Artefact]:
    now = datetime.now(UTC).replace(microsecond=0)
    listed = [RevokedEntry(serial_text(new_serial()), now, reason, None) for reason in REASON_CODES]
    dated = RevokedEntry(serial_text(new_serial()), now, "keyCompromise", now - timedelta(days=9))
    some = sorted([*listed, dated], key=lambda entry: entry.serial)
    times = (now - timedelta(minutes=5), now + timedelta(hours=72))
    issuing, root = (authority.issuing, authority.issuing_key), (authority.root, authority.root_key)
    yield Artefact("shard-empty", "crl", build_crl(*issuing, [], 1, *times, CRL_URL))
    yield Artefact("shard", "crl", build_crl(*issuing, some, 2**40, *times, CRL_URL))
    yield Artefact("all", "crl", build_crl(*issuing, some, 3, *times, None))
    yield Artefact("root", "crl", build_crl(*root, some[:1], 1, now, now + timedelta(days=60), None))


def _answers(authority: Authority) -> Iterator[Artefact]:
    now = datetime.now(UTC).replace(microsecond=0)
    responder = a_responder(authority)
    codes = {f"revoked-{reason}": code or None for reason, code in REASON_CODES.items()}
    about = {
        "good": SingleAnswer(_asked(authority), is_issued=True, revoked=None),
        "unknown": SingleAnswer(_asked(authority), is_issued=False, revoked=None),
    } | {
        name: SingleAnswer(_asked(authority), is_issued=True, revoked=RevokedSince(now, code))
        for name, code in codes.items()
    }
    for name, answer in about.items():
        yield Artefact(name, "ocsp", build_response(responder, [answer], now, now + _HOUR, None))
    nonce = tlv(OCTET_STRING, bytes(32))
    yield Artefact("nonce", "ocsp", build_response(responder, [*about.values()], now, now + _HOUR, nonce))


def _asked(authority: Authority) -> bytes:
    return cert_id(authority.issuing, new_serial())
