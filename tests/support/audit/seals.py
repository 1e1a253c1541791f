"""The audit trail and its seals: a stack's audit table, bucket and key, with a clock that tests move."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from certctl.connectors.aws.objects import Objects, StoredObject
from certctl.connectors.seal_archive import SealArchive
from certctl.crypto.audit.canonical import canonical_json, sha256_hex
from certctl.crypto.audit.seals import check_signature, head_sha256, manifest_root
from certctl.crypto.kms_key import KmsPrivateKey
from certctl.domain.audit.events import Actor, AuditEvent
from certctl.domain.audit.seals import Seal, bound
from certctl.domain.errors import Conflict
from certctl.domain.ids import new_id
from certctl.services.audit.sealing import AuditSealer, SealingReport, SealSettings
from certctl.store.audit.events import AuditStore
from certctl.store.audit.ranges import AuditRanges
from certctl.store.audit.seals import SealRows
from certctl.store.database import Database
from certctl.store.locks import LockStore
from tests.support.authorities.authority import kms_key
from tests.support.aws.clients import client, local_aws, new_database
from tests.support.aws.in_process.laid_down import lay_down_locked_bucket
from tests.support.clock import Clock

AUDIT_BUCKET = "audit-seals"
# of its Object Lock, in compliance mode, as template.yaml has it
LOCKED_DAYS = 3650
_PUT_AT = datetime(2026, 11, 1, tzinfo=UTC)
STACK = "blue"
RETENTION = {"c": 400, "e": 3650}


def new_seal_key() -> KmsPrivateKey:
    return kms_key(ec.generate_private_key(ec.SECP256R1()))


@cache
def seal_key() -> KmsPrivateKey:
    """The stack's own."""
    return new_seal_key()


class MemoryObjects(Objects):
    """An in-memory bucket, for suites without moto: the first put of a key wins."""

    def __init__(self) -> None:
        self._bodies: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def get(self, key: str) -> StoredObject | None:
        body = self._bodies.get(key)
        return None if body is None else StoredObject(body, sha256_hex(body), _PUT_AT)

    def etag(self, key: str) -> str | None:
        stored = self.get(key)
        return stored.etag if stored else None

    def put(self, key: str, body: bytes, content_type: str, cache_control: str, if_match: str | None) -> str:
        with self._lock:
            if self.etag(key) != if_match:
                raise Conflict(f"{key} changed concurrently.")
            self._bodies[key] = body
        return sha256_hex(body)


@dataclass
class SealedTrail:
    """`s3` is a client, or `MemoryObjects`; `began` the day of the first event. `sealing` takes objects that
    fail or interleave."""

    database: Database
    s3: Any
    clock: Clock
    key: KmsPrivateKey = field(default_factory=seal_key)
    began: date | None = None

    @property
    def objects(self) -> Objects:
        return self.s3 if isinstance(self.s3, Objects) else Objects(self.s3, AUDIT_BUCKET)

    @property
    def rows(self) -> SealRows:
        return SealRows(self.database)

    @property
    def trail(self) -> AuditRanges:
        return AuditRanges(self.database)

    @property
    def locks(self) -> LockStore:
        return LockStore(self.database)

    def archive(self, objects: Objects | None = None) -> SealArchive:
        check = partial(check_signature, public_key=self.key.public_key())
        return SealArchive(objects or self.objects, check)

    def sealing(self, objects: Objects | None = None, rows: SealRows | None = None) -> AuditSealer:
        return AuditSealer(
            self.trail,
            rows or self.rows,
            self.archive(objects),
            self.locks,
            lambda: self.key,
            SealSettings(STACK, RETENTION),
            lambda: self.began,
            self.clock,
        )

    def seal(self, has_time: Callable[[], bool] = lambda: True) -> SealingReport:
        return self.sealing().run(has_time)

    def seal_later(self, by: timedelta = timedelta(minutes=5)) -> SealingReport:
        self.clock.advance(by)
        return self.seal()

    def happened(self, at: datetime | None = None, **fields: Any) -> str:
        """An event with the id of that time, committed now."""
        moment = at or self.clock()
        event = an_event(moment, **fields)
        AuditStore(self.database).append(event)
        return event.id

    @property
    def seals(self) -> list[Seal]:
        archive, found = self.archive(), []
        for seq in range(1, archive.newest_seq(0) + 1):
            found.append(archive.get(seq))
        return found

    @property
    def sealed_ids(self) -> list[str]:
        """In seal order."""
        return [event_id for seal in self.seals for event_id, _, _ in seal.manifest]


def an_event(at: datetime, **fields: Any) -> AuditEvent:
    given: dict[str, Any] = {
        "actor": Actor("key-1"),
        "action": "certificate_created",
        "resource_type": "certificate",
        "resource_id": "mc-1",
        "team_id": "t-1",
    }
    return AuditEvent(id=new_id("aud", at), timestamp=at, **(given | fields))


def check_chain(seals: Sequence[Seal]) -> None:
    """An auditor's checks of heads and manifests, except for the signatures, which are checked on reading."""
    before = None
    total = 0
    for number, seal in enumerate(seals, start=1):
        head = seal.head
        total += head.count
        assert (head.seq, head.total, head.root) == (number, total, manifest_root(seal.manifest))
        assert head.previous == (head_sha256(before) if before else "")
        assert list(seal.manifest) == sorted(seal.manifest)
        assert all(event_id < bound(head.cutoff) for event_id, _, _ in seal.manifest)
        assert before is None or (before.cutoff <= head.cutoff and before.sealed_at <= head.sealed_at)
        before = head


def leaf(event: AuditEvent) -> str:
    return sha256_hex(canonical_json(event.as_record()))


@contextmanager
def sealed_trail() -> Iterator[SealedTrail]:
    with local_aws():
        s3 = client("s3")
        lay_down_locked_bucket(AUDIT_BUCKET, LOCKED_DAYS)
        yield SealedTrail(new_database(), s3, Clock())
