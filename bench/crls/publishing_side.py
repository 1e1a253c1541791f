"""The publisher's next edition of a CRL, whole, with the modules of one tree: reads the predecessor and the
rows, builds, signs, reads back, checks and compares. Rows come from a process that answers as DynamoDB does,
so the time is this side's alone. Run by the benchmarks beside it."""

import os
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from itertools import cycle
from types import SimpleNamespace
from typing import Any, cast

from bench.harness.sides import answering
from bench.memory import peak_mebibytes
from certctl.connectors.aws.objects import StoredObject
from certctl.crypto.pem import certificate_pem
from certctl.crypto.status.crl_building import RevokedEntry, build_crl
from certctl.domain.authorities.authorities import Authority, CrlShard, object_key
from certctl.store.database import Database, connect
from certctl.store.revocation.revocations import RevocationStore
from certctl.unit_of_work.status import crl_editions
from certctl.unit_of_work.status.crl_editions import CrlEditions
from tests.support.authorities.authority import CRL_URL, new_authority

SHARDS = 16
_STEPS = ("inspect_crl", "build_signed", "_check_content", "check_successor")


@dataclass(frozen=True)
class MemoryObjects:
    """The bucket."""

    stored: dict[str, StoredObject]

    def get(self, key: str) -> StoredObject | None:
        return self.stored.get(key)


class Publisher:
    """Has published one edition of shard `0`, and one of `all`, which joins sixteen shards of a part each."""

    def __init__(self, url: str, count: int) -> None:
        self._ca, self._now = new_authority(), datetime.now(UTC).replace(microsecond=0)
        self._authority = _authority(certificate_pem(self._ca.issuing), self._now)
        self._a_shard = count // SHARDS
        self._objects: dict[str, StoredObject] = {}
        self._published: dict[str, StoredObject] = {}
        store, unused = RevocationStore(_connected(_Names(), url)), cast(Any, None)
        bucket = cast(Any, MemoryObjects(self._objects))
        self._editions = CrlEditions(unused, store, unused, bucket, lambda _: self._ca.issuing_key)

    def publish(self, shard: str) -> float:
        """Milliseconds of processor time."""
        stored, joined = self._published.get(shard), self._shards() if shard == "all" else ()
        record = _record(shard, 1 if stored else 0)
        began = time.process_time()
        built = self._editions.next(self._authority, record, joined, stored, self._now)
        took = (time.process_time() - began) * 1000
        if stored is None:
            self._published[shard] = _stored(built.der)
        return took

    def _shards(self) -> list[CrlShard]:
        shards = [_record(str(number), 1) for number in range(1, SHARDS + 1)]
        for shard in shards:
            if object_key(shard.url) not in self._objects:
                self._objects[object_key(shard.url)] = _stored(self._crl_of(shard))
        return shards

    def _crl_of(self, shard: CrlShard) -> bytes:
        serials = sorted(f"{secrets.randbits(158) | 1 << 158:040x}" for _ in range(self._a_shard))
        reasons = cycle(("unspecified", "keyCompromise", "superseded", "certificateHold"))
        named = zip(serials, reasons, strict=False)
        entries = (RevokedEntry(serial, self._now, reason, None) for serial, reason in named)
        window = (self._now - timedelta(minutes=5), self._now + timedelta(hours=72), shard.url)
        return build_crl(self._ca.issuing, self._ca.issuing_key, entries, 1, *window)

    def steps(self, shard: str) -> dict[str, float]:
        """Each step's milliseconds of one edition."""
        spent = Counter[str]()
        kept = {name: getattr(crl_editions, name) for name in _STEPS}
        for name, step in kept.items():
            setattr(crl_editions, name, _timed(step, spent, name))
        try:
            self.publish(shard)
        finally:
            for name, step in kept.items():
                setattr(crl_editions, name, step)
        return dict(spent)


class _Names(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return name


def _stored(der: bytes) -> StoredObject:
    """Stands for an object of either commit: the earlier one knows of no time of the put."""
    return cast(StoredObject, SimpleNamespace(body=der, etag="1", modified_at=datetime.now(UTC)))


def _connected(names: dict[str, str], url: str) -> Database:
    if find_spec("certctl.store.models") is None:
        return connect(names, "eu-central-1", endpoint_url=url)
    models = import_module("certctl.store.models").MODELS  # an earlier commit names them
    connects: Callable[..., Database] = connect
    return connects(models, names, "eu-central-1", endpoint_url=url)


def _timed(step: Callable[..., Any], spent: Counter[str], name: str) -> Callable[..., Any]:
    def measured(*arguments: Any, **named: Any) -> Any:
        began = time.process_time()
        try:
            return step(*arguments, **named)
        finally:
            spent[name] += (time.process_time() - began) * 1000  # type: ignore[assignment]

    return measured


def _authority(pem: str, now: datetime) -> Authority:
    return Authority(
        ca_id="ca-issuing",
        issuer_id="iss-local",
        role="issuing",
        key_arn="arn",
        certificate_pem=pem,
        subject_key_identifier="",
        not_before=now,
        not_after=now + timedelta(days=3650),
        state=cast(Any, "active"),
        certificate_url=CRL_URL.replace("0.crl", "ca.crt"),
        crl_url=CRL_URL,
    )


def _record(shard: str, number: int) -> CrlShard:
    url = CRL_URL.replace("0.crl", f"{shard}.crl")
    return CrlShard("ca-issuing", shard, url, open=True, crl_number=number, announced=number)


def prepared_publisher(url: str, count: int, shards: Sequence[str] = ("0",)) -> Publisher:
    """Has published the predecessors of these."""
    os.environ |= {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench"}
    publisher = Publisher(url, count)
    for shard in shards:
        publisher.publish(shard)
    return publisher


def main(url: str, count: int) -> None:
    publisher = prepared_publisher(url, count, ("0", "all"))
    answering({"turn": publisher.publish, "steps": publisher.steps, "peak": peak_mebibytes})


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
