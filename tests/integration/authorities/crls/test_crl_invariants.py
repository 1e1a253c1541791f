"""CRLs under any order of events, concurrent publishers and crashes: of a CA that begins with one complete
CRL, and of one whose every shard has an IDP, as releases before it made them.

The long search is `CRL_RUNS=10000 .venv/bin/pytest --timeout 0 tests/integration/authorities/crls`; each run
is a sequence of up to 20 events.
"""

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from certctl.connectors.aws.objects import Objects
from certctl.crypto.pem import load_certificate
from certctl.crypto.status.crl import CrlSummary, inspect_crl, revoked_entries
from certctl.domain.authorities.authorities import CRL_VALIDITY, CrlShard, object_key
from certctl.domain.authorities.crl_scopes import scope_of
from certctl.domain.authorities.sharding import Sharding, complete_of
from certctl.domain.revocation.reasons import HOLD
from certctl.domain.revocation.revocations import Revocation
from certctl.domain.status.nudges import CrlNudge
from certctl.domain.status.publications import PublishedCrl
from certctl.services.status.crl_runs import CrlRuns
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.database import Database
from certctl.store.issuing.serials import SerialStore
from certctl.store.status.crl_log import CrlLog
from certctl.unit_of_work.status.crl_editions import CrlEditions
from certctl.unit_of_work.status.crl_publishing import CrlPublication
from tests.support.authorities.pki import BUCKET, Pki, new_keys
from tests.support.authorities.sharded import sharded
from tests.support.aws.clients import local_aws, new_database
from tests.support.aws.least_privilege import unconfined
from tests.support.aws.memory_s3 import MemoryS3
from tests.support.clock import Clock

_KEYS = new_keys()
_SERIALS = tuple(f"0a{number:02x}" for number in range(4))
_POINTS = ("nowhere", "before_get", "after_get", "before_put", "after_put", "before_record", "before_log")
_serials = st.sampled_from(_SERIALS)
_points = st.sampled_from(_POINTS)
_LIFETIME = timedelta(days=10)


class Crash(BaseException):
    """The function is gone: nothing of it handles this."""


def _crash() -> None:
    raise Crash


