"""A mass revocation on DynamoDB Local, in real time: what each consumer saw of it and when, and what was read
and written.

Run: `PYTHONPATH=layers/certctl:. nice .venv/bin/python -m bench.crls.bench_mass_revocation [certificates]`.
One bulk revocation by one worker over 16 shards, with two alerts each. Beside it run, each with a connection
of its own: the publisher of CRLs, whose queue gathers for five seconds, and status_watch, which fetches CRLs
and asks OCSP. HTTP, SQS and KMS are calls in this process; there is no edge, which keeps a CRL for up to
30 s. Write units are those that DynamoDB Local reports.
"""

import hashlib
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from certctl.api.status.ocsp_messages import request_body
from certctl.connectors.http.adapter import HttpReply, HttpRequest
from certctl.connectors.relying_party import RelyingParty
from certctl.crypto.pem import load_certificate
from certctl.crypto.status.crl import inspect_crl
from certctl.crypto.status.ocsp_keys import responder_of
from certctl.domain.authorities.authorities import Authority, object_key, ocsp_url_for
from certctl.domain.revocation.receipts import Receipt
from certctl.domain.status.checks import StatusCheck, status_check
from certctl.domain.status.editions import SPACING
from certctl.domain.status.nudges import CrlNudge
from certctl.services.status.crl_runs import CrlRun, CrlRuns
from certctl.services.status.ocsp_answers import OcspAnswers
from certctl.services.status.ocsp_responders import OcspResponders
from certctl.services.status.watching.crls import WatchedCrls
from certctl.services.status.watching.ocsp import WatchedOcsp
from certctl.services.status.watching.watch import StatusWatch
from certctl.store.authorities.items import AuthorityItem
from certctl.store.database import Database
from certctl.store.keys import AUTHORITY
from certctl.store.revocation.receipts import ReceiptStore
from certctl.store.status.ocsp_reads import OcspReads
from certctl.store.status.ocsp_responders import ResponderStore
from certctl.store.status.watch_log import WatchLog
from certctl.store.writes import update
from tests.support.api.http import event
from tests.support.authorities.pki import Pki, new_keys
from tests.support.authorities.sharded import sharded
from tests.support.aws.dynamodb_local import (
    credentials,
    new_database,
    open_database,
    open_patient_database,
    running,
)
from tests.support.aws.memory_s3 import MemoryS3
from tests.support.functions.control_plane import CHANNELS, ControlPlane
from tests.support.revocation.bulk import counts, fleet_on, started
from tests.support.template import table_definitions

SHARDS = 16
_WINDOW = timedelta(seconds=5)
"""CrlPublisherNudges in template.yaml."""
_TABLES = {each["TableName"]: each["TableName"] for each in table_definitions()}
_WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem")


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Units:
    """What one consumer's client read and wrote, by table. PynamoDB's models read by a connection that all
    share, so reads are known in sum alone."""

    read: Counter[str] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)

    def measure(self, database: Database) -> Database:
        client: Any = database.client
        real = client._make_api_call

        def call(operation: str, request: dict[str, Any]) -> Any:
            answer = real(operation, request | {"ReturnConsumedCapacity": "TOTAL"})
            found = answer.get("ConsumedCapacity") or []
            for each in found if isinstance(found, list) else [found]:
                into = self.written if operation in _WRITES else self.read
                into[each["TableName"]] += each["CapacityUnits"]
            return answer

        client._make_api_call = call
        return database

    def __str__(self) -> str:
        written = ", ".join(f"{name} {units:,.0f}" for name, units in self.written.most_common(4))
        return f"{self.written.total():,.0f} written ({written or '-'})"


class Host:
    """The PKI host as `OutboundHttp` reaches it."""

    def __init__(self, s3: MemoryS3, answers: OcspAnswers) -> None:
        self._s3 = s3
        self._answers = answers
        self.served = Counter[str]()

    def send(self, request: HttpRequest, _: float) -> HttpReply:
        path = urlsplit(request.url).path
        if path.startswith("/ocsp/"):
            body = self._answers.answer(request_body(event("GET", path))).der
        else:
            body = self._s3.get_object("bucket", path.lstrip("/"))["Body"].read()
        etag = hashlib.sha256(body).hexdigest()
        is_known = request.headers.get("If-None-Match") == etag
        self.served["OCSP" if path.startswith("/ocsp/") else "304" if is_known else "CRL"] += 1
        return HttpReply(304 if is_known else 200, {"etag": etag}, b"" if is_known else body, 1)


