"""A certificate of the smoke test as a relying party sees it: by openssl and what its extensions name."""

import re
from dataclasses import dataclass
from pathlib import Path

from deploy.errors import DeployError
from deploy.smoke.tools import Api, fetch, openssl, wait_for

_ISSUE_SECONDS = 90
# a publisher's run, and a distribution that keeps what it has for 30 s
_CRL_SECONDS = 240


@dataclass(frozen=True)
class Issued:
    id: str
    name: str
    pem: Path

    @property
    def serial(self) -> str:
        """Upper case, as openssl prints it."""
        return openssl("x509", "-in", self.pem, "-noout", "-serial").strip().removeprefix("serial=")

    @property
    def crl_url(self) -> str:
        return _uri(openssl("x509", "-in", self.pem, "-noout", "-ext", "crlDistributionPoints"), "URI:")

    @property
    def issuer_name(self) -> str:
        return openssl("x509", "-in", self.pem, "-noout", "-issuer").strip()


def issue(api: Api, name: str, team: str, folder: Path) -> Issued:
    """Raises DeployError."""
    key, csr, pem = (folder / f"{name}.{kind}" for kind in ("key", "csr", "pem"))
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
    openssl("req", "-new", "-key", key, "-subj", f"/CN={name}", "-out", csr)
    body = {"common_name": name, "csr_pem": csr.read_text(), "team_id": team}
    made = api.call("POST", "/api/v1/certificates", body)["id"]
    wait_for(lambda: _active(api, made), f"{made} Active", _ISSUE_SECONDS)
    pem.write_bytes(api.send("GET", f"/api/v1/certificates/{made}/export/pem").body)
    return Issued(made, name, pem)


def _active(api: Api, certificate_id: str) -> str | None:
    status: str = api.call("GET", f"/api/v1/certificates/{certificate_id}")["status"]
    if status == "Failed":
        raise DeployError(f"{certificate_id} is Failed: see the jobs page for its reason")
    return status if status == "Active" else None


def verify_chain(issued: Issued, folder: Path) -> None:
    """Verifies the chain, found by the URLs in the leaf and in its issuer, without the API."""
    issuing, root = chain(issued, folder)
    verdict = openssl("verify", "-CAfile", root, "-untrusted", issuing, issued.pem)
    if not verdict.rstrip().endswith("OK"):
        raise DeployError(verdict)


def chain(issued: Issued, folder: Path) -> tuple[Path, Path]:
    """(issuing, root)"""
    issuing = _fetched_authority(issued.pem, folder / "issuing.pem")
    return issuing, _fetched_authority(issuing, folder / "root.pem")


def _fetched_authority(below: Path, pem: Path) -> Path:
    url = _uri(openssl("x509", "-in", below, "-noout", "-text"), "CA Issuers - URI:")
    der = pem.with_suffix(".crt")
    der.write_bytes(fetched_plainly(url))
    openssl("x509", "-inform", "DER", "-in", der, "-out", pem)
    return pem


def fetched_plainly(url: str) -> bytes:
    """Over plain http, as relying parties must. Raises DeployError."""
    if not url.startswith("http://"):
        raise DeployError(f"{url} is not plain http")
    answer = fetch(url)
    if answer.status != 200:
        raise DeployError(f"{url} answers {answer.status}")
    return answer.body


def crl_serials(issued: Issued, folder: Path) -> set[str]:
    """The serials in the CRL that the leaf names, its signature verified. Raises DeployError."""
    issuing, _ = chain(issued, folder)
    crl = folder / "fetched.crl"
    crl.write_bytes(fetched_plainly(issued.crl_url))
    text = openssl("crl", "-inform", "DER", "-in", crl, "-CAfile", issuing, "-noout", "-text")
    if "verify OK" not in text:
        raise DeployError(f"{issued.crl_url} is not signed by the leaf's issuer")
    return set(re.findall(r"Serial Number: ([0-9A-F]+)", text))


def wait_until_revoked(issued: Issued, folder: Path) -> None:
    """Raises DeployError."""

    def is_listed() -> bool | None:
        return True if issued.serial in crl_serials(issued, folder) else None

    wait_for(is_listed, f"serial {issued.serial} in {issued.crl_url}", _CRL_SECONDS)


def _uri(text: str, before: str) -> str:
    if before not in text:
        raise DeployError(f"the certificate has no {before}")
    return text.partition(before)[2].split()[0]
