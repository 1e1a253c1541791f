"""What a person does with curl and openssl, in the words of the tests."""

from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support.local.stack import LocalStack, wait_for
from tests.support.openssl import openssl, run_openssl

_numbers = count(1)


@dataclass(frozen=True)
class Issued:
    """A certificate and the files that belong to it."""

    id: str
    name: str
    key: Path
    csr: Path
    pem: Path

    @property
    def spki_sha256(self) -> str:
        """The SHA-256 of its public key."""
        key = x509.load_pem_x509_certificate(self.pem.read_bytes()).public_key()
        return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


@dataclass(frozen=True)
class Journey:
    stack: LocalStack
    folder: Path

    def csr(self, common_name: str, key: Path | None = None) -> tuple[Path, Path]:
        """(key, csr) as a plain `openssl req` makes them."""
        stem = self.folder / f"{common_name}-{next(_numbers)}"
        csr, made = stem.with_suffix(".csr"), key or stem.with_suffix(".key")
        if key is None:
            openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(made))
        openssl("req", "-new", "-key", str(made), "-subj", f"/CN={common_name}", "-out", str(csr))
        return made, csr

    def issued(self, key: Path | None = None, **fields: Any) -> Issued:
        name = f"www-{uuid4().hex[:12]}.example.com"
        made, csr = self.csr(name, key)
        body = {"common_name": name, "csr_pem": csr.read_text()} | fields
        answer = self.stack.call("POST", "/api/v1/certificates", body)
        assert answer.status_code == 201, answer.text
        certificate_id = answer.json()["id"]
        self.wait_for_status(certificate_id, "Active")
        return Issued(certificate_id, name, made, csr, self.exported(certificate_id))

    def wait_for_status(self, certificate_id: str, status: str, seconds: float = 60) -> Any:
        def as_wanted() -> Any:
            record = self.certificate(certificate_id)
            return record if record["status"] == status else None

        return wait_for(as_wanted, f"{certificate_id} {status}", seconds)

    def certificate(self, certificate_id: str) -> Any:
        return self.stack.get(f"/api/v1/certificates/{certificate_id}")

    def exported(self, certificate_id: str) -> Path:
        answer = self.stack.call("GET", f"/api/v1/certificates/{certificate_id}/export/pem")
        pem = self.folder / f"{certificate_id}-{next(_numbers)}.pem"
        pem.write_text(answer.text)
        return pem

    def post(self, path: str, body: Any = None, **options: Any) -> requests.Response:
        return self.stack.call("POST", f"/api/v1/certificates/{path}".rstrip("/"), body, **options)

    def trust(self, issued: Issued) -> tuple[Path, Path]:
        """(root, chain) by the AIA of the leaf and of its issuer."""
        issuing = self.fetched_as_pem(self.url_in(issued.pem, "CA Issuers - URI:"), "issuing")
        root = self.fetched_as_pem(self.url_in(issuing, "CA Issuers - URI:"), "root")
        return root, issuing

    def url_in(self, pem: Path, before: str) -> str:
        text = openssl("x509", "-in", str(pem), "-noout", "-text")
        return text.partition(before)[2].split()[0]

    def fetched_as_pem(self, url: str, name: str) -> Path:
        answer = requests.get(url, timeout=10)
        assert answer.status_code == 200, url
        assert answer.headers["content-type"] == "application/pkix-cert"
        der, pem = self.folder / f"{name}.crt", self.folder / f"{name}.pem"
        der.write_bytes(answer.content)
        openssl("x509", "-inform", "DER", "-in", str(der), "-out", str(pem))
        return pem

    def verify(self, issued: Issued, *options: str) -> Any:
        root, chain = self.trust(issued)
        return run_openssl(
            "verify", *options, "-CAfile", str(root), "-untrusted", str(chain), str(issued.pem)
        )

    def crl_serials(self, issued: Issued) -> set[str]:
        """The serials in the CRL that the leaf names, in lower case."""
        return self._serials_at(self.crl_url(issued))

    def all_serials(self, issued: Issued) -> set[str]:
        """The serials in the CRL that joins those of the leaf's CA."""
        return self._serials_at(self.crl_url(issued).rpartition("/")[0] + "/all.crl")

    def _serials_at(self, url: str) -> set[str]:
        answer = requests.get(url, timeout=10)
        path = self.folder / "fetched.crl"
        path.write_bytes(answer.content)
        text = openssl("crl", "-inform", "DER", "-in", str(path), "-noout", "-text")
        lines = (line.strip() for line in text.splitlines())
        return {line.split()[-1].lower() for line in lines if line.startswith("Serial Number:")}

    def crl_url(self, issued: Issued) -> str:
        text = openssl("x509", "-in", str(issued.pem), "-noout", "-ext", "crlDistributionPoints")
        return next(line.strip()[4:] for line in text.splitlines() if line.strip().startswith("URI:"))
