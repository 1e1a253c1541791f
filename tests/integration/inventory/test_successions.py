"""A renewed certificate supersedes the old one where it has taken its places, and nowhere else."""

from datetime import timedelta
from pathlib import Path

import certifi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from certctl.compose.rooms.base import Base
from certctl.compose.rooms.inventory import InventoryFactories
from certctl.crypto.inventory.facts import parse
from certctl.domain.inventory.scopes import Scope
from tests.support.functions.deployed import Deployed
from tests.support.inventory.made import NOW, Maker, found

ROOT = Maker("A public root").certificate()
PUBLIC, LIAR = Maker("A public root"), Maker("A liar")
OLD = PUBLIC.leaf("www.example.com")
NEW = PUBLIC.leaf("www.example.com", begins=NOW, days=90)
ARCHIVE, LIVE = "file:/etc/letsencrypt/archive/www", "file:/etc/letsencrypt/live/www"


class Host:
    def __init__(self, stack: Deployed) -> None:
        self.made = InventoryFactories(Base(stack.overrides))
        scope = Scope("sc-files", "src-1", "t-web", "files", stack.clock(), timedelta(days=1))
        stack.database.write(self.made.scopes.create_step(scope))

    def has(self, **places: bytes) -> None:
        """A scan that finds these certificates with their root."""
        self.scanned({f"{ARCHIVE}/{name}.pem#1": der for name, der in places.items()})

    def scanned(self, places: dict[str, bytes]) -> None:
        whole = [found(place, der, ROOT) for place, der in places.items()]
        ders = {parse(der).fingerprint: der for der in (*places.values(), ROOT)}
        self.made.reports.report("sc-files", whole, ders, is_complete=True)

    def status(self, der: bytes) -> str:
        certificate = self.made.observed.get(parse(der).fingerprint, consistent=True)
        assert certificate is not None
        return certificate.status.value


@pytest.fixture
def host(stack: Deployed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    roots = tmp_path / "roots.pem"
    roots.write_bytes(x509.load_der_x509_certificate(ROOT).public_bytes(Encoding.PEM))
    monkeypatch.setattr(certifi, "where", lambda: str(roots))
    return Host(stack)


def test_a_newer_one_in_the_same_directory_supersedes_the_old_one(host: Host) -> None:
    host.has(cert1=OLD)
    host.has(cert1=OLD, cert2=NEW)
    assert (host.status(OLD), host.status(NEW)) == ("Superseded", "Unmanaged")


def test_a_place_without_the_newer_one_keeps_the_old_one_unmanaged(host: Host) -> None:
    places = {f"{ARCHIVE}/cert1.pem#1": OLD, "file:/srv/other/www.pem#1": OLD}
    host.scanned(places)
    host.scanned(places | {f"{ARCHIVE}/cert2.pem#1": NEW})
    assert host.status(OLD) == "Unmanaged"


def test_the_old_one_is_unmanaged_again_when_the_newer_one_is_taken_away(host: Host) -> None:
    host.has(cert1=OLD, cert2=NEW)
    assert host.status(OLD) == "Superseded"
    host.has(cert1=OLD)
    assert host.status(OLD) == "Unmanaged"


@pytest.mark.parametrize(
    "newer",
    [
        LIAR.leaf("www.example.com", begins=NOW),
        PUBLIC.leaf("www.example.org", begins=NOW),
        PUBLIC.leaf("www.example.com", key=rsa.generate_private_key(65537, 2048), begins=NOW),
        PUBLIC.leaf("www.example.com", begins=NOW - timedelta(days=2)),
    ],
    ids=["of a CA that nobody trusts", "with other names", "with another kind of key", "that is older"],
)
def test_a_certificate_of_another_kind_supersedes_nothing(host: Host, newer: bytes) -> None:
    host.has(cert1=OLD)
    host.has(cert1=OLD, cert2=newer)
    assert host.status(OLD) == "Unmanaged"
