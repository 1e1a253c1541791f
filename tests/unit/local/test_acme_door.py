"""Who may use the local ACME server by https, and the certificate that it shows."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from local.acme.leaf import RECORD, Leaf
from local.browsers import acme_refusal
from local.demo.api import DemoError

_NOW = datetime(2026, 12, 1, tzinfo=UTC)
_DAYS = timedelta(days=90)


class Certificates:
    """The part of the API that a leaf needs: records by id, each with the request of its newest version."""

    def __init__(self, now: datetime = _NOW) -> None:
        self.now = now
        self.ca = ec.generate_private_key(ec.SECP256R1())
        self.chains: dict[str, str] = {}
        self.ended: set[str] = set()

    def call(self, method: str, path: str, body: Any = None, headers: Any = None) -> dict[str, Any]:
        _, _, rest = path.partition("/certificates")
        record = rest.strip("/").partition("/")[0] or str(body.get("id", "mc-another"))
        is_new = not rest
        if is_new == (record in self.chains) or record in self.ended:
            raise DemoError(f"{method} {path} answered 409: refused")
        self.chains[record] = self._issued(body["csr_pem"])
        return {"id": record} if is_new else {"job_id": "job-1"}

    def text(self, path: str) -> str:
        return self.chains[path.split("/")[2]]

    def _issued(self, csr_pem: str) -> str:
        csr, name = x509.load_pem_x509_csr(csr_pem.encode()), x509.Name([])
        builder = x509.CertificateBuilder(name, csr.subject, csr.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(self.now).not_valid_after(self.now + _DAYS)
        return builder.sign(self.ca, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def _leaf(certificates: Certificates, folder: Path) -> Leaf:
    api: Any = certificates
    return Leaf(api, folder / "leaf.pem")


def test_a_first_start_requests_a_record_and_keeps_the_key_for_its_owner(tmp_path: Path) -> None:
    certificates = Certificates()
    leaf = _leaf(certificates, tmp_path)
    leaf.obtain(_NOW)
    assert list(certificates.chains) == [RECORD]
    assert leaf.file.stat().st_mode & 0o777 == 0o600
    assert "PRIVATE KEY" in leaf.file.read_text()


def test_a_later_start_asks_for_nothing_while_a_third_of_the_validity_is_left(tmp_path: Path) -> None:
    certificates = Certificates()
    leaf = _leaf(certificates, tmp_path)
    leaf.obtain(_NOW)
    before = leaf.file.read_bytes()
    leaf.obtain(_NOW + timedelta(days=59))
    assert leaf.file.read_bytes() == before


def test_a_start_in_the_last_third_renews_the_record_with_another_key(tmp_path: Path) -> None:
    certificates = Certificates()
    leaf = _leaf(certificates, tmp_path)
    leaf.obtain(_NOW)
    before = leaf.file.read_bytes()
    leaf.obtain(_NOW + timedelta(days=61))
    assert leaf.file.read_bytes() != before
    assert list(certificates.chains) == [RECORD]


def test_a_start_after_one_that_died_before_it_kept_the_key_renews_the_record(tmp_path: Path) -> None:
    certificates = Certificates()
    _leaf(certificates, tmp_path).obtain(_NOW)
    lost = _leaf(certificates, tmp_path / "again")
    lost.obtain(_NOW)
    assert lost.file.exists()
    assert list(certificates.chains) == [RECORD]


def test_a_record_that_somebody_ended_is_followed_by_another(tmp_path: Path) -> None:
    certificates = Certificates()
    _leaf(certificates, tmp_path).obtain(_NOW)
    certificates.ended.add(RECORD)
    _leaf(certificates, tmp_path / "again").obtain(_NOW)
    assert list(certificates.chains) == [RECORD, "mc-another"]


@pytest.mark.parametrize("host", ["localhost:8443", "localhost", "127.0.0.1:8443"])
def test_a_client_of_this_machine_is_served(host: str) -> None:
    assert acme_refusal({"Host": host}) == ""


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example.com:8443"},
        {},
        {"Host": "localhost:8443", "Origin": "https://localhost:8443"},
        {"Host": "localhost:8443", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_web_page_is_refused(headers: dict[str, str]) -> None:
    assert acme_refusal(headers) != ""
