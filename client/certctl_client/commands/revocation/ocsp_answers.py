"""Asks a responder about a certificate, and reports its answer."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509

from certctl_client.crl.checks import is_issued_by
from certctl_client.crl.documents import load_certificates, serial_text
from certctl_client.crl.public import PublicObjects
from certctl_client.errors import CommandError
from certctl_client.files import read_bounded
from certctl_client.ocsp import (
    OcspRequest,
    OcspResponse,
    issuer_urls,
    ocsp_urls,
    read_response,
)
from certctl_client.plain_text import counted
from certctl_client.session import ca_cert, open_stack
from certctl_client.times import wire

_FILE_LIMIT = 4 * 1024 * 1024
_NONCE_OCTETS = 16
_REQUEST_TYPE = "application/ocsp-request"


@dataclass(frozen=True)
class Answered:
    """`status` is good, revoked or unknown. With `faults` the answer may not be relied on."""

    status: str
    faults: Sequence[str]
    record: Mapping[str, Any]

    @property
    def report(self) -> str:
        return _report(self.record)


def asked(target: str, ca: Path | None, url: str | None, nonce: bool) -> Answered:
    """Asks about a certificate, given by its id or a file. Raises CommandError."""
    found = _certificates(target)
    asked_at = datetime.now(UTC)
    with PublicObjects(None, ca_cert()) as public:
        issuer = _issuer(public, found, ca)
        request = OcspRequest(issuer, found[0], secrets.token_bytes(_NONCE_OCTETS) if nonce else None)
        place = url or _named_in(found[0])
        data = public.post(place, _REQUEST_TYPE, request.der) if nonce else _got(public, place, request)
    response = read_response(data, request, asked_at)
    record = _record(response, request, asked_at) | {"source": place, "ca_pinned": ca is not None}
    return Answered(response.status, response.faults, record)


def _certificates(target: str) -> list[x509.Certificate]:
    """The leaf, and the other certificates of the file. A name that is no file is an id."""
    path = Path(target)
    if path.is_file():
        return load_certificates(read_bounded(path, _FILE_LIMIT))
    if "/" in target or path.suffix:
        raise CommandError(f"There is no file {target}.", "Give a certificate's id, or a PEM file.")
    with open_stack() as stack:
        return load_certificates(stack.certificates.pem(target).encode())


def _issuer(public: PublicObjects, found: list[x509.Certificate], ca: Path | None) -> x509.Certificate:
    """The issuer's certificate: of the given file, the leaf's own file, or the URL in the leaf. Raises
    CommandError."""
    candidates = load_certificates(read_bounded(ca, _FILE_LIMIT)) if ca else found[1:]
    if not candidates:
        named = issuer_urls(found[0])
        candidates = load_certificates(public.fetch(named[0])[1]) if named else []
    issuer = next((each for each in candidates if is_issued_by(found[0], each)), None)
    if issuer is None:
        raise CommandError("The certificate of its issuer was not found.", "Give it with --ca.")
    return issuer


def _named_in(leaf: x509.Certificate) -> str:
    urls = ocsp_urls(leaf)
    if not urls:
        raise CommandError(
            "The certificate names no OCSP URL.", "Give one with --url, or use `certctl crl verify`."
        )
    return urls[0]


def _got(public: PublicObjects, place: str, request: OcspRequest) -> bytes:
    return public.fetch(request.get_url(place))[1]


def _record(response: OcspResponse, request: OcspRequest, asked_at: datetime) -> dict[str, Any]:
    ends = response.next_update
    return {
        "status": response.status,
        "good": response.status == "good" and not response.faults,
        "faults": list(response.faults),
        "serial_number": serial_text(request.leaf.serial_number),
        "subject": request.leaf.subject.rfc4514_string(),
        "reason": response.reason,
        "revoked_at": wire(response.revoked_at) if response.revoked_at else None,
        "produced_at": wire(response.produced_at),
        "this_update": wire(response.this_update),
        "next_update": wire(ends) if ends else None,
        "valid_for_seconds": max(0, int((ends - asked_at).total_seconds())) if ends else None,
        "responder": response.responder,
        "issuer": request.issuer.subject.rfc4514_string(),
    }


def _report(record: Mapping[str, Any]) -> str:
    lines = ["ANSWER NOT GOOD: " + "; ".join(record["faults"])] if record["faults"] else []
    lines.append(f"{record['status'].upper()}: {record['serial_number']} {record['subject']}".rstrip())
    if record["status"] == "revoked":
        lines.append(f"{record['reason'] or 'unspecified'}, since {record['revoked_at']}")
    if record["status"] == "unknown":
        lines.append("The CA did not issue this serial.")
    lines += [
        f"answered {record['produced_at']}, valid until {record['next_update']} ({_minutes(record)})",
        f"by {record['responder']}, for {record['issuer']}",
        f"at {record['source']}",
    ]
    if not record["ca_pinned"]:
        lines.append("The CA certificate is as named by the certificate: give one that you trust with --ca.")
    return "\n".join(lines)


def _minutes(record: Mapping[str, Any]) -> str:
    seconds = record["valid_for_seconds"]
    return "no end" if seconds is None else f"{counted(seconds // 60, 'minute')} left"
