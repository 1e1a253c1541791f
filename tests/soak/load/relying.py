"""Relying parties and watchers: OCSP questions, CRLs, and servers that are probed."""

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from tests.soak.load.actors import Actor

_SECONDS = 30
_FINAL = ("Revoked",)


def question(serial: int, issuer: x509.Certificate) -> bytes:
    """An OCSP request in DER."""
    key_hash = x509.SubjectKeyIdentifier.from_public_key(issuer.public_key()).digest
    name_hash = hashes.Hash(hashes.SHA1())  # noqa: S303  # what RFC 6960 names certificates by
    name_hash.update(issuer.subject.public_bytes())
    builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(
        name_hash.finalize(),
        key_hash,
        serial,
        hashes.SHA1(),  # noqa: S303  # as above
    )
    return builder.build().public_bytes(Encoding.DER)


def ask_status(actor: Actor) -> None:
    """The status of a version by OCSP, at the URL that the certificate names."""
    owned = actor.fleet.shown(actor.rng)
    if owned is None:
        return
    exported = actor.caller.ask("GET", f"/api/v1/certificates/{owned.id}/export/pem")
    if not exported.is_good or "BEGIN CERTIFICATE" not in str(exported.body):
        return
    leaf, issuer, *_ = x509.load_pem_x509_certificates(str(exported.body).encode())
    access = leaf.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    urls = [str(each.access_location.value) for each in access if "ocsp" in str(each.access_location.value)]
    for url in urls:
        actor.caller.tally.add("ocsp")
        try:
            answer = requests.post(
                url,
                data=question(leaf.serial_number, issuer),
                headers={"Content-Type": "application/ocsp-request"},
                timeout=_SECONDS,
            )
        except requests.RequestException:
            continue
        if answer.status_code == 200:
            status = ocsp.load_der_ocsp_response(answer.content).response_status.name
            actor.caller.tally.add(f"ocsp_{status.lower()}")


def watch_endpoint(actor: Actor) -> None:
    """Names a server to probe: nothing listens at most of them. A third is removed again."""
    label = actor.label()
    body = {"host": f"{label}.example.com", "port": 443, "team_id": "t-default", "owner_id": "o-default"}
    made = actor.create("/api/v1/endpoints", body, label)
    if not made.is_good:
        return
    identifier, is_removed = made.body["id"], actor.rng.random() < 0.3
    if is_removed:
        ended = actor.caller.ask("DELETE", f"/api/v1/endpoints/{identifier}")
        if not (ended.is_good or (ended.status == 404 and ended.attempts > 1)):
            return
    actor.journal.note("endpoint", id=identifier, removed=is_removed)
