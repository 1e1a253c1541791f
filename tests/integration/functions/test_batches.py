"""No run of a function behind a queue outlives its time, however slowly AWS answers, and nothing is lost:
what a run leaves is done by later ones."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from certctl import config
from certctl.batches import Batch
from certctl.connectors.aws.queue import Queue
from certctl.domain.authorities.authorities import Authority, CrlShard
from certctl.domain.errors import Unavailable
from certctl.domain.revocation.receipts import Receipt
from certctl.store.acme.authorizations import AuthorizationStore
from certctl.store.authorities.items import CrlShardItem
from certctl.store.jobs.jobs import JobStore
from certctl.store.keys import crl_shards
from certctl.store.mapping import to_item
from certctl.store.notifications.notifications import NotificationStore
from certctl.store.writes import put
from tests.support.acme.authorizations import awaiting
from tests.support.authorities.pki import BUCKET, HOST
from tests.support.authorities.sharded import with_one_shard
from tests.support.aws.clients import client
from tests.support.channels.receivers import Receiver, answers
from tests.support.clock import Clock
from tests.support.functions.batches import SlowStack, consumers
from tests.support.functions.deployed import deployed
from tests.support.functions.lambda_context import Context
from tests.support.issuing.issuing import CERTIFICATES, Issuing, issuing, received
from tests.support.notifications.rows import a_notification
from tests.support.status.relying_party import serving

# together they take ten seconds on a slow machine
pytestmark = pytest.mark.slow

CONSUMERS = consumers()
"""The consumers by folder."""


@dataclass
class Slow:
    world: Issuing
    stack: SlowStack

    @property
    def authority(self) -> Authority:
        found = self.world.pki.authorities.active_issuing("iss-local")
        assert found
        return found

    def further_shards(self, count: int) -> list[str]:
        """Beside the first: open, and published as it is."""
        with_one_shard(self.world.pki, self.authority)
        first = self.world.pki.authorities.shard(self.authority.ca_id, "0")
        assert first
        for number in range(1, count):
            self._store(first, str(number))
        return [str(number) for number in range(count)]

    def _store(self, first: CrlShard, number: str) -> None:
        url = first.url.replace("/0.crl", f"/{number}.crl")
        item = to_item(CrlShardItem, first, kind=crl_shards(first.ca_id), id=number)
        item.url, item.shard = url, number
        self.world.stack.database.write(put(item))

    def job(self, job_id: str) -> Any:
        return self.world.stack.admin("insights_api").get(f"/api/v1/jobs/{job_id}").body


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    with deployed(Clock()) as stack, issuing(stack) as world:
        monkeypatch.setenv("CERTCTL_PKI_BUCKET", BUCKET)
        monkeypatch.setenv("CERTCTL_PKI_HOST", HOST)
        made = SlowStack(stack)
        made.compose()
        yield Slow(world, made)


def evaluations(slow: Slow) -> Callable[[], bool]:
    """An edited profile evaluates every policy at once, while people request certificates."""
    catalog, policies = slow.world.stack.admin("catalog_api"), [f"pol-{n}" for n in range(7)]
    requested = [slow.world.created(f"{n}.example.com").body["id"] for n in range(3)]
    for policy_id in policies:
        body = {
            "id": policy_id,
            "name": policy_id,
            "type": "AllowedEnvironments",
            "severity": "Warning",
            "config": {"environments": ["production"]},
        }
        assert catalog.post("/api/v1/policies", body).status == 201

    def is_done() -> bool:
        issued = {slow.world.read(each)["status"] for each in requested} == {"Active"}
        states = {catalog.get(f"/api/v1/policies/{each}").body["evaluation"]["state"] for each in policies}
        return issued and states == {"completed"}

    return is_done


def bulk_revocation(slow: Slow) -> Callable[[], bool]:
    """One slice of it takes longer than a run."""
    ids = [slow.world.created(f"{n}.example.com").body["id"] for n in range(34)]
    slow.stack.work(CONSUMERS["signing_worker"], lambda: not slow.stack.waiting["jobs"])
    body = {"certificate_ids": ids, "reason": "superseded"}
    job_id = slow.world.api.post(f"{CERTIFICATES}/bulk-revoke", body).body["job_id"]

    def is_done() -> bool:
        job = slow.job(job_id)
        if job["status"] != "Completed":
            return False
        revoked = {slow.world.read(each)["status"] for each in ids} == {"Revoked"}
        return revoked and job["progress"]["done"] == len(ids)

    return is_done


def campaign(slow: Slow) -> Callable[[], bool]:
    """One slice of it, too, takes longer than a run."""
    ids = [slow.world.created(f"{n}.example.com").body["id"] for n in range(30)]
    slow.stack.work(CONSUMERS["signing_worker"], lambda: not slow.stack.waiting["jobs"])
    body = {"selection": {"certificate_ids": ids}, "reason": "superseded", "confirm": len(ids)}
    started = slow.world.api.post("/api/v1/campaigns", body).body

    def is_done() -> bool:
        found = slow.world.api.get(f"/api/v1/campaigns/{started['id']}").body
        return (found["state"], found["counts"]) == ("running", {"rekeying": len(ids)})

    return is_done


def misdirected_jobs(slow: Slow) -> Callable[[], bool]:
    """The worker of external issuers gives each back: the schedule sends it to the other queue."""
    for number in range(10):
        slow.world.created(f"{number}.example.com")
    nudges = slow.stack.waiting["external_jobs"] = slow.stack.waiting.pop("jobs")
    jobs = JobStore(slow.world.stack.database)

    def is_done() -> bool:
        found = [jobs.get(nudge.body["id"]) for nudge in nudges]
        return [(job.due.attempt, job.due.lease_owner) for job in found if job] == [(1, None)] * len(nudges)

    return is_done


def due_crls(slow: Slow) -> Callable[[], bool]:
    pki, authority = slow.world.pki, slow.authority
    shards = slow.further_shards(8)
    slow.world.stack.clock.advance(timedelta(minutes=1))
    for shard in shards:
        pki.revoke(authority, f"0a0{shard}", crl_shard=int(shard))
        slow.stack.put("crl_nudges", {"ca_id": authority.ca_id, "shard": shard})

    def is_done() -> bool:
        found = [pki.authorities.shard(authority.ca_id, shard) for shard in shards]
        return [each.entries for each in found if each] == [1] * len(shards)

    return is_done


def due_receipts(slow: Slow) -> Callable[[], bool]:
    pki, authority = slow.world.pki, slow.authority
    shards = slow.further_shards(8)
    made = [
        pki.revoke(
            authority,
            f"0a0{shard}",
            crl_shard=int(shard),
            receipt=Receipt(due_at=pki.clock(), ocsp_sampled_out=True),
        )
        for shard in shards
    ]
    assert not pki.publishing().publish_due().failed
    for shard in shards:
        slow.stack.put("status_checks", {"ca_id": authority.ca_id, "shard": shard})

    def is_done() -> bool:
        found = [pki.revocations.find(each.ca_id, each.crl_shard, each.serial_number) for each in made]
        return all(each and each.receipt.crl_seen_at for each in found)

    return is_done


def alerts(slow: Slow) -> Callable[[], bool]:
    rows = NotificationStore(slow.world.stack.database)
    made = [a_notification(slow.world.stack.clock()) for _ in range(25)]
    for row in made:
        slow.world.stack.database.write(rows.create_step(row))
        slow.stack.put("notifications", {"id": row.id, "epoch": 1})

    def is_done() -> bool:
        return {str(found.status) for row in made if (found := rows.get(row.id))} == {"sent"}

    return is_done


def validations(slow: Slow) -> Callable[[], bool]:
    """The web server has no proof: each authorization is attempted once, and awaits its client."""
    store, now = AuthorizationStore(slow.world.stack.database), slow.world.stack.clock()
    orders = [f"ord-{number}" for number in range(25)]
    for order in orders:
        made = awaiting(name=f"{order}.localhost", now=now, order_id=order)
        slow.world.stack.database.write(store.create_step(made))
        slow.stack.put("acme_validations", {"id": f"{order}#0"})

    def is_done() -> bool:
        found = [store.get(order, 0) for order in orders]
        return [(each.attempt, each.error is not None) for each in found if each] == [(1, True)] * len(orders)

    return is_done


@dataclass(frozen=True)
class Story:
    """Work of a function, and the seconds of one request with which a batch would outlive its run."""

    folder: str
    prepare: Callable[[Slow], Callable[[], bool]]
    seconds: float


# A last act has five seconds; four run concurrently, each with six requests (eleven for a campaign, with the
# alert to the owner), which take turns here. So do the twenty of ten validations; a claim that took more than
# its share of the lease is given back.
STORIES = [
    Story("signing_worker", evaluations, 0.8),
    Story("signing_worker", bulk_revocation, 0.2),
    Story("signing_worker", campaign, 0.1),
    Story("external_issuer_worker", misdirected_jobs, 4),
    Story("crl_publisher", due_crls, 1),
    Story("status_watch", due_receipts, 2),
    Story("notification_worker", alerts, 2),
    Story("acme_validator", validations, 0.2),
]


def test_each_function_behind_a_queue_has_a_story() -> None:
    assert {story.folder for story in STORIES} == set(CONSUMERS)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.prepare.__name__)
def test_a_run_ends_in_time_and_later_ones_do_the_rest(
    slow: Slow, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Receiver(answers(200)).running() as receiver, serving(client("s3"), lambda _: b"") as host:
        monkeypatch.setenv("CERTCTL_LOCAL", "1")
        monkeypatch.setenv("CERTCTL_ALLOWED_PRIVATE_CIDRS", "127.0.0.0/8")
        monkeypatch.setenv("CERTCTL_CHANNELS", f"Webhook.url=http://127.0.0.1:{receiver.port}/hook")
        monkeypatch.setenv("CERTCTL_ACME_VALIDATION_CIDRS", "127.0.0.0/8")
        monkeypatch.setenv("CERTCTL_ACME_HTTP_PORT", str(receiver.port))
        slow.stack.compose(relying_party=host.relying_party)
        is_done = story.prepare(slow)
        slow.stack.runs.clear()
        with slow.stack.slow(story.seconds):
            slow.stack.work(CONSUMERS[story.folder], is_done)
    assert len(slow.stack.runs) > 1, "one run was enough: nothing is tried here"


def test_what_a_run_has_done_of_a_slice_is_stored_if_it_has_no_time_for_the_rest(slow: Slow) -> None:
    """Done again and again, a slice that outlives each run would never end."""
    campaign(slow)
    slow.stack.runs.clear()
    with slow.stack.slow(0.1):
        slow.stack.work(CONSUMERS["signing_worker"], lambda: len(slow.stack.runs) == 2)
    (stored,) = slow.world.api.get("/api/v1/campaigns").body["data"]
    assert set(stored["counts"]) == {"found", "rekeying"}


def worked_off(bodies: list[str], process: Callable[[Any], None], left: float, **sent: Any) -> Any:
    records = [{"messageId": f"m-{n}", "body": body} for n, body in enumerate(bodies)]
    return Batch(process, sent["again"], timedelta(seconds=15)).work_off(records, Context(seconds=left))


def test_a_record_that_fails_or_cannot_be_read_stops_no_other() -> None:
    seen: list[int] = []

    def process(body: Any) -> None:
        seen.append(body["n"])
        if body["n"] == 1:
            raise ValueError("one")

    answer = worked_off(['{"n": 1}', "no JSON", '{"n": 2}'], process, 30, again=seen.append)
    assert seen == [1, 2]
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m-0"}, {"itemIdentifier": "m-1"}]}


def test_what_a_run_has_no_time_for_is_sent_again_as_it_came() -> None:
    sent: list[str] = []
    bodies = ['{"n":1}', "no JSON"]
    assert worked_off(bodies, sent.append, 14, again=sent.extend) == {"batchItemFailures": []}
    assert sent == bodies


def test_what_could_not_be_sent_again_comes_back_as_failed() -> None:
    def refuse(_: Any) -> None:
        raise Unavailable("SQS is down")

    answer = worked_off(["{}", "{}"], refuse, 14, again=refuse)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m-0"}, {"itemIdentifier": "m-1"}]}


def test_a_message_that_sqs_did_not_take_is_noticed(slow: Slow) -> None:
    """SQS answers 200 if it took some of them."""
    sqs, too_long = client("sqs"), "x" * (1024 * 1024 + 1)
    queue = Queue(sqs, config.queue_url("jobs"))
    queue.send_all(['{"id": "job-1"}'])
    assert [each["body"] for each in received("jobs")] == ['{"id": "job-1"}']
    with pytest.raises(Exception, match=r"BatchRequestTooLong|did not take|larger"):
        queue.send_all([too_long])
