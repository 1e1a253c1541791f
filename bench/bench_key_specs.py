"""What a CA signs, by the spec of its key: octets, processor time on our side, and the price in KMS, beside
P-256 in the same run.

Run: `PYTHONPATH=layers/certctl:. .venv/bin/python -m bench.bench_key_specs`; it prints the table of
docs/operating-cas.md#key-specs. Processor time, without that of KMS's part, which signs in this process here:
on AWS its signature is a request of some milliseconds. A leaf has a P-256 key, is checked and verified as the
worker does; a CRL has 10,000 entries; an OCSP answer is parsed, built and signed by a responder of the CA's
family, whose key is in memory.
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.serialization import Encoding

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

ENTRIES, LEAVES, CRLS, ANSWERS = 10_000, 300, 5, 2000
_ROOTS = {KeyFamily.ECDSA: KeySpec.ECC_NIST_P384, KeyFamily.RSA: KeySpec.RSA_3072}
_NOW = datetime.now(UTC).replace(microsecond=0)
_UNTIL = _NOW + timedelta(hours=72)
_HEAD = (
    "key of the issuing CA",
    "leaf, octets",
    "leaf, ms",
    "CRL, octets",
    "CRL, ms",
    "OCSP answer, octets",
    "answers a second and core",
    "KMS for 1,000 signatures",
)


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


@dataclass(frozen=True)
class Figures:
    """Octets, and milliseconds of processor time."""

    leaf: tuple[int, float]
    crl: tuple[int, float]
    answer: tuple[int, float]


def main() -> None:
    entries = sorted(_entries(), key=lambda entry: entry.serial)
    figures = {spec: _figures(spec, entries) for spec in ISSUING_KEY_SPECS}
    beside = figures[KeySpec.ECC_NIST_P256]
    write = sys.stdout.write
    write(f"| {' | '.join(_HEAD)} |\n|{' --- |' * len(_HEAD)}\n")
    for spec, found in figures.items():
        write(f"| {' | '.join(_cells(spec, found, beside))} |\n")


def _figures(spec: KeySpec, entries: list[RevokedEntry]) -> Figures:
    kms = Kms(held_key(spec))
    authority = _authority(kms, _ROOTS[spec.family])
    return Figures(_leaf(authority, kms), _crl(authority, kms, entries), _answer(authority))


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


def _leaf(authority: Authority, kms: Kms) -> tuple[int, float]:
    chain, request = chain_of(authority), a_request(not_after=_NOW + timedelta(days=200))

    def issue() -> bytes:
        return issue_leaf(request, chain, authority.issuing_key).public_bytes(Encoding.DER)

    return _measured(issue, LEAVES, kms)


def _crl(authority: Authority, kms: Kms, entries: list[RevokedEntry]) -> tuple[int, float]:
    signer = (authority.issuing, authority.issuing_key)
    return _measured(lambda: build_crl(*signer, entries, 2, _NOW, _UNTIL, CRL_URL), CRLS, kms)


def _answer(authority: Authority) -> tuple[int, float]:
    responder, asked = a_responder(authority), request_of(authority.issuing, [new_serial()]).der

    def answer() -> bytes:
        (certificate,) = parse_ocsp_request(asked).certificates
        single = SingleAnswer(certificate.der, is_issued=True)
        return build_response(responder, [single], _NOW, _UNTIL, None)

    return _measured(answer, ANSWERS, None)


def _measured(make: Callable[[], bytes], times: int, kms: Kms | None) -> tuple[int, float]:
    """Octets, and the milliseconds of the faster half: other work on the machine only adds."""
    size, spent = len(make()), list[float]()
    for _ in range(times):
        signing, began = kms.spent if kms else 0.0, time.process_time()
        make()
        spent.append(time.process_time() - began - ((kms.spent if kms else 0.0) - signing))
    faster = sorted(spent)[: max(1, times // 2)]
    return size, 1000 * statistics.mean(faster)


def _cells(spec: KeySpec, found: Figures, beside: Figures) -> Iterator[str]:
    yield f"`{spec}`"
    for (size, spent), (_, other) in ((found.leaf, beside.leaf), (found.crl, beside.crl)):
        yield f"{size:,}"
        yield f"{spent:.2f} ({spent / other:.2f})"
    size, spent = found.answer
    yield f"{size:,}"
    yield f"{1000 / spent:,.0f} ({beside.answer[1] / spent:.2f})"
    yield f"${1000 * price_of(spec):.3f}"


def price_of(spec: KeySpec) -> float:
    """KMS's price of a signature."""
    return prices.KMS_RSA_2048_REQUEST if spec is KeySpec.RSA_2048 else prices.KMS_ECC_REQUEST


if __name__ == "__main__":
    main()
