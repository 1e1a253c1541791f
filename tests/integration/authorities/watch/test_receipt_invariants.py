"""Receipts under any order of events, concurrent looks and crashes (docs/revocation.md#what-tests-search).

The long search is `RECEIPT_RUNS=10000 .venv/bin/pytest --timeout 0 tests/integration/authorities/watch -k
invariants`; each run is a sequence of up to 20 events.
"""

import hashlib
import os
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.x509 import ocsp
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from certctl.api.status.ocsp_messages import request_body
from certctl.connectors.http.adapter import HttpReply, HttpRequest
from certctl.connectors.relying_party import RelyingParty
from certctl.crypto.pem import load_certificate
from certctl.crypto.status.crl import inspect_crl
from certctl.crypto.status.ocsp_keys import responder_of
from certctl.domain.authorities.authorities import FIRST_SHARD, ocsp_url_for
from certctl.domain.certificates.statuses import VersionState
from certctl.domain.revocation.reasons import HOLD
from certctl.domain.revocation.receipts import NO_RECEIPT, Receipt
from certctl.domain.revocation.revocations import Revocation
from certctl.domain.status.looks import OVERDUE_AFTER, Observation, Way
from certctl.services.status.ocsp_answers import OcspAnswers
from certctl.services.status.ocsp_responders import OcspResponders
from certctl.services.status.watching.crls import WatchedCrls
from certctl.services.status.watching.ocsp import WatchedOcsp
from certctl.services.status.watching.watch import StatusWatch
from certctl.store.authorities.items import AuthorityItem
from certctl.store.database import Database
from certctl.store.issuing.items import SerialItem
from certctl.store.keys import AUTHORITY, ca_serial
from certctl.store.revocation.receipts import ReceiptStore
from certctl.store.status.ocsp_reads import OcspReads
from certctl.store.status.ocsp_responders import ResponderStore
from certctl.store.status.watch_log import WatchLog
from certctl.store.writes import put, update
from tests.support.api.http import event
from tests.support.authorities.pki import Pki, new_keys
from tests.support.aws.clients import local_aws, new_database
from tests.support.aws.least_privilege import unconfined
from tests.support.aws.memory_s3 import MemoryS3
from tests.support.clock import Clock
from tests.support.template import table_definitions

_KEYS = new_keys()
_SERIALS = tuple(f"0a{number:02x}" for number in range(3))
_POINTS = ("nowhere", "before_fetch", "after_fetch", "before_record", "after_record")
_serials = st.sampled_from(_SERIALS)
_points = st.sampled_from(_POINTS)
_down = st.frozensets(st.sampled_from(["pki", "ocsp"]))
_LIFETIME = timedelta(days=10)
_TABLES = {each["TableName"]: each["TableName"] for each in table_definitions()}


class Crash(BaseException):
    """The function is gone: nothing of it handles this."""


def _crash() -> None:
    raise Crash


class _Hook:
    """Runs `act` at one point of a look, once."""

    def __init__(self, point: str = "nowhere", act: Callable[[], object] = _crash) -> None:
        self._hooks = {point: act}

    def run(self, point: str) -> None:
        hook = self._hooks.pop(point, None)
        if hook:
            hook()


class _Http:
    """The PKI host as `OutboundHttp` would reach it: a bucket, and a responder at `/ocsp/`."""

    def __init__(self, answer: Callable[[str], bytes | None], hook: _Hook) -> None:
        self._answer = answer
        self._hook = hook

    def send(self, request: HttpRequest, _: float) -> HttpReply:
        self._hook.run("before_fetch")
        body = self._answer(urlsplit(request.url).path)
        self._hook.run("after_fetch")
        if body is None:
            return HttpReply(503, {}, b"", 1)
        etag = hashlib.sha256(body).hexdigest()
        if request.headers.get("If-None-Match") == etag:
            return HttpReply(304, {"etag": etag}, b"", 1)
        return HttpReply(200, {"etag": etag}, body, 1)


