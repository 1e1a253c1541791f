"""What relying parties read agrees with the rows: CRLs, OCSP answers, receipts."""

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp

from tests.soak.invariants.issued import parsed
from tests.soak.world.world import Row, World

_REASONS = {
    "keyCompromise": "key_compromise",
    "cACompromise": "ca_compromise",
    "affiliationChanged": "affiliation_changed",
    "superseded": "superseded",
    "cessationOfOperation": "cessation_of_operation",
    "certificateHold": "certificate_hold",
    "privilegeWithdrawn": "privilege_withdrawn",
}
_EXTERNAL = "ext."


def _authorities(world: World) -> dict[str, x509.Certificate]:
    return {row["id"]: parsed(row["certificate_pem"]) for row in world.state("ca")}


def _published(world: World) -> Iterator[tuple[Row, bytes]]:
    """Each row of a CRL, with its object; empty if there is none."""
    for row in world.state("crl"):
        if "crl_number" in row:
            key = urlsplit(row["url"]).path.lstrip("/")
            yield row, world.objects["pki"].get(key, b"")


def _name(row: Row) -> str:
    return f"{row['ca_id']}/{row['shard']}"


def crls_are_there(world: World) -> Iterator[str]:
    """Each CRL that a row says is published is in the bucket, with that number, and its time has come.
    Reads rows and objects of CRLs. Broken by an object that is gone or older than its row."""
    for row, der in _published(world):
        if not der:
            yield f"{_name(row)} is not in the bucket"
            continue
        crl = x509.load_der_x509_crl(der)
        number = crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
        if number != row["crl_number"]:
            yield f"{_name(row)} has the number {number}, its row {row['crl_number']}"
        if not crl.next_update_utc or not crl.last_update_utc <= world.now < crl.next_update_utc:
            yield f"{_name(row)} is valid from {crl.last_update_utc} to {crl.next_update_utc}"


def crls_verify(world: World) -> Iterator[str]:
    """Each CRL is signed by its CA, by cryptography and by OpenSSL. Reads objects of CRLs, CA rows. Broken
    by a byte that differs."""
    authorities = _authorities(world)
    for row, der in _published(world):
        issuer = authorities[row["ca_id"]]
        key: Any = issuer.public_key()
        if der and not x509.load_der_x509_crl(der).is_signature_valid(key):
            yield f"{_name(row)} does not verify by cryptography"
        if der and not _verifies_by_openssl(der, row["ca_id"], world):
            yield f"{_name(row)} does not verify by OpenSSL"


