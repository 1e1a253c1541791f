"""A campaign over two certificates, turn by turn. The owner of the first, which has two old versions, sends a
CSR and verifies as soon as possible; the owner of the second only once the deadline is over."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import count, islice
from typing import Any

from certctl.domain.audit.events import StoredEvent
from certctl.domain.errors import Conflict
from certctl.domain.ids import COUNTER_SHARDS, shard_of
from certctl.domain.revocation.campaign_items import CampaignItem
from certctl.domain.revocation.campaign_requests import CampaignSelection, NewCampaign
from certctl.domain.revocation.campaigns import Campaign
from certctl.domain.revocation.revocations import Revocation
from certctl.domain.revocation.states import CampaignState, ItemState, OnDeadline
from certctl.services.jobs.worker import LEASE
from certctl.store.audit.events import AuditStore
from certctl.store.revocation.campaigns import CampaignStore
from tests.support.aws.least_privilege import unconfined
from tests.support.functions.control_plane import ADMIN, CHANNELS, ControlPlane
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.revocation.interruptions import Interrupted, nothing

REASONS = {OnDeadline.ALERT: "superseded", OnDeadline.REVOKE: "keyCompromise"}
DEADLINE = timedelta(hours=1)
_LOST = LEASE + timedelta(seconds=1)
_MOST_TURNS = 60
_ROUNDS = 3


class CampaignStory:
    def __init__(self, plane: ControlPlane, on_deadline: OnDeadline) -> None:
        plane.channels = CHANNELS
        self.plane = plane
        first, second = (plane.issued(f"{i}.example.com", id=i).id for i in _ids_in_one_shard(2))
        plane.rekeyed(first)
        self.first, self.second = first, second
        self.old = {each: self._serials(each) for each in (first, second)}
        chosen = CampaignSelection(certificate_ids=(first, second))
        wanted = NewCampaign(chosen, REASONS[on_deadline], on_deadline, 1, confirm=2)
        self.id = plane.campaigns.start(ADMIN, wanted).id
        self._answered = set[str]()

    @property
    def campaign(self) -> Campaign:
        with unconfined():
            return self.plane.campaigns.get(self.id)

    @property
    def items(self) -> list[CampaignItem]:
        with unconfined():
            return CampaignStore(self.plane.pki.database).items_after(self.id, "", 10)

    def marks(self, certificate_id: str) -> dict[str, Revocation]:
        """The revocations of its versions, by serial number."""
        with unconfined():
            stores, now = self.plane.stores, self.plane.pki.clock()
            return stores.marks_of(stores.certificates.unexpired_versions(certificate_id, now))

    def events(self, kind: str, identifier: str, action: str | None = None) -> list[StoredEvent]:
        with unconfined():
            found = AuditStore(self.plane.pki.database).of_resource(kind, identifier, "~", 100).events
        return [event for event in found if action in (None, event["action"])]

    def actions(self, kind: str, identifier: str) -> list[str]:
        return [event["action"] for event in self.events(kind, identifier)]

    def new_serial(self, item: CampaignItem) -> str | None:
        with unconfined():
            return self.plane.certificate(item.certificate_id).serial_number

    def alerts(self) -> int:
        with unconfined():
            rows = self.plane.pki.database.client.scan(TableName="notifications")["Items"]
        return sum("deadline of a campaign" in row["subject"]["S"] for row in rows)

    def done(self) -> dict[str, Any]:
        """All that a campaign that is paused or cancelled must leave alone. A cancelled one still stores what
        it has done."""
        of_each = {
            each: (sorted(self.marks(each)), [e["id"] for e in self.events("certificate", each)])
            for each in self.old
        }
        if self.campaign.state is CampaignState.CANCELLED:
            return of_each
        return {"items": self.items, "counts": self.campaign.counts, **of_each}

    def turn(self) -> None:
        """Runs a turn of the worker, once its job is due or the lease of a lost one has run out."""
        with unconfined():
            due = self.plane.job(self.campaign.job_id).due
            clock = self.plane.pki.clock
            clock.time = max(filter(None, (clock.time + _LOST, due.due_at)))
            self.plane.signing().process(self.campaign.job_id)

    def play(self, worker: Interrupted, between: Callable[[], None] = nothing) -> None:
        """Until the campaign has ended; `between` is called after each turn."""
        for _ in range(_MOST_TURNS):
            with worker.at_work():
                self.turn()
            between()
            if self.campaign.state.has_ended:
                return
            self._persons()
        raise AssertionError(f"it does not end: {self.campaign}")

    def to_the_deadline(self) -> None:
        """Waits until the deadline, as if the confirmation were an hour ago."""
        clock = self.plane.pki.clock
        clock.time = max(clock.time, self.campaign.deadline or clock.time + DEADLINE)

    def try_to(self, act: str) -> None:
        """Pauses, resumes or cancels, if it is in a state for that."""
        with suppress(Conflict):
            getattr(self.plane.campaigns, act)(ADMIN, self.id)

    def verify(self, certificate_id: str) -> None:
        self.plane.campaigns.verify(ADMIN, self.id, certificate_id)

    def _persons(self) -> None:
        states = {item.certificate_id: item.state for item in self.items}
        is_late = self.campaign.is_late(self.plane.pki.clock())
        for each in (self.first, self.second) if is_late else (self.first,):
            self._answer(each)
            if states.get(each) is ItemState.DEPLOYED:
                self.verify(each)
        if not is_late and states.get(self.first) is ItemState.REVOKED:
            self.to_the_deadline()

    def _answer(self, certificate_id: str) -> None:
        """With a CSR, once."""
        certificate = self.plane.certificate(certificate_id)
        if certificate.open_job_id is None or certificate_id in self._answered:
            return
        self._answered.add(certificate_id)
        pem = csr_pem(certificate.common_name, [], new_key())
        self.plane.signing_requests.submit(ADMIN, certificate_id, pem)
        self.plane.signing().process(certificate.open_job_id)

    def _serials(self, certificate_id: str) -> set[str]:
        versions = self.plane.stores.certificates.unexpired_versions(certificate_id, self.plane.pki.clock())
        return {version.serial_number for version in versions}


class Stop:
    """Pauses or cancels, and remembers what the campaign had done when that was answered."""

    def __init__(self, story: CampaignStory, act: str) -> None:
        self.story = story
        self._act = act
        self._done: dict[str, Any] | None = None

    def __call__(self) -> None:
        self.story.try_to(self._act)
        if self.story.campaign.state in (CampaignState.PAUSED, CampaignState.CANCELLED):
            self._done = self.story.done()

    @property
    def was_done(self) -> bool:
        return self._done is not None

    def check(self, worker: Interrupted) -> None:
        """Nothing was done since then, nor is it at the deadline and after."""
        self.story.to_the_deadline()
        for _ in range(_ROUNDS):
            with worker.at_work():
                self.story.turn()
        assert self.story.done() == self._done


def _ids_in_one_shard(amount: int) -> list[str]:
    """Ids whose acts are done in sequence, and in the order of the ids: which write is which is known."""
    ids = (f"mc-{number:03}" for number in count())
    return list(islice((i for i in ids if shard_of(i, COUNTER_SHARDS) == 0), amount))