class _Receipts(ReceiptStore):
    def __init__(self, database: Database, hook: _Hook) -> None:
        super().__init__(database)
        self._hook = hook

    def record(self, observation: Observation) -> bool:
        self._hook.run("before_record")
        recorded = super().record(observation)
        self._hook.run("after_record")
        return recorded


class Receipts(RuleBasedStateMachine):
    """`marks` is what has been committed, `restored` those that a restore wrote. `bodies` are all that
    were ever served: the serials that each shows as revoked, since when, by SHA-256."""

    @initialize()
    def a_ca(self) -> None:
        self.stack = ExitStack()
        self.stack.enter_context(local_aws())
        self.pki = Pki(new_database(), MemoryS3(), Clock(), _KEYS)
        self.authority = self.pki.authority().initialize().issuing
        self.pki.database.write(
            update(
                AuthorityItem(AUTHORITY, self.authority.ca_id),
                [AuthorityItem.ocsp_url.set(ocsp_url_for(self.authority))],
                AuthorityItem.id.exists(),
            )
        )
        self.ends = self.pki.clock().replace(microsecond=0) + _LIFETIME
        self.marks: dict[str, Revocation] = {}
        self.restored: set[str] = set()
        self.bodies: dict[str, dict[str, datetime]] = {}
        self.numbers: dict[str, int] = {}
        self.known: dict[str, Receipt] = {}
        self.down = frozenset[str]()
        for serial in _SERIALS:
            self._issue(serial)
        self.swap_responder()
        self.restart()

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.stack.close()

    def _issue(self, serial: str) -> None:
        item = SerialItem(
            ca_serial=ca_serial(self.authority.ca_id, serial),
            spki_sha256="00",
            certificate_id="mc-1",
            job_id="job-1",
            crl_shard=0,
            not_after=self.ends,
            state=VersionState.ISSUED,
        )
        self.pki.database.write(put(item))

    @rule()
    def restart(self) -> None:
        """New processes of the watch and of the responder, which remember nothing."""
        reads = OcspReads(self.pki.database.client, _TABLES)
        self.answers = OcspAnswers(
            reads,
            lambda r: responder_of(r.certificate, r.wrapped_key),
            timedelta(hours=12),
            self.pki.clock,
        )

    @rule()
    def swap_responder(self) -> None:
        store, keys = ResponderStore(self.pki.database), lambda ca: _KEYS[ca.key_arn]
        responders = OcspResponders(
            self.pki.authorities, store, keys, lambda key, _: key, self.pki.clock, "issuing"
        )
        self.pki.clock.advance(timedelta(days=1))
        assert responders.renew_due().failed == ()

    @rule(serial=_serials, reason=st.sampled_from(["superseded", "keyCompromise"]), sampled_out=st.booleans())
    def revoke(self, serial: str, reason: str, sampled_out: bool) -> None:
        before = self.marks.get(serial)
        if before is None:
            self._mark(serial, reason, sampled_out)
        elif before.reason == HOLD:
            self._strengthen(before, reason)

    @rule(serial=_serials)
    def hold(self, serial: str) -> None:
        if serial not in self.marks:
            self._mark(serial, HOLD, sampled_out=False)

    def _mark(self, serial: str, reason: str, sampled_out: bool) -> None:
        if self.pki.clock() >= self.ends:
            return
        receipt = Receipt(due_at=self.pki.clock(), ocsp_sampled_out=sampled_out)
        fields = {"not_after": self.ends, "receipt": receipt}
        self.marks[serial] = self.pki.revoke(self.authority, serial, reason, **fields)

    def _strengthen(self, before: Revocation, reason: str) -> None:
        stronger = replace(before, reason=reason)
        bump = self.pki.changes.bump_step(before.ca_id, before.crl_shard, before.serial_number)
        self.pki.database.transact([self.pki.revocations.replace_step(stronger, before), bump])
        self.marks[before.serial_number] = stronger

    @rule(serial=_serials)
    def unhold(self, serial: str) -> None:
        mark = self.marks.get(serial)
        if mark and mark.reason == HOLD:
            self.pki.unhold(mark)
            del self.marks[serial]
            self.known.pop(serial, None)
            self.restored.discard(serial)

    @rule(serial=_serials)
    def restore(self, serial: str) -> None:
        """The tables lost the revocation, which comes back from the CRL: without a receipt."""
        mark = self.marks.get(serial)
        if mark:
            database = self.pki.database
            key = self.pki.revocations.remove_step(mark).request["Key"]
            database.client.delete_item(TableName="revocations", Key=key)
            self.marks[serial] = replace(mark, receipt=NO_RECEIPT)
            database.transact([self.pki.revocations.add_step(self.marks[serial])])
            self.restored.add(serial)
            self.known.pop(serial, None)

    @rule()
    def publish(self) -> None:
        assert self.pki.publishing().publish_due().failed == []

    @rule(seconds=st.sampled_from([0.3, 1, 14, 60, 130, 24 * 3600, 10 * 24 * 3600]))
    def wait(self, seconds: float) -> None:
        self.pki.clock.advance(timedelta(seconds=seconds))

    @rule(down=_down)
    def outage(self, down: frozenset[str]) -> None:
        """What is served below these paths, from now on: nothing."""
        self.down = down

    @rule(point=_points)
    def look(self, point: str) -> None:
        """The minute's look, which may end at one point."""
        with suppress(Crash):
            self._watch(_Hook(point)).look_at_all()

    @rule(point=st.sampled_from(["after_fetch", "before_record"]), down=st.sampled_from(["", "pki", "ocsp"]))
    def look_while_another_looks(self, point: str, down: str) -> None:
        """The other one is later, and first to write; by one way they may see nothing."""
        self.publish()
        self.down = frozenset({down})

        def other() -> None:
            self.pki.clock.advance(timedelta(seconds=1))
            self._watch(_Hook()).look_at_all()
            with unconfined():  # called by the watch, but not a part of it
                self.the_first_receipt_stands()

        self._watch(_Hook(point, other)).look_at_all()

    @rule(point=_points, serial=_serials)
    def look_while_a_hold_ends(self, point: str, serial: str) -> None:
        self._watch(_Hook(point, lambda: self.unhold(serial))).look_at_all()

    @rule(point=_points)
    def look_while_a_crl_is_published(self, point: str) -> None:
        self._watch(_Hook(point, self.publish)).look_at_all()

    @rule()
    def settle(self) -> None:
        """What was committed before has its receipts after the next runs, and nothing is overdue."""
        self.down = frozenset()
        self.pki.clock.advance(timedelta(seconds=2))
        self.swap_responder()
        self.publish()
        self._watch(_Hook()).look_at_all()
        for serial in self.marks.keys() - self.restored:
            if self.pki.clock() < self.ends:
                assert self._receipt(serial).due_at is None, serial

    @rule()
    def count_what_is_overdue(self) -> None:
        """Looks at all, as the schedule does."""
        self._watch(_Hook()).look_at_all()
        counted = {each.overdue.way: each.overdue.count for each in WatchLog(self.pki.database).overdue()}
        for way in Way:
            assert counted.get(way, 0) == sum(self._is_overdue(serial, way) for serial in self.marks), way

    def _is_overdue(self, serial: str, way: Way) -> bool:
        receipt = self._receipt(serial)
        if receipt.due_at is None or self.pki.clock() <= receipt.due_at + OVERDUE_AFTER[way]:
            return False
        by_ocsp = receipt.ocsp_seen_at is None and not receipt.ocsp_sampled_out
        return receipt.crl_seen_at is None if way is Way.CRL else by_ocsp

    def _watch(self, hook: _Hook) -> StatusWatch:
        http: Any = _Http(self._served, hook)
        party, now, database = RelyingParty(http), self.pki.clock, self.pki.database
        receipts, log = _Receipts(database, hook), WatchLog(database)
        crls, ocsp = WatchedCrls(party, now), WatchedOcsp(party, now)
        return StatusWatch(self.pki.authorities, receipts, log, crls, ocsp, lambda body, wait: None, now)

    def _served(self, path: str) -> bytes | None:
        if path.split("/")[1] in self.down:
            return None
        if path.startswith("/ocsp/"):
            return self._answered(path)
        stored = self.pki.objects.get(path.lstrip("/"))
        if stored is None:
            return None
        crl = inspect_crl(stored.body, load_certificate(self.authority.certificate_pem))
        sha256 = hashlib.sha256(stored.body).hexdigest()
        entries = x509.load_der_x509_crl(stored.body)
        self.bodies[sha256] = {f"{each.serial_number:04x}": each.revocation_date_utc for each in entries}
        self.numbers[sha256] = crl.number
        return stored.body

    def _answered(self, path: str) -> bytes:
        der = self.answers.answer(request_body(event("GET", path))).der
        response = ocsp.load_der_ocsp_response(der)
        if response.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL:
            since = response.revocation_time_utc
            dates = {f"{response.serial_number:04x}": since} if since else {}
            self.bodies[hashlib.sha256(der).hexdigest()] = dates
        return der

    def _receipt(self, serial: str) -> Receipt:
        stored = self.pki.revocations.find(self.authority.ca_id, FIRST_SHARD, serial)
        assert stored, f"{serial} is no longer revoked"
        return stored.receipt

    @invariant()
    def each_new_revocation_has_a_receipt_or_is_due(self) -> None:
        for serial, mark in self.marks.items():
            receipt = self._receipt(serial)
            if serial in self.restored:
                assert receipt == NO_RECEIPT
            elif receipt.expired_unseen_at is not None:
                assert receipt.due_at is None
                assert receipt.expired_unseen_at >= mark.not_after
            elif receipt.due_at is None:
                assert receipt.crl_seen_at
                assert receipt.ocsp_seen_at or receipt.ocsp_sampled_out
            else:
                assert receipt.due_at.replace(microsecond=0) == mark.revoked_at.replace(microsecond=0)

    @invariant()
    def a_receipt_has_a_body_that_was_served_and_shows_the_revocation(self) -> None:
        for serial in self.marks:
            receipt = self._receipt(serial)
            for sha256 in {receipt.crl_sha256, receipt.ocsp_sha256} - {None}:
                assert self.bodies[str(sha256)][serial] == self.marks[serial].revoked_at
            if receipt.crl_sha256:
                assert receipt.crl_number == self.numbers[receipt.crl_sha256]
            assert bool(receipt.crl_sha256) == bool(receipt.crl_seen_at)
            assert bool(receipt.ocsp_sha256) == bool(receipt.ocsp_seen_at)

    @invariant()
    def the_first_receipt_stands(self) -> None:
        for serial in self.marks:
            now = self._receipt(serial)
            before = self.known.get(serial, now)
            for name in ("crl_sha256", "crl_seen_at", "ocsp_sha256", "ocsp_seen_at"):
                assert getattr(before, name) in (None, getattr(now, name))
            self.known[serial] = now

    @invariant()
    def nothing_but_revocations_has_a_row(self) -> None:
        """A look never makes one again whose hold has ended."""
        rows = self.pki.database.client.scan(TableName="revocations")["Items"]
        assert {row["serial"]["S"] for row in rows} == set(self.marks)


Receipts.TestCase.settings = settings(
    max_examples=int(os.environ.get("RECEIPT_RUNS", "5")),
    stateful_step_count=20,
    deadline=None,
    derandomize="RECEIPT_RUNS" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestReceipts = Receipts.TestCase