def _verifies_by_openssl(der: bytes, ca_id: str, world: World) -> bool:
    pem = next(row["certificate_pem"] for row in world.state("ca") if row["id"] == ca_id)
    with TemporaryDirectory() as folder:
        (Path(folder) / "list.crl").write_bytes(der)
        (Path(folder) / "ca.pem").write_text(pem)
        ran = subprocess.run(
            ["openssl", "crl", "-inform", "DER", "-in", "list.crl", "-CAfile", "ca.pem", "-noout"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    return ran.returncode == 0 and "verify OK" in ran.stderr


def crls_list_what_is_revoked(world: World) -> Iterator[str]:
    """A CRL lists exactly the revocations of its shard, the joined one those of the CA, with their dates and
    reasons. Reads objects of CRLs, revocation rows. Broken by a serial that is missing or too many."""
    for row, der in _published(world):
        if not der:
            continue
        owed = {
            serial: revocation
            for (ca_id, serial), revocation in world.revocations.items()
            if ca_id == row["ca_id"] and row["shard"] in ("all", str(revocation["crl_shard"]))
        }
        listed = {f"{entry.serial_number:040x}": entry for entry in x509.load_der_x509_crl(der)}
        for fault in _differing(owed, listed):
            yield f"{_name(row)}: {fault}"


def _differing(owed: Mapping[str, Row], listed: Mapping[str, x509.RevokedCertificate]) -> Iterator[str]:
    wanted = {serial.rjust(40, "0"): row for serial, row in owed.items()}
    yield from (f"{serial} is revoked and not listed" for serial in sorted(wanted.keys() - listed.keys()))
    yield from (f"{serial} is listed and not revoked" for serial in sorted(listed.keys() - wanted.keys()))
    for serial in sorted(wanted.keys() & listed.keys()):
        if _said(listed[serial]) != (
            wanted[serial]["revoked_at"],
            _REASONS.get(wanted[serial]["reason"], ""),
        ):
            yield f"{serial} is listed as {_said(listed[serial])}"


def _said(entry: x509.RevokedCertificate) -> tuple[str, str]:
    try:
        reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason.name
    except x509.ExtensionNotFound:
        reason = ""
    return f"{entry.revocation_date_utc:%Y-%m-%dT%H:%M:%SZ}", reason


def ocsp_answers_verify(world: World) -> Iterator[str]:
    """Each OCSP answer is signed by a responder of its CA. Reads the answers, CA rows. Broken by an answer
    that no relying party takes."""
    authorities = _authorities(world)
    for key, der in world.ocsp.items():
        answer = ocsp.load_der_ocsp_response(der) if der else None
        if answer is None or answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            yield f"{key} has no answer"
            continue
        try:
            _verify(answer, authorities[key.partition("#")[0]])
        except Exception as refusal:
            yield f"{key} does not verify: {refusal!r}"


def _verify(answer: ocsp.OCSPResponse, issuer: x509.Certificate) -> None:
    responder = answer.certificates[0]
    responder.verify_directly_issued_by(issuer)
    key, algorithm = responder.public_key(), answer.signature_hash_algorithm
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert algorithm is not None
    key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(algorithm))


def ocsp_answers_say_the_rows(world: World) -> Iterator[str]:
    """OCSP says revoked for what has a revocation row, with its time and reason, and good for what is
    issued and has none. Reads the answers, revocation rows. Broken by an answer that is older than its
    row."""
    for key, der in world.ocsp.items():
        if not der:
            continue
        ca_id, _, serial = key.partition("#")
        answer, row = ocsp.load_der_ocsp_response(der), world.revocations.get((ca_id, serial))
        said = next(iter(answer.responses)) if answer.response_status.name == "SUCCESSFUL" else None
        if said is None:
            continue
        wanted = "REVOKED" if row else "GOOD"
        if said.certificate_status.name != wanted:
            yield f"{key} is {said.certificate_status.name}, not {wanted}"
        elif row and f"{said.revocation_time_utc:%Y-%m-%dT%H:%M:%SZ}" != row["revoked_at"]:
            yield f"{key} is revoked at {said.revocation_time_utc}, its row says {row['revoked_at']}"


def revocations_are_of_versions(world: World) -> Iterator[str]:
    """Each revocation is that of a version of the certificate that it names. Reads revocation and version
    rows. Broken by a revocation of nothing."""
    for (ca_id, serial), row in world.revocations.items():
        version = world.versions.get((row["certificate_id"], serial))
        if version is None or version["ca_id"] != ca_id:
            yield f"{ca_id}#{serial} is revoked, and is no version of {row['certificate_id']}"


def receipts_are_complete(world: World) -> Iterator[str]:
    """Each revocation was seen, in its CRL and by OCSP unless a sample left it out, not before it was made.
    Reads revocation rows. Broken by a receipt that is still due, or came too early."""
    for (ca_id, serial), row in world.revocations.items():
        if ca_id.startswith(_EXTERNAL):
            continue
        if "due_at" in row or "crl_seen_at" not in row:
            yield f"{serial} has no receipt of its CRL"
        if "ocsp_seen_at" not in row and not row.get("ocsp_sampled_out"):
            yield f"{serial} has no receipt of OCSP"
        early = [
            n for n in ("crl_seen_at", "ocsp_seen_at") if row.get(n, row["revoked_at"]) < row["revoked_at"]
        ]
        if early:
            yield f"{serial} was seen before it was revoked: {', '.join(early)}"


def receipts_are_true(world: World) -> Iterator[str]:
    """The CRL that a receipt names was published before it was seen, after the revocation. Reads revocation
    rows, the log of CRLs. Broken by a receipt of a CRL that cannot have had the serial."""
    published: dict[tuple[str, str, int], str] = {}
    for row in world.state("crl_log"):
        published[row["ca_id"], row["shard"], row["crl_number"]] = row["published_at"]
    for (ca_id, serial), row in world.revocations.items():
        if "crl_number" not in row:
            continue
        at = published.get((ca_id, str(row["crl_shard"]), row["crl_number"]))
        if at is None:
            yield f"{serial} was seen in CRL {row['crl_number']}, which was never published"
        elif not row["revoked_at"] <= at <= row["crl_seen_at"]:
            yield f"{serial} was revoked at {row['revoked_at']}, published {at}, seen {row['crl_seen_at']}"