class _Publications(MemoryS3):
    """Keeps every version of each object, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.versions: dict[str, list[bytes]] = {}

    def put_object(self, Bucket: str, Key: str, Body: bytes, **conditions: Any) -> dict[str, Any]:
        answer = super().put_object(Bucket, Key, Body, **conditions)
        self.versions.setdefault(Key, []).append(Body)
        return answer

    def delete(self, key: str) -> None:
        self._bodies.pop(key, None)

    def delete_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        """Removes the object with its versions."""
        self.versions.pop(Key, None)
        return super().delete_object(Bucket, Key)


class _Stopping(Objects):
    """Runs `act` at one point of the first publication."""

    def __init__(self, s3: Any, point: str, act: Callable[[], object]) -> None:
        super().__init__(s3, BUCKET)
        self._hooks = {point: act}

    def run(self, point: str) -> None:
        hook = self._hooks.pop(point, None)
        if hook:
            hook()

    def get(self, key: str) -> Any:
        self.run("before_get")
        found = super().get(key)
        self.run("after_get")
        return found

    def put(self, *args: Any) -> str:
        self.run("before_put")
        etag = super().put(*args)
        self.run("after_put")
        return etag


class _StoppingStore(AuthorityStore):
    def __init__(self, database: Database, objects: _Stopping) -> None:
        super().__init__(database)
        self._objects = objects

    def advance_shard(self, after: CrlShard, previous: CrlShard) -> None:
        self._objects.run("before_record")
        super().advance_shard(after, previous)


class _StoppingLog(CrlLog):
    def __init__(self, database: Database, objects: _Stopping) -> None:
        super().__init__(database)
        self._objects = objects

    def add(self, published: PublishedCrl) -> None:
        self._objects.run("before_log")
        super().add(published)


@dataclass(frozen=True)
class _Edition:
    """A published CRL; `reasons` by serial."""

    summary: CrlSummary
    reasons: Mapping[str, str]


class Crls(RuleBasedStateMachine):
    """`marks` is what has been committed, `places` the shards of the certificates' CDPs. All certificates end
    at `ends`."""

    @initialize(begins_complete=st.booleans())
    def a_ca(self, begins_complete: bool) -> None:
        self.stack = ExitStack()
        self.stack.enter_context(local_aws())
        self.s3 = _Publications()
        self.pki = Pki(new_database(), self.s3, Clock(), _KEYS)
        made = self.pki.authority().initialize().issuing if begins_complete else sharded(self.pki, 2)
        self.authority = made
        self.certificate = load_certificate(self.authority.certificate_pem)
        self.ends = self.pki.clock().replace(microsecond=0) + _LIFETIME
        self.marks: dict[str, Revocation] = {}
        self.places: dict[str, int] = {}
        self.unheld: set[str] = set()
        self.read: dict[bytes, _Edition] = {}

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.stack.close()

    @rule(serial=_serials, reason=st.sampled_from(["unspecified", "keyCompromise"]))
    def revoke(self, serial: str, reason: str) -> None:
        self._marked(serial, reason)

    @rule(serial=_serials)
    def hold(self, serial: str) -> None:
        if serial not in self.marks:
            self._marked(serial, HOLD)

    def _marked(self, serial: str, reason: str) -> None:
        before = self.marks.get(serial)
        if self.pki.clock() >= self.ends or (before and before.reason != HOLD):
            return
        fields = {"crl_shard": self._place(serial), "not_after": self.ends}
        if before is None:
            self.marks[serial] = self.pki.revoke(self.authority, serial, reason, **fields)
            return
        stronger = replace(before, reason=reason)
        bump = self.pki.changes.bump_step(before.ca_id, before.crl_shard, serial)
        with unconfined():  # another function's write, also while the publisher runs
            self.pki.database.transact([self.pki.revocations.replace_step(stronger, before), bump])
        self.marks[serial] = stronger

    def _place(self, serial: str) -> int:
        """The shard of the serial's issuance, which the model has right before the first revocation."""
        with unconfined():
            numbers = sorted(int(shard.shard) for shard in self._shards() if shard.open)
        return self.places.setdefault(serial, numbers[int(serial, 16) % len(numbers)])

    @rule(serial=_serials)
    def unhold(self, serial: str) -> None:
        mark = self.marks.get(serial)
        if mark and mark.reason == HOLD:
            self.pki.unhold(mark)
            del self.marks[serial]
            self.unheld.add(serial)

    @rule(minutes=st.sampled_from([0.1, 1, 15, 18 * 60, 3 * 24 * 60, 10 * 24 * 60]))
    def wait(self, minutes: float) -> None:
        self.pki.clock.advance(timedelta(minutes=minutes))

    @rule(point=_points)
    def publish(self, point: str) -> None:
        """The minute's run, which may end at one point."""
        self._publish(point, _crash)

    @rule(point=_points, serial=_serials, reason=st.sampled_from(["unspecified", HOLD]))
    def publish_while_another_revokes(self, point: str, serial: str, reason: str) -> None:
        self._publish(point, lambda: self._marked(serial, reason))

    @rule(point=_points)
    def publish_while_another_publishes(self, point: str) -> None:
        self._publish(point, lambda: self._runs(self.pki.objects).publish_due())

    @rule(point=_points, shard=st.sampled_from(["0", "1", "2", "all"]))
    def publish_nudged(self, point: str, shard: str) -> None:
        objects = _Stopping(self.s3, point, _crash)
        with suppress(Crash):
            self._runs(objects).publish_nudged([CrlNudge(self.authority.ca_id, shard, self.pki.clock())])

    @rule(stops=st.booleans())
    def open_a_shard(self, stops: bool) -> None:
        """Opens a shard, and may stop when the shard's CRL is published and the shard is not open yet."""
        count = sum(shard.open for shard in self._shards())
        if count < 4:

            def request(ca_id: str) -> None:
                self._runs(self.pki.objects).publish_due_of(ca_id)
                if stops:
                    raise Crash

            with suppress(Crash):
                more = replace(self.pki, sharding=Sharding(count + 1, split_over=-1))
                more.admin(request_crls=request).cas.shard_expansion.expand_due()

    @rule(number=st.integers(0, 9))
    def delete_an_object(self, number: int) -> None:
        """Deletes an object by hand, in S3."""
        shards = sorted(self._shards(), key=lambda shard: shard.shard)
        self.s3.delete(object_key(shards[number % len(shards)].url))

    @rule()
    def settle(self) -> None:
        """What was committed before is public after the next runs."""
        self.pki.clock.advance(timedelta(minutes=15 - self.pki.clock().minute % 15))
        run = self._runs(self.pki.objects).publish_due()
        assert run.failed == []
        listed = {s.shard: self._editions(s)[-1].reasons.keys() for s in self._shards() if s.crl_number}
        for serial, mark in self.marks.items():
            if mark.not_after >= self.pki.clock() - CRL_VALIDITY:
                assert serial in listed[str(mark.crl_shard)]
                assert serial in listed["all"]
                assert serial in listed["0"] or not self._is_complete
        for serial in set(_SERIALS) - set(self.marks):
            assert all(serial not in each for each in listed.values())

    def _publish(self, point: str, act: Callable[[], object]) -> None:
        with suppress(Crash):
            self._runs(_Stopping(self.s3, point, act)).publish_due()

    def _runs(self, objects: Objects) -> CrlRuns:
        pki = self.pki
        publication = pki.publication(objects)
        if isinstance(objects, _Stopping):
            publication = self._stopping(objects)
        return CrlRuns(pki.authorities, publication, lambda nudge, wait: None, pki.clock, timedelta(0))

    def _stopping(self, objects: _Stopping) -> CrlPublication:
        pki = self.pki
        store, serials = _StoppingStore(pki.database, objects), SerialStore(pki.database)
        editions = CrlEditions(store, pki.revocations, serials, objects, lambda ca: _KEYS[ca.key_arn])
        log = _StoppingLog(pki.database, objects)
        return CrlPublication(store, pki.changes, log, objects, editions, pki.clock, lambda _: None)

    @property
    def _is_complete(self) -> bool:
        """Whether the CA has a complete CRL."""
        return complete_of(self._shards()) is not None

    def _shards(self) -> list[CrlShard]:
        return self.pki.authorities.shards(self.authority.ca_id)

    def _editions(self, shard: CrlShard) -> list[_Edition]:
        """All that were ever published, in order."""
        return [self._edition(der) for der in self.s3.versions.get(object_key(shard.url), [])]

    def _edition(self, der: bytes) -> _Edition:
        if der not in self.read:
            reasons = {entry.serial: entry.reason for entry in revoked_entries(der, self.certificate)}
            self.read[der] = _Edition(inspect_crl(der, self.certificate), reasons)
        return self.read[der]

    @invariant()
    def numbers_rise_and_this_update_never_falls(self) -> None:
        for shard in self._shards():
            for older, newer in pairwise(self._editions(shard)):
                assert newer.summary.number > older.summary.number
                assert newer.summary.this_update >= older.summary.this_update

    @invariant()
    def an_entry_leaves_by_the_end_of_a_hold_or_after_its_certificate_only(self) -> None:
        for shard in self._shards():
            editions = self._editions(shard)
            for older, newer in pairwise(editions):
                for serial in older.reasons.keys() - newer.reasons.keys():
                    if older.reasons[serial] == HOLD and serial in self.unheld:
                        continue
                    assert self.ends + CRL_VALIDITY < self.pki.clock()
                    if scope_of(self.authority, shard):
                        assert self.ends + CRL_VALIDITY < newer.summary.this_update
                    if shard.shard == str(self.places[serial]):  # one CRL after the end has listed it
                        assert older.summary.this_update > self.ends

    @invariant()
    def no_scope_ever_shrinks(self) -> None:
        """A client may keep an older CRL, and take it for the whole."""
        for shard in self._shards():
            for older, newer in pairwise(self._editions(shard)):
                assert newer.summary.idp_url == older.summary.idp_url
            if shard.complete:
                assert all(edition.summary.idp_url is None for edition in self._editions(shard))

    @invariant()
    def a_complete_crl_joins_each_shard_that_a_leaf_may_name(self) -> None:
        complete = complete_of(self._shards())
        if complete:
            assert complete.joins >= sum(shard.open for shard in self._shards()) - 1

    @invariant()
    def a_leaf_names_a_crl_with_its_own_url_or_a_complete_one(self) -> None:
        for shard in self._shards():
            if shard.open:
                (*_, latest) = self._editions(shard)
                assert latest.summary.idp_url == scope_of(self.authority, shard)
                assert latest.summary.next_update > latest.summary.this_update


Crls.TestCase.settings = settings(
    max_examples=int(os.environ.get("CRL_RUNS", "6")),
    stateful_step_count=20,
    deadline=None,
    derandomize="CRL_RUNS" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestCrls = Crls.TestCase