class Publisher:
    """crl_publisher: a batch of nudges each five seconds, and the run of each minute. `published`: when."""

    def __init__(self, pki: Pki, nudges: list[tuple[str, int]]) -> None:
        self._nudges = nudges
        self._again: list[tuple[datetime, CrlNudge]] = []
        self._runs = CrlRuns(pki.authorities, pki.publication(), self._send_again, now, SPACING)
        self.published: list[tuple[str, datetime]] = []

    def _send_again(self, nudge: CrlNudge, wait: timedelta) -> None:
        self._again.append((now() + wait, nudge))

    def run(self) -> bool:
        """Whether there was anything to do."""
        batch = [CrlNudge(ca_id, str(shard), now()) for ca_id, shard in _taken(self._nudges)]
        batch += [nudge for _, nudge in _visible(self._again)]
        if batch:
            self.note(self._runs.publish_nudged(batch))
        return bool(batch or self._again)

    def run_minute(self) -> None:
        self.note(self._runs.publish_due())

    def note(self, run: CrlRun) -> None:
        _require(not run.failed, f"CRLs failed: {run.failed}")
        self.published += [(shard.shard, now()) for shard in run.published]


class Watch:
    """status_watch: the looks that were planned, and the run of each minute."""

    def __init__(self, database: Database, pki: Pki, host: Any, first: list[tuple[str, str]]) -> None:
        party, self._first = RelyingParty(host), first
        self._planned: list[tuple[datetime, StatusCheck]] = []
        self._watch = StatusWatch(
            pki.authorities, ReceiptStore(database), WatchLog(database), WatchedCrls(party, now),
            WatchedOcsp(party, now), self._send, now,
        )  # fmt: skip

    def _send(self, body: Any, seconds: int) -> None:
        self._planned.append((now() + timedelta(seconds=seconds), status_check(body)))

    def run(self) -> bool:
        checks = [StatusCheck(*place) for place in _taken(self._first)]
        checks += [check for _, check in _visible(self._planned)]
        if checks:
            self._watch.look(checks)
        return bool(checks or self._planned)

    def run_minute(self) -> None:
        _require(not self._watch.look_at_all().failed, "a look failed")


def _require(is_so: bool, fault: str) -> None:
    if not is_so:
        raise RuntimeError(fault)


def _taken[T](queue: list[T]) -> list[T]:
    return [queue.pop(0) for _ in range(len(queue))]


def _visible[T](queue: list[tuple[datetime, T]]) -> list[tuple[datetime, T]]:
    found = [entry for entry in queue if entry[0] <= now()]
    for entry in found:
        queue.remove(entry)
    return found


def _loop(consumer: Publisher | Watch, every: float, done: threading.Event) -> None:
    """Until nothing is left to do after `done`."""
    minute = now().minute
    while consumer.run() or not done.is_set():
        time.sleep(every)
        if now().minute != minute:
            minute = now().minute
            consumer.run_minute()


def _ca(pki: Pki) -> Authority:
    """With 16 shards, and an OCSP URL and a responder."""
    authority = sharded(pki, SHARDS)
    url = AuthorityItem.ocsp_url.set(ocsp_url_for(authority))
    key = AuthorityItem(AUTHORITY, authority.ca_id)
    pki.database.write(update(key, [url], AuthorityItem.id.exists()))
    store, key_of = ResponderStore(pki.database), lambda ca: pki.keys[ca.key_arn]
    responders = OcspResponders(pki.authorities, store, key_of, lambda der, _: der, now, "issuing")
    _require(not responders.renew_due().failed, "no responder")
    return authority


