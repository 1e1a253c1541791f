"""OCSP answers and responders as earlier code made them, from fixed keys, serials and times:
`python -m tests.support.releases.answers` records them with the code of the moment."""

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from certctl.crypto.authorities.authority import issuing_certificate, root_certificate
from certctl.crypto.status.ocsp_certificates import responder_certificate
from certctl.crypto.status.ocsp_keys import private_key_der, responder_of
from certctl.crypto.status.ocsp_responses import Responder, RevokedSince, SingleAnswer, build_response
from certctl.crypto.status.tlv import OCTET_STRING, tlv
from tests.support.authorities.authority import ROOT_CRL_URL, ROOT_URL, Authority
from tests.support.releases.signing import deterministic_keys
from tests.support.status.ocsp import cert_id
from tests.support.template import ROOT

_FILE = ROOT / "tests/support/releases/answers.json"
_NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
_SERIAL = 0x0123456789ABCDEF
_YEARS, _HOURS = timedelta(days=1825), timedelta(hours=72)


def recorded_answers() -> dict[str, str]:
    """In base64, by name."""
    found: dict[str, str] = json.loads(_FILE.read_text(encoding="utf-8"))
    return found


def answers(issuing_pem: str) -> dict[str, str]:
    """The same documents, made by today's code for the recorded CA."""
    keys = deterministic_keys()
    issuing = x509.load_pem_x509_certificate(issuing_pem.encode())
    authority = Authority(issuing, keys["arn:root"], issuing, keys["arn:issuing"])
    made = {name: b64encode(der).decode() for name, der in _documents(authority)}
    return made | {"issuing": issuing_pem}


def _documents(authority: Authority) -> Iterator[tuple[str, bytes]]:
    responder = _responder(authority)
    yield "responder", responder.certificate
    asked = cert_id(authority.issuing, _SERIAL)
    about = {
        "good": SingleAnswer(asked, is_issued=True),
        "unknown": SingleAnswer(asked, is_issued=False),
        "revoked": SingleAnswer(asked, is_issued=True, revoked=RevokedSince(_NOW, None)),
        "compromised": SingleAnswer(asked, is_issued=True, revoked=RevokedSince(_NOW, 1)),
    }
    until = _NOW + timedelta(hours=1)
    for name, answer in about.items():
        yield name, build_response(responder, [answer], _NOW, until, None)
    yield "nonce", build_response(responder, [*about.values()], _NOW, until, tlv(OCTET_STRING, bytes(32)))


def _responder(authority: Authority) -> Responder:
    """With signatures that are always the same."""
    key = ec.derive_private_key(11, ec.SECP256R1())
    name, times = "OCSP responder of ca-1", (_NOW - timedelta(hours=1), _NOW + _HOURS)
    certificate = responder_certificate(
        name, key.public_key(), authority.issuing, authority.issuing_key, _SERIAL, *times
    )
    made = responder_of(certificate.public_bytes(Encoding.DER), private_key_der(key))
    return replace(made, sign=lambda data: key.sign(data, ec.ECDSA(SHA256(), deterministic_signing=True)))


def _new_issuing_pem() -> str:
    keys, times = deterministic_keys(), (_NOW - timedelta(days=1), _NOW + _YEARS)
    root = root_certificate("CN=Test Root,O=Example", keys["arn:root"], *times)
    public_key, urls = keys["arn:issuing"].public_key(), (ROOT_CRL_URL, ROOT_URL)
    issuing = issuing_certificate(
        "CN=Test Issuing,O=Example", public_key, root, keys["arn:root"], (), *urls, *times
    )
    return issuing.public_bytes(Encoding.PEM).decode()


if __name__ == "__main__":
    _FILE.write_text(json.dumps(answers(_new_issuing_pem()), indent=1) + "\n", encoding="utf-8")
