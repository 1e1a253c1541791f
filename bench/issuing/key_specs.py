"""What a CA signs, by the spec of its key, beside P-256 in the same run: processor time on our side, octets,
and the price in KMS. KMS signs in this process here, and its part is not counted: on AWS a signature is a
request of some milliseconds. A leaf has a P-256 key and is verified as the worker does; a CRL has 10,000
entries; an OCSP answer is parsed, built and signed by a responder of the CA's family, its key in memory."""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.serialization import Encoding

from bench.harness.rows import Row
from bench.harness.turns import beside, cpu_ms
from certctl.crypto.authorities.authority import issuing_certificate
from certctl.crypto.issuing.issuing import issue_leaf
from certctl.crypto.kms_key import kms_key
from certctl.crypto.serials import new_serial, serial_text
from certctl.crypto.status.crl_building import RevokedEntry, build_crl
from certctl.crypto.status.ocsp_requests import parse_ocsp_request
from certctl.crypto.status.ocsp_responses import SingleAnswer, build_response
from certctl.domain.authorities.key_specs import ISSUING_KEY_SPECS, KeyFamily, KeySpec
from certctl_client.costs import prices
from tests.support.authorities.authority import (
    CRL_URL,
    ROOT_CRL_URL,
    ROOT_URL,
    Authority,
    a_request,
    chain_of,
    held_key,
    new_authority,
)
from tests.support.aws.held_keys import HeldKey, sign_digest
from tests.support.status.ocsp import a_responder, request_of

ENTRIES, LEAVES, CRLS, ANSWERS = 10_000, 40, 3, 100
_ROOTS = {KeyFamily.ECDSA: KeySpec.ECC_NIST_P384, KeyFamily.RSA: KeySpec.RSA_3072}
_NOW = datetime.now(UTC).replace(microsecond=0)
_UNTIL = _NOW + timedelta(hours=72)
_PEER = KeySpec.ECC_NIST_P256


@dataclass
class Kms:
    """Signs by a key, and counts the processor time that it takes."""

    key: HeldKey
    spent: float = field(default=0.0)

    def sign(self, digest: bytes, algorithm: str) -> bytes:
        began = time.process_time()
        signature = sign_digest(self.key, digest, algorithm)
        self.spent += time.process_time() - began
        return signature


type Turn = Callable[[], float]


@dataclass(frozen=True)
class _Made:
    """What is signed: octets, and a turn's median in milliseconds."""

    size: int
    turn: Turn


def rows() -> Iterator[Row]:
    entries = sorted(_entries(), key=lambda entry: entry.serial)
    made = {spec: _made_by(spec, entries) for spec in ISSUING_KEY_SPECS}
    for spec, each in made.items():
        if spec is _PEER:
            continue
        for what, found in each.items():
            pair = beside(found.turn, made[_PEER][what].turn)
            dollars = {"KMS, $ for 1,000": 0.0 if what == "OCSP answer" else 1000 * price_of(spec)}
            counts = {"octets": float(found.size), **dollars}
            yield replace(pair.row(f"{what} by {spec}", "ms", _PEER), counts=counts)


def _made_by(spec: KeySpec, entries: list[RevokedEntry]) -> dict[str, _Made]:
    kms = Kms(held_key(spec))
    authority = _authority(kms, _ROOTS[spec.family])
    return {
        "leaf": _leaf(authority, kms),
        "CRL of 10,000": _crl(authority, kms, entries),
        "OCSP answer": _answer(authority),
    }


def _authority(kms: Kms, root: KeySpec) -> Authority:
    made, key = new_authority((), root), kms_key(kms.key.public_key(), kms.sign)
    times = _NOW - timedelta(minutes=5), _NOW + timedelta(days=5 * 365)
    urls = (ROOT_CRL_URL, ROOT_URL)
    issuing = issuing_certificate(
        "CN=Test Issuing,O=Example", key.public_key(), made.root, made.root_key, (), *urls, *times
    )
    return replace(made, issuing=issuing, issuing_key=key)


def _entries() -> Iterator[RevokedEntry]:
    for _ in range(ENTRIES):
        yield RevokedEntry(serial_text(new_serial()), _NOW, "superseded", None)


def _leaf(authority: Authority, kms: Kms) -> _Made:
    chain, request = chain_of(authority), a_request(not_after=_NOW + timedelta(days=200))

    def issue() -> bytes:
        return issue_leaf(request, chain, authority.issuing_key).public_bytes(Encoding.DER)

    return _measured(issue, LEAVES, kms)


def _crl(authority: Authority, kms: Kms, entries: list[RevokedEntry]) -> _Made:
    signer = (authority.issuing, authority.issuing_key)
    return _measured(lambda: build_crl(*signer, entries, 2, _NOW, _UNTIL, CRL_URL), CRLS, kms)


def _answer(authority: Authority) -> _Made:
    responder, asked = a_responder(authority), request_of(authority.issuing, [new_serial()]).der

    def answer() -> bytes:
        (certificate,) = parse_ocsp_request(asked).certificates
        single = SingleAnswer(certificate.der, is_issued=True)
        return build_response(responder, [single], _NOW, _UNTIL, None)

    return _measured(answer, ANSWERS, None)


def _measured(make: Callable[[], bytes], times: int, kms: Kms | None) -> _Made:
    def once() -> float:
        signing = kms.spent if kms else 0.0
        whole = cpu_ms(make)
        return whole - 1000 * ((kms.spent if kms else 0.0) - signing)

    return _Made(len(make()), lambda: statistics.median(once() for _ in range(times)))


def price_of(spec: KeySpec) -> float:
    """KMS's price of a signature."""
    return prices.KMS_RSA_2048_REQUEST if spec is KeySpec.RSA_2048 else prices.KMS_ECC_REQUEST
