"""A deployed stack with an ECDSA hierarchy and an RSA one, as administrators make it; openssl judges it."""

import base64
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509

from certctl.crypto.pem import certificate_pem
from certctl.domain.authorities.authorities import Authority, object_key
from certctl.domain.authorities.key_specs import KeySpec
from certctl.domain.certificates.certificates import Certificate
from functions.stack_admin import app
from tests.support.functions.control_plane import ControlPlane
from tests.support.functions.lambda_context import Context
from tests.support.openssl import openssl, run_openssl
from tests.support.status.public_host import PublicHost

_KEYS = "arn:aws:kms:eu-central-1:111122223333:key"
ROOT_KEY, ISSUING_KEY = f"{_KEYS}/root-rsa", f"{_KEYS}/rsa"
RSA_ISSUER = "iss-rsa"


def admin(host: PublicHost, action: str, **fields: Any) -> dict[str, Any]:
    """Fails if a call is not allowed by stack_admin's policy."""
    privileges = host.responding.privileges
    answer: dict[str, Any] = privileges.of("stack_admin", app.lambda_handler)(
        {"action": action, **fields}, Context()
    )
    assert not privileges.refused, privileges.refused
    return answer


def make_root(host: PublicHost, spec: KeySpec = KeySpec.RSA_3072, name: str = "RSA Root") -> str:
    key = host.responding.pki.new_key(f"{ROOT_KEY}-{name.replace(' ', '-').lower()}", spec)
    made = admin(host, "create_root", key_arn=key, subject=f"CN={name},O=Example")
    assert made["state"] == "active"
    return str(made["root_id"])


def make_issuer(host: PublicHost, root_id: str, spec: KeySpec = KeySpec.RSA_2048) -> dict[str, Any]:
    key = host.responding.pki.new_key(ISSUING_KEY, spec)
    subject = "CN=RSA Issuing CA 1,O=Example"
    fields = {"issuer_id": RSA_ISSUER, "name": "RSA", "subject": subject, "key_arn": key, "root_id": root_id}
    made = admin(host, "create_issuer", **fields)
    host.responding.publish()
    return made


@dataclass(frozen=True)
class Issued:
    """A certificate with what it needs: its CA, its root, and what they serve."""

    leaf: x509.Certificate
    served_chain: str
    issuing: Authority
    root: Authority


def issued(plane: ControlPlane, certificate: Certificate) -> Issued:
    stored = plane.stores.certificates.pem(certificate.id, str(certificate.serial_number))
    assert stored
    leaf = x509.load_pem_x509_certificate(stored.certificate_pem.encode())
    known = plane.pki.authorities.all()
    issuing = next(each for each in known if each.certificate_pem in stored.chain_pem)
    root = next(each for each in known if each.ca_id == issuing.parent_id)
    return Issued(leaf, stored.chain_pem, issuing, root)


def verdict(plane: ControlPlane, of: Issued, trusted: str, folder: Path, at: datetime) -> str:
    """What openssl says of the leaf with the chain that is served with it, for one who trusts `trusted` and
    checks the CRLs that are published: `OK`, or why not."""
    folder.mkdir(parents=True, exist_ok=True)
    crls = "".join(_crl(plane, url) for url in (of.root.crl_url, of.issuing.all_crl_url or ""))
    files = {"leaf": certificate_pem(of.leaf), "chain": of.served_chain, "trusted": trusted, "crls": crls}
    for name, text in files.items():
        (folder / name).write_text(text)
    ran = run_openssl(
        "verify", "-x509_strict", "-crl_check_all", "-CRLfile", folder / "crls",
        "-untrusted", folder / "chain", "-CAfile", folder / "trusted", "-attime", int(at.timestamp()),
        folder / "leaf",
    )  # fmt: skip
    said = (ran.stdout + ran.stderr).decode()
    return "OK" if said.endswith("OK\n") else said


def _crl(plane: ControlPlane, url: str) -> str:
    stored = plane.pki.objects.get(object_key(url))
    assert stored, url
    return openssl("crl", "-inform", "DER", stdin=stored.body)


def ocsp_verdict(host: PublicHost, of: Issued, folder: Path) -> str:
    """What openssl reads in the answer about the leaf, which it has verified by the root alone."""
    folder.mkdir(parents=True, exist_ok=True)
    leaf, issuer, root = folder / "leaf.pem", folder / "issuer.pem", folder / "root.pem"
    for path, pem in (
        (leaf, certificate_pem(of.leaf)),
        (issuer, of.issuing.certificate_pem),
        (root, of.root.certificate_pem),
    ):
        path.write_text(pem)
    request, response = folder / "request.der", folder / "response.der"
    run_openssl("ocsp", "-issuer", issuer, "-cert", leaf, "-no_nonce", "-reqout", request, check=True)
    response.write_bytes(base64.b64decode(host.responding.post(request.read_bytes())["body"]))
    now = int(host.responding.pki.clock().timestamp())
    options = ("-attime", now, "-no_nonce", "-CAfile", root, "-verify_other", issuer, "-respin", response)
    ran = run_openssl("ocsp", "-issuer", issuer, "-cert", leaf, *options)
    assert b"Response verify OK" in ran.stderr, ran.stderr
    # openssl compares the answer's times with its own clock, whatever -attime says, and goes on
    (status,) = re.findall(r"\b(good|revoked|unknown)\b", ran.stdout.decode().partition(f"{leaf}: ")[2])
    return str(status)