def main(count: int) -> None:
    os.environ |= credentials(uuid4().hex) | {
        "CERTCTL_STACK": "bench",
        "AWS_REGION": "eu-west-1",
        "POWERTOOLS_METRICS_NAMESPACE": "bench",
        "POWERTOOLS_SERVICE_NAME": "bench",
        "POWERTOOLS_LOG_LEVEL": "ERROR",
    }
    with running() as endpoint:
        clock: Any = now
        plain = new_database(endpoint)
        pki = Pki(open_patient_database(endpoint), MemoryS3(), clock, new_keys())
        authority = _ca(pki)
        fleet_on(
            ControlPlane(replace(pki, database=plain)), count, authority.ca_id, SHARDS, owner_id="o-gone"
        )
        units = {name: Units() for name in ("worker", "publisher", "watch", "OCSP")}
        databases = {name: each.measure(open_database(endpoint)) for name, each in units.items()}
        reads = OcspReads(databases["OCSP"].client, _TABLES)
        answers = OcspAnswers(
            reads, lambda r: responder_of(r.certificate, r.wrapped_key), timedelta(hours=12), now
        )
        host = Host(pki.s3, answers)
        plane = ControlPlane(replace(pki, database=databases["worker"]))
        plane.channels = CHANNELS
        publishing, watching = (replace(pki, database=databases[name]) for name in ("publisher", "watch"))
        publisher = Publisher(publishing, plane.crl_nudges)
        watch = Watch(watching.database, watching, host, plane.status_checks)
        revoked, listed = threading.Event(), threading.Event()
        publishes = threading.Thread(target=_loop, args=(publisher, _WINDOW.total_seconds(), revoked))
        watches = threading.Thread(target=_loop, args=(watch, 1.0, listed))
        publishes.start()
        watches.start()
        job = started(plane, owner_id="o-gone")
        began = time.monotonic()
        plane.work()
        took, ended_at = time.monotonic() - began, now()
        revoked.set()
        publishes.join()
        listed.set()
        watches.join()
        watch.run_minute()
        print(f"{count:,} certificates: {counts(plane.job(job.id))} (matched, done, skipped, failed)")
        print(f"revoked in {took:.0f} s, {count / took:.0f} a second; load {os.getloadavg()[0]:.0f}")
        _report(pki, authority, publisher, ended_at)
        print(f"served to status_watch: {dict(host.served)}")
        print(f"alerts: {len(plane.notification_nudges):,} due to be delivered")
        for name, spent in units.items():
            print(f"{name:<10}{spent}")
        print(f"all       {sum(each.read.total() for each in units.values()):,.0f} read")


def _report(pki: Pki, authority: Authority, publisher: Publisher, ended_at: datetime) -> None:
    shards = pki.authorities.numbered_shards(authority.ca_id)
    receipts = dict[str, Receipt]()
    listed = 0
    for shard in shards:
        stored = pki.objects.get(object_key(shard.url))
        body = stored.body if stored else b""
        serials = inspect_crl(body, load_certificate(authority.certificate_pem)).serials
        marks = {mark.serial_number for mark in pki.revocations.marks_of(authority.ca_id, int(shard.shard))}
        _require(serials == marks, f"{shard.url} does not list what is revoked")
        listed += len(serials)
        places = [(authority.ca_id, shard.shard, serial) for serial in serials]
        receipts |= {s: found.receipt for s, found in pki.revocations.find_many(places).items()}
    last = max(moment for shard, moment in publisher.published if shard != "all")
    per_shard = Counter(shard for shard, _ in publisher.published)
    print(f"{listed:,} listed by {len(shards)} CRLs; {sum(per_shard.values())} editions, "
          f"all.crl {per_shard['all']}")  # fmt: skip
    print(f"the last entry was served {(last - ended_at).total_seconds():.1f} s after the last revocation")
    print(f"receipts by CRL:  {_figures([r.crl_seconds for r in receipts.values()])}")
    asked = [r for r in receipts.values() if not r.ocsp_sampled_out]
    print(f"receipts by OCSP: {_figures([r.ocsp_seconds for r in asked])}; {len(asked):,} asked")
    print(f"still due: {sum(r.due_at is not None for r in receipts.values())}")


def _figures(seconds: Sequence[float | None]) -> str:
    found = sorted(each for each in seconds if each is not None)
    at: Callable[[float], float] = lambda part: found[ceil(part * len(found)) - 1]  # noqa: E731
    return f"{len(found):,}: p50 {at(0.5):.1f} s, p99 {at(0.99):.1f} s, longest {found[-1]:.1f} s"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
