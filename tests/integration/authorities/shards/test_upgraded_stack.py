"""A stack of the last release, with one shard, no index of receipts and certificates in use, is upgraded."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from cryptography import x509

from certctl.compose.stack_admin import StackAdmin
from certctl.compose.status_watch import RevocationWatch
from certctl.crypto.pem import load_certificate
from certctl.crypto.status.crl import CrlSummary, inspect_crl
from certctl.domain.authorities.authorities import Authority
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.revocation.receipts import Receipt
from certctl.store.database import Database
from tests.support.authorities.pki import Pki
from tests.support.authorities.sharded import sharded
from tests.support.functions.control_plane import ControlPlane
from tests.support.released import as_released, create_released_tables, upgrade_tables
from tests.support.status.relying_party import PkiHost, serving


@dataclass(frozen=True)
class Stack:
    plane: ControlPlane
    authority: Authority
    host: PkiHost

    def upgraded(self, *used: Certificate) -> None:
        """Upgrades as CloudFormation, `Initialization` and the upkeep that follows do it; certificates are in
        `used` all the time."""
        pki = self.plane.pki
        assert upgrade_tables(pki.database.client) == ["by_receipt"]
        self._require_answers(used)
        self._admin(pki, used).cas.certificate_authority.initialize()
        self._require_answers(used)
        admin = self._admin(pki, used)
        assert len(admin.cas.shard_expansion.expand_due()) == 15
        assert admin.revocation_ends.give().complete
        self._require_answers(used)
        pki.clock.advance(timedelta(seconds=61))

    def _admin(self, pki: Pki, used: tuple[Certificate, ...]) -> StackAdmin:
        """Between any two of its steps with CRLs, clients come."""

        def request(ca_id: str) -> None:
            self._require_answers(used)
            pki.publishing().publish_due_of(ca_id)
            self._require_answers(used)

        return pki.admin(request_crls=request)

    def _require_answers(self, used: tuple[Certificate, ...]) -> None:
        for each in used:
            assert self.served(self.cdp_of(each)).next_update > self.plane.pki.clock()

    def look(self) -> int:
        """The receipts that status_watch writes now."""
        overrides = replace(self.plane.overrides, relying_party=self.host.relying_party)
        run = RevocationWatch(overrides).watch.look_at_all()
        assert run.failed == ()
        return run.receipts

    def receipt(self, certificate: Certificate) -> Receipt:
        place = (self.authority.ca_id, 0, certificate.serial_number or "")
        stored = self.plane.pki.revocations.find(*place)
        assert stored
        return stored.receipt

    def cdp_of(self, certificate: Certificate) -> str:
        pem = self.plane.stores.certificates.pem(certificate.id, certificate.serial_number or "")
        assert pem
        leaf = load_certificate(pem.certificate_pem)
        points = leaf.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
        return str(next(iter(points[0].full_name or ())).value)

    def served(self, url: str) -> CrlSummary:
        """The CRL that comes over http."""
        body = self.host.relying_party.body_of(url)
        return inspect_crl(body, load_certificate(self.authority.certificate_pem))


@pytest.fixture
def stack(pki: Pki, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    monkeypatch.setenv("CERTCTL_STACK", "certctl")
    _of_the_release(pki.database)
    authority = sharded(pki, 1)
    as_released(pki.database.client)
    with serving(pki.s3, lambda _: b"") as host:
        yield Stack(ControlPlane(pki), authority, host)


def _of_the_release(database: Database) -> None:
    """Makes the tables of the release, in place of today's."""
    for name in database.client.list_tables()["TableNames"]:
        database.client.delete_table(TableName=name)
    create_released_tables(database.client)


def test_old_leaves_keep_their_crl_and_new_ones_name_others(stack: Stack) -> None:
    old = [stack.plane.issued(f"old{number}.example.com") for number in range(2)]
    assert {stack.cdp_of(each) for each in old} == {stack.authority.crl_url}
    stack.plane.revoked(old[0].id)
    as_released(stack.plane.pki.database.client)
    stack.upgraded(*old)
    new = [stack.plane.issued(f"new{number}.example.com") for number in range(4)]
    for each in [*old, *new]:
        assert stack.served(stack.cdp_of(each)).idp_url == stack.cdp_of(each)
    stack.plane.revoked(old[1].id)
    for each in new:
        stack.plane.revoked(each.id)
    assert stack.plane.pki.publishing().publish_due().failed == []
    for each in [*old, *new]:
        assert each.serial_number in stack.served(stack.cdp_of(each)).serials
    joined = stack.served(stack.authority.all_crl_url or "")
    assert joined.serials == {each.serial_number for each in [*old, *new]}


def test_each_crl_keeps_rising_and_drops_nothing_by_the_upgrade(stack: Stack) -> None:
    revoked = stack.plane.issued()
    stack.plane.revoked(revoked.id)
    stack.plane.pki.publishing().publish_due()
    as_released(stack.plane.pki.database.client)
    urls = [stack.authority.crl_url, stack.authority.all_crl_url or ""]
    before = [stack.served(url) for url in urls]
    stack.upgraded()
    for earlier, now in zip(before, map(stack.served, urls), strict=True):
        assert now.number >= earlier.number
        assert now.serials >= earlier.serials


def test_revocations_after_the_upgrade_have_receipts_and_those_before_it_stay_without(stack: Stack) -> None:
    before, after = (stack.plane.issued(f"{name}.example.com") for name in ("before", "after"))
    stack.plane.revoked(before.id)
    as_released(stack.plane.pki.database.client)
    stack.upgraded(before, after)
    stack.plane.revoked(after.id)
    assert stack.receipt(after).due_at is not None
    stack.plane.pki.publishing().publish_due()
    stack.plane.pki.clock.advance(timedelta(seconds=5))
    assert stack.look() == 1
    assert stack.receipt(after).crl_seconds == pytest.approx(5, abs=0.01)
    assert stack.receipt(before) == Receipt()
    assert stack.served(stack.authority.crl_url).serials == {before.serial_number, after.serial_number}


def test_a_signer_that_has_not_looked_since_still_issues_from_the_old_shard(stack: Stack) -> None:
    worker = stack.plane.signing()
    stack.plane.requested("first.example.com")
    stack.plane.work(worker)
    stack.upgraded()
    stack.plane.pki.clock.advance(timedelta(seconds=-30))
    started = stack.plane.requested("second.example.com")
    stack.plane.work(worker)
    second = stack.plane.certificate(started.certificate.id)
    assert stack.cdp_of(second) == stack.authority.crl_url
