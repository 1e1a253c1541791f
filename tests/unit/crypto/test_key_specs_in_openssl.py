"""What a CA of each spec signs, as openssl verifies it. All signatures pass through the interface of KMS."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature

from certctl.crypto.authorities.requests import authority_request
from certctl.crypto.pem import certificate_pem, chain_pem
from certctl.crypto.serials import serial_text
from certctl.crypto.status.crl import CrlInvalid, inspect_crl
from certctl.crypto.status.crl_building import RevokedEntry, build_crl
from certctl.crypto.status.ocsp_checking import OcspStatus, question_about, verified_answer
from certctl.crypto.status.ocsp_responses import Responder, SingleAnswer, build_response
from certctl.domain.authorities.key_specs import ISSUING_KEY_SPECS, KeyFamily, KeySpec
from tests.support.authorities.authority import Authority, held_key, issued, kms_key, new_authority
from tests.support.authorities.crls import crl_pem
from tests.support.issuing.csr import new_key, saved
from tests.support.openssl import openssl, run_openssl
from tests.support.status.ocsp import a_responder, cert_id

_ROOTS = {KeyFamily.ECDSA: KeySpec.ECC_NIST_P384, KeyFamily.RSA: KeySpec.RSA_4096}
_SIGNATURES = {
    KeySpec.ECC_NIST_P256: "ecdsa-with-SHA256",
    KeySpec.ECC_NIST_P384: "ecdsa-with-SHA384",
    KeySpec.RSA_2048: "sha256WithRSAEncryption",
    KeySpec.RSA_3072: "sha256WithRSAEncryption",
    KeySpec.RSA_4096: "sha256WithRSAEncryption",
}
_KEYS_OF_RESPONDERS = {KeyFamily.ECDSA: "NIST CURVE: P-256", KeyFamily.RSA: "Public-Key: (2048 bit)"}
_SERIAL = 0x00ABCDEF0123456789

every_spec = pytest.mark.parametrize("spec", ISSUING_KEY_SPECS)


@cache
def authority_of(spec: KeySpec) -> Authority:
    """An issuing CA of that spec, below a root of its family."""
    return new_authority(root_spec=_ROOTS[spec.family], issuing_spec=spec)


def text_of(certificate: x509.Certificate) -> str:
    return openssl("x509", "-noout", "-text", stdin=certificate_pem(certificate).encode())


def chain_files(authority: Authority, folder: Path) -> tuple[str, ...]:
    trusted, above = certificate_pem(authority.root), certificate_pem(authority.issuing)
    return ("-x509_strict", "-CAfile", str(saved(folder, trusted)), "-untrusted", str(saved(folder, above)))


@every_spec
@pytest.mark.parametrize("subscriber", ["ECDSA-P256", "RSA-2048", "Ed25519"])
def test_openssl_verifies_leaves_of_every_key(spec: KeySpec, subscriber: str, tmp_path: Path) -> None:
    authority = authority_of(spec)
    leaf = issued(authority, public_key=new_key(subscriber).public_key())
    verify = ("verify", *chain_files(authority, tmp_path), "-purpose", "sslserver")
    assert openssl(*verify, saved(tmp_path, certificate_pem(leaf))).endswith(": OK\n")
    assert f"Signature Algorithm: {_SIGNATURES[spec]}" in text_of(leaf)


@every_spec
def test_openssl_verifies_the_crl_and_what_it_lists(spec: KeySpec, tmp_path: Path) -> None:
    authority, now = authority_of(spec), datetime.now(UTC)
    leaf = issued(authority)
    entry = RevokedEntry(serial_text(leaf.serial_number), now, "keyCompromise", None)
    until = now + timedelta(hours=72)
    crl = build_crl(authority.issuing, authority.issuing_key, [entry], 1, now, until, None)
    listed = saved(tmp_path, crl_pem(crl))
    verify = ("verify", *chain_files(authority, tmp_path), "-crl_check", "-CRLfile", listed)
    assert b"certificate revoked" in run_openssl(*verify, saved(tmp_path, certificate_pem(leaf))).stderr
    others = certificate_pem(issued(authority))
    assert openssl(*verify, saved(tmp_path, others)).endswith(": OK\n")
    assert inspect_crl(crl, authority.issuing).serials == {entry.serial}
    with pytest.raises(CrlInvalid):
        inspect_crl(crl[:-1] + bytes([crl[-1] ^ 1]), authority.issuing)


@every_spec
def test_openssl_verifies_the_request_to_an_external_root(spec: KeySpec) -> None:
    csr = authority_request("CN=Example Issuing CA,O=Example", authority_of(spec).issuing_key)
    shown = openssl("req", "-verify", "-noout", "-text", stdin=csr.encode())
    assert f"Signature Algorithm: {_SIGNATURES[spec]}" in shown
    assert "X509v3 Any Policy" in shown


@pytest.mark.parametrize("spec", _ROOTS.values())
def test_openssl_verifies_the_root(spec: KeySpec, tmp_path: Path) -> None:
    root = authority_of(spec).root
    file = saved(tmp_path, certificate_pem(root))
    assert openssl("verify", "-x509_strict", "-check_ss_sig", "-CAfile", file, file).endswith(": OK\n")
    assert f"Signature Algorithm: {_SIGNATURES[spec]}" in text_of(root)


@every_spec
def test_openssl_verifies_the_responder_and_its_answer(spec: KeySpec, tmp_path: Path) -> None:
    authority = authority_of(spec)
    responder = a_responder(authority)
    signer = x509.load_der_x509_certificate(responder.certificate)
    verify = ("verify", *chain_files(authority, tmp_path), "-purpose", "ocsphelper")
    assert openssl(*verify, saved(tmp_path, certificate_pem(signer))).endswith(": OK\n")
    assert _KEYS_OF_RESPONDERS[spec.family] in text_of(signer)
    response = tmp_path / "response.der"
    response.write_bytes(an_answer(authority, responder))
    ca = saved(tmp_path, certificate_pem(authority.issuing))
    chain = saved(tmp_path, chain_pem([authority.issuing, authority.root]))
    who = ("-issuer", ca, "-serial", f"0x{_SERIAL:x}", "-respin", response)
    assert f"0x{_SERIAL:x}: good" in openssl("ocsp", *who, "-CAfile", chain)


@every_spec
def test_our_own_check_takes_the_answer(spec: KeySpec) -> None:
    authority = authority_of(spec)
    question = question_about(authority.issuing, _SERIAL)
    answer = an_answer(authority, a_responder(authority))
    assert verified_answer(answer, question, datetime.now(UTC)).status is OcspStatus.GOOD


def an_answer(authority: Authority, responder: Responder) -> bytes:
    now = datetime.now(UTC).replace(microsecond=0)
    good = SingleAnswer(cert_id(authority.issuing, _SERIAL), is_issued=True)
    return build_response(responder, [good], now, now + timedelta(hours=1), None)


@pytest.mark.parametrize("other", [KeySpec.RSA_2048, KeySpec.RSA_3072, KeySpec.ECC_NIST_P384])
def test_a_leaf_that_another_key_signed_is_not_returned(other: KeySpec) -> None:
    """The certificate of the CA names an RSA key, and KMS signs with another one."""
    ours = new_authority(root_spec=_ROOTS[KeyFamily.RSA], issuing_spec=KeySpec.RSA_2048)
    with pytest.raises((InvalidSignature, ValueError)):
        issued(replace(ours, issuing_key=kms_key(held_key(other))))
