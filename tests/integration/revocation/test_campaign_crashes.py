"""A campaign whose worker dies, or is overtaken by another one, at any of its writes (ADR 43)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from certctl.domain.jobs import JobStatus
from certctl.domain.revocation.campaign_items import ItemState
from certctl.domain.revocation.campaigns import Campaign, CampaignSelection, NewCampaign
from certctl.store.database import Database
from certctl.store.revocation.campaigns import CampaignStore
from tests.support.functions.control_plane import ADMIN, ControlPlane
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.revocation.bulk import events_of

LEASE = timedelta(minutes=2)
TURNS = 20
MODES = ("dies before", "dies after", "is overtaken")


class Killed(BaseException):
    """Simulates the end of the process: nothing catches it."""


class Worker:
    """Counts its writes to the tables, and is interrupted at one of them."""

    def __init__(self, at: int, mode: str, other: Callable[[], None]) -> None:
        self.at = at
        self.mode = mode
        self.other = other
        self.writes = 0

    @contextmanager
    def at_work(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        with monkeypatch.context() as patched:
            for name in ("write", "transact"):
                real = getattr(Database, name)
                patched.setattr(Database, name, self._interrupted(real))
            yield

    def _interrupted(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(database: Database, *arguments: Any) -> Any:
            self.writes += 1
            is_now = self.writes == self.at
            if is_now and self.mode == "dies before":
                raise Killed
            if is_now and self.mode == "is overtaken":
                self.other()
            answer = real(database, *arguments)
            if is_now and self.mode == "dies after":
                raise Killed
            return answer

        return call


def _turn(plane: ControlPlane, campaign: Campaign) -> None:
    plane.signing().process(campaign.job_id)


def _overtake(plane: ControlPlane, campaign: Campaign) -> None:
    plane.pki.clock.advance(LEASE)
    _turn(plane, campaign)


def _persons(plane: ControlPlane, campaign: Campaign, certificate_id: str, answered: set[str]) -> None:
    """The owner's CSR, once, and the verification."""
    certificate = plane.certificate(certificate_id)
    if certificate.open_job_id is not None and certificate_id not in answered:
        answered.add(certificate_id)
        plane.signing_requests.submit(ADMIN, certificate_id, csr_pem(certificate.common_name, [], new_key()))
        plane.signing().process(certificate.open_job_id)
    item = CampaignStore(plane.pki.database).item(campaign.id, certificate_id)
    if item is not None and item.state is ItemState.DEPLOYED:
        plane.campaigns.verify(ADMIN, campaign.id, certificate_id)


def interrupted(plane: ControlPlane, monkeypatch: pytest.MonkeyPatch, at: int, mode: str) -> int:
    """A campaign of one certificate, interrupted there once. The number of its worker's writes."""
    certificate = plane.issued(f"p{at}.{mode.replace(' ', '-')}.example.com")
    wanted = NewCampaign(CampaignSelection(certificate_ids=(certificate.id,)), "superseded", confirm=1)
    campaign, answered = plane.campaigns.start(ADMIN, wanted), set[str]()
    worker = Worker(at, mode, partial(_overtake, plane, campaign))
    for _ in range(TURNS):
        with worker.at_work(monkeypatch), suppress(Killed):
            _turn(plane, campaign)
        campaign = plane.campaigns.get(campaign.id)
        if campaign.state.has_ended:
            break
        _persons(plane, campaign, certificate.id, answered)
        plane.pki.clock.advance(LEASE)

    assert campaign.counts == {ItemState.REVOKED: 1}, (at, mode)
    assert plane.job(campaign.job_id).status is JobStatus.COMPLETED, (at, mode)
    (item,) = CampaignStore(plane.pki.database).items_after(campaign.id, "", 10)
    assert (item.state, item.old_serials) == (ItemState.REVOKED, (certificate.serial_number,))
    assert plane.certificate(certificate.id).serial_number == item.new_serial
    versions = plane.stores.certificates.unexpired_versions(certificate.id, plane.pki.clock())
    assert list(plane.stores.marks_of(versions)) == [certificate.serial_number], (at, mode)
    for action in ("certificate_renewal_requested", "certificate_version_revoked"):
        assert len(events_of(plane, "certificate", certificate.id, action)) == 1, (at, mode, action)
    return worker.writes


@pytest.mark.parametrize("mode", MODES)
def test_a_campaign_survives_the_loss_of_its_worker_at_a_write(
    plane: ControlPlane, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """The request of a rekey, which is the worker's first act; the slow test has every write."""
    assert interrupted(plane, monkeypatch, 4, mode) > 4


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("mode", MODES)
def test_a_campaign_survives_the_loss_of_its_worker_at_each_write(
    plane: ControlPlane, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    at, writes = 1, 1
    while at <= writes:
        writes = interrupted(plane, monkeypatch, at, mode)
        at += 1
    assert at > 10
