"""A CA is rotated while leaves are issued and CRLs published without a pause: openssl trusts every leaf."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from certctl.crypto.pem import certificate_pem, load_certificate, load_certificates
from certctl.crypto.status.crl import inspect_crl
from certctl.domain.audit.events import STACK_ADMIN
from certctl.domain.authorities.authorities import Authority, NewAuthority, object_key
from certctl.services.authorities.lifecycle import CaLifecycle
from certctl.store.catalog.records import CatalogStore
from tests.support.authorities.crls import crl_pem
from tests.support.authorities.pki import Pki, new_keys
from tests.support.aws.dynamodb_local import new_database
from tests.support.aws.memory_s3 import MemoryS3
from tests.support.clock import Clock
from tests.support.functions.control_plane import ControlPlane
from tests.support.openssl import run_openssl
from tests.support.units import units_in

pytestmark = [pytest.mark.dynamodb_local, pytest.mark.timeout(280)]
_STEP = timedelta(hours=60)
_ISSUERS = 3


@dataclass(frozen=True)
class Issued:
    certificate_id: str
    pem: str
    ca_pem: str


@dataclass
class Load:
    """Leaves, each verified by the bundle that was published as it was issued."""

    plane: ControlPlane
    folder: Path
    leaves: list[Issued] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def issue(self, worker: int) -> None:
        number = 0
        while not self.ended.is_set():
            number += 1
            requested = self.plane.requested(f"c{worker}-{number}.example.com")
            self.plane.signing().process(requested.job.id)
            certificate = self.plane.certificate(requested.certificate.id)
            pem = self.plane.stores.certificates.pem(certificate.id, certificate.serial_number or "")
            assert pem, certificate
            leaf = Issued(certificate.id, pem.certificate_pem, pem.chain_pem)
            self._verify(leaf, self.folder / f"{worker}-{number}")
            self.leaves.append(leaf)

    def _verify(self, leaf: Issued, folder: Path) -> None:
        if verdict := refusal(self.plane.pki, leaf, folder, self.plane.pki.clock()):
            self.refused.append(verdict)

    def publish(self) -> None:
        while not self.ended.is_set():
            run = self.plane.pki.publishing().publish_due()
            assert run.failed == []
            time.sleep(0.05)

    def wait_for(self, more: int) -> None:
        wanted = len(self.leaves) + more
        while len(self.leaves) < wanted and not self.ended.is_set():
            time.sleep(0.02)

    @contextmanager
    def running(self) -> Iterator[None]:
        with ThreadPoolExecutor(_ISSUERS + 1) as pool:
            tasks = [pool.submit(self._stopping, self.issue, worker) for worker in range(_ISSUERS)]
            tasks.append(pool.submit(self._stopping, self.publish))
            try:
                yield
            finally:
                self.ended.set()
            for task in tasks:
                task.result()

    def _stopping(self, work: Callable[..., None], *arguments: int) -> None:
        try:
            work(*arguments)
        finally:
            self.ended.set()


def refusal(pki: Pki, leaf: Issued, folder: Path, at: datetime) -> str:
    """What openssl says against a leaf, by the published bundle and the CRL that the leaf names; empty if
    it trusts it."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [folder / name for name in ("leaf.pem", "root.pem", "bundle.pem", "crl.pem")]
    *issuing, root = load_certificates(_published(pki, "pki/bundle.pem").decode())
    crl = crl_pem(_published(pki, object_key(_crl_url(leaf.pem))))
    for path, text in zip(
        names, (leaf.pem, certificate_pem(root), "".join(map(certificate_pem, issuing)), crl), strict=True
    ):
        path.write_text(text)
    given = ("-CAfile", names[1], "-untrusted", names[2], "-crl_check", "-CRLfile", names[3])
    result = run_openssl("verify", "-attime", int(at.timestamp()), *given, names[0])
    return "" if result.returncode == 0 else (result.stdout + result.stderr).decode()


def _published(pki: Pki, key: str) -> bytes:
    stored = pki.objects.get(key)
    assert stored, key
    return stored.body


def _crl_url(pem: str) -> str:
    points = load_certificate(pem).extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    names = points[0].full_name
    assert names
    return str(names[0].value)


def _serials(pki: Pki, authority: Authority, url: str) -> frozenset[str]:
    der = _published(pki, object_key(url))
    return frozenset(inspect_crl(der, load_certificate(authority.certificate_pem)).serials)


def _upkeep(pki: Pki) -> CaLifecycle:
    return CaLifecycle(
        units_in(pki.database, pki.clock),
        pki.authorities,
        CatalogStore(pki.database),
        STACK_ADMIN,
        pki.clock,
    )


@pytest.fixture
def plane(endpoint: str, access_key: str) -> ControlPlane:
    plane = ControlPlane(Pki(new_database(endpoint), MemoryS3(), Clock(), new_keys()))
    plane.pki.authority().initialize()
    return plane


def test_a_rotation_under_load_breaks_no_leaf_and_both_crls_go_on_until_the_last_old_leaf_ends(
    plane: ControlPlane, tmp_path: Path
) -> None:
    pki = plane.pki
    old = pki.authorities.active_issuing("iss-local")
    assert old
    load = Load(plane, tmp_path)
    with load.running():
        load.wait_for(15)
        new = pki.local_issuers().rotate(NewAuthority("iss-local", pki.new_key()))
        load.wait_for(15)
    assert load.refused == []
    of_old = [leaf for leaf in load.leaves if leaf.ca_pem == old.certificate_pem]
    of_new = [leaf for leaf in load.leaves if leaf.ca_pem == new.certificate_pem]
    assert len(of_old) >= 15
    assert len(of_new) >= 10
    assert len(of_old) + len(of_new) == len(load.leaves)

    revoked, kept = of_old[0], of_old[-1]
    serial = plane.certificate(revoked.certificate_id).serial_number
    plane.revoked(revoked.certificate_id)
    assert pki.publishing().publish_due().failed == []
    assert old.all_crl_url
    for url in (old.crl_url, old.all_crl_url):
        assert _serials(pki, old, url) == {serial}
    assert _serials(pki, new, new.crl_url) == frozenset()
    assert "certificate revoked" in refusal(pki, revoked, tmp_path / "revoked", pki.clock())

    last_ends = max(load_certificate(leaf.pem).not_valid_after_utc for leaf in of_old)
    while pki.clock() + _STEP < last_ends:
        pki.clock.advance(_STEP)
        assert _upkeep(pki).run().retired == ()
        assert pki.publishing().publish_due().failed == []
        for leaf in (kept, of_new[-1]):
            assert refusal(pki, leaf, tmp_path / "later", pki.clock()) == ""
    assert "certificate revoked" in refusal(pki, revoked, tmp_path / "revoked", pki.clock())

    kept_for = pki.authorities.get(old.ca_id)
    assert kept_for
    assert last_ends <= kept_for.last_leaf_ends <= last_ends + timedelta(days=31)
    pki.clock.time = kept_for.last_leaf_ends + timedelta(minutes=6)
    pki.publishing().publish_due()
    pki.clock.advance(timedelta(hours=72))
    assert _upkeep(pki).run().retired == (old.ca_id,)
    assert {s.ca_id for s in pki.publishing().publish_due().published} == {new.ca_id}
