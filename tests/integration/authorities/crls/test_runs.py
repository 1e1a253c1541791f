"""Which CRLs a run makes, in which order, and what it leaves to the next
(docs/revocation.md#how-crls-are-made)."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from certctl.connectors.aws.objects import Objects
from certctl.crypto.pem import load_certificate
from certctl.crypto.status.crl import CrlInvalid, CrlSummary, inspect_crl
from certctl.domain.authorities.authorities import Authority, CrlShard, object_key
from certctl.domain.status.editions import SPACING
from certctl.domain.status.nudges import CrlNudge
from certctl.services.status.crl_runs import CrlRuns
from certctl.store.authorities.items import CrlShardItem
from certctl.store.keys import crl_shards
from certctl.store.mapping import to_item
from certctl.store.writes import put
from tests.support.authorities.pki import Pki
from tests.support.authorities.sharded import sharded

SECOND = timedelta(seconds=1)


@dataclass
class Published:
    """A CA with the shards 0, 1 and 2, whose CRLs were published a minute ago."""

    pki: Pki
    authority: Authority
    sent: list[tuple[str, datetime, float]] = field(default_factory=list)
    """Nudges: the shard, since when its change waits, the delay in seconds."""

    def runs(self, objects: Objects | None = None) -> CrlRuns:
        def again(nudge: CrlNudge, wait: timedelta) -> None:
            self.sent.append((nudge.shard, nudge.since, wait.total_seconds()))

        pki = self.pki
        return CrlRuns(pki.authorities, pki.publication(objects), again, pki.clock, SPACING)

    def nudge(self, *shards: int | str, since: datetime | None = None) -> CrlRuns:
        self.sent.clear()
        moment = since or self.pki.clock()
        runs = self.runs()
        self.run = runs.publish_nudged([CrlNudge(self.authority.ca_id, str(s), moment) for s in shards])
        return runs

    def revoke(self, serial: str, shard: int, **fields: Any) -> None:
        self.pki.revoke(self.authority, serial, crl_shard=shard, **fields)

    def shard(self, name: str) -> CrlShard:
        found = self.pki.authorities.shard(self.authority.ca_id, name)
        assert found
        return found

    def crl(self, name: str) -> CrlSummary:
        stored = self.pki.objects.get(object_key(self.shard(name).url))
        assert stored
        return inspect_crl(stored.body, load_certificate(self.authority.certificate_pem))

    def store(self, shard: CrlShard) -> None:
        item = to_item(CrlShardItem, shard, kind=crl_shards(shard.ca_id), id=shard.shard)
        self.pki.database.write(put(item))

    @property
    def made(self) -> list[str]:
        return [shard.shard for shard in self.run.published]


@pytest.fixture
def ca(pki: Pki) -> Published:
    issuing = sharded(pki, 3)
    pki.clock.advance(timedelta(minutes=1))
    return Published(pki, issuing)


def test_a_nudge_publishes_the_shard_that_it_names_and_all(ca: Published) -> None:
    ca.revoke("0a01", 1)
    ca.revoke("0b01", 2)
    ca.nudge(1)
    assert ca.made == ["1", "all"]
    assert ca.crl("all").serials == {"0a01"}
    ca.run = ca.runs().publish_due()
    assert ca.made == ["2"]  # `all` is early
    ca.pki.clock.advance(15 * SECOND)
    ca.run = ca.runs().publish_due()
    assert ca.made == ["all"]
    assert ca.crl("all").serials == {"0a01", "0b01"}


def test_a_nudge_whose_change_is_published_makes_nothing(ca: Published) -> None:
    ca.nudge(0, 1, "7", "all")
    assert (ca.made, ca.run.failed, ca.sent) == ([], [], [])


def test_a_nudge_of_an_unknown_ca_is_dropped(ca: Published) -> None:
    run = ca.runs().publish_nudged([CrlNudge("ca-gone", "0", ca.pki.clock())])
    assert (run.published, run.failed, run.left) == ([], [], [])


def test_an_early_nudge_is_sent_again_for_when_15_seconds_are_over(ca: Published) -> None:
    ca.revoke("0a01", 1)
    ca.nudge(1)
    ca.pki.clock.advance(4 * SECOND)
    changed = ca.pki.clock()
    ca.revoke("0a02", 1)
    ca.nudge(1)
    assert ca.made == []
    (again,) = ca.sent
    assert again[:2] == ("1", changed)
    ca.pki.clock.advance(timedelta(seconds=again[2]))
    ca.nudge(1, since=changed)
    assert ca.made == ["1", "all"]
    assert ca.crl("1").serials == {"0a01", "0a02"}


def test_nudges_of_one_batch_for_one_shard_are_sent_again_as_one(ca: Published) -> None:
    ca.revoke("0a01", 1)
    ca.nudge(1)
    ca.revoke("0a02", 1)
    ca.nudge(1, 1, 1)
    assert len(ca.sent) == 1


def test_the_minute_s_run_looks_at_every_counter_and_begins_with_what_is_oldest(ca: Published) -> None:
    for number in (2, 0, 1):
        ca.pki.clock.advance(20 * SECOND)
        ca.revoke(f"0a0{number}", number)
        ca.nudge(number)
    ca.pki.clock.advance(20 * SECOND)
    for number in (0, 1, 2):
        ca.revoke(f"0b0{number}", number)
    ca.run = ca.runs().publish_due()
    assert ca.made == ["2", "0", "1", "all"]


def test_of_several_nudges_the_oldest_change_is_first(ca: Published) -> None:
    now = ca.pki.clock()
    waits = {"0": now, "1": now - 3 * SECOND, "2": now - SECOND}
    for number in waits:
        ca.revoke(f"0a0{number}", int(number))
    nudges = [CrlNudge(ca.authority.ca_id, number, since) for number, since in waits.items()]
    nudges.append(CrlNudge(ca.authority.ca_id, "2", now - 9 * SECOND))
    ca.run = ca.runs().publish_nudged(nudges)
    assert ca.made == ["2", "1", "0", "all"]


def test_no_crl_is_begun_after_45_seconds_and_the_rest_is_nudged_again(ca: Published) -> None:
    real, clock = ca.pki.objects, ca.pki.clock

    class Slow:
        get, etag = real.get, real.etag

        def put(self, *args: Any) -> str:
            clock.advance(30 * SECOND)
            return real.put(*args)

    for number in range(3):
        ca.revoke(f"0a0{number}", number)
    ca.run = ca.runs(Slow()).publish_due()  # type: ignore[arg-type]  # the same three methods
    assert len(ca.run.published) == 2
    assert [shard.shard for shard in ca.run.left] == ["2", "all"]
    assert [(shard, wait) for shard, _, wait in ca.sent] == [("2", 1.0), ("all", 1.0)]
    ca.nudge("2", "all")
    assert ca.made == ["2", "all"]


def test_all_has_the_earliest_times_of_the_published_shards_and_its_own_number(ca: Published) -> None:
    first = ca.crl("0")
    ca.revoke("0a01", 1)
    ca.nudge(1)
    joined, newest = ca.crl("all"), ca.crl("1")
    assert newest.this_update > first.this_update
    assert (joined.this_update, joined.next_update) == (first.this_update, first.next_update)
    assert joined.number == 2
    assert joined.idp_url is None


def test_all_is_renewed_once_each_shard_is(ca: Published) -> None:
    ca.pki.clock.advance(timedelta(hours=18))
    ca.run = ca.runs().publish_due()
    assert ca.made == ["0", "1", "2", "all"]
    assert ca.crl("all").next_update == ca.crl("0").next_update


def test_a_large_all_is_joined_every_15_minutes(ca: Published) -> None:
    ca.store(replace(ca.shard("2"), entries=100_001))
    ca.revoke("0a01", 1)
    ca.pki.clock.advance(timedelta(minutes=12))
    ca.nudge(1)
    assert (ca.made, ca.sent) == (["1"], [])
    ca.pki.clock.advance(timedelta(seconds=50))
    ca.nudge("all")
    assert ca.made == []
    ca.pki.clock.advance(timedelta(seconds=70))
    ca.run = ca.runs().publish_due()
    assert ca.made == ["all"]


def test_all_is_not_joined_from_a_crl_that_is_missing_or_older_than_its_record(ca: Published) -> None:
    stored = ca.pki.objects.get(object_key(ca.shard("2").url))
    ca.revoke("0a01", 2)
    ca.nudge(2)
    assert stored
    ca.pki.s3.put_object(Bucket="pki-objects", Key=object_key(ca.shard("2").url), Body=stored.body)
    ca.pki.clock.advance(20 * SECOND)
    ca.revoke("0b01", 1)
    ca.nudge(1)
    assert ca.made == ["1"]
    assert [failure.shard for failure in ca.run.failed] == ["all"]
    assert "CRL 2 is missing" in ca.run.failed[0].reason
    assert ca.crl("all").serials == {"0a01"}


def test_all_drops_an_expired_serial_that_its_shard_has_dropped_and_no_other(ca: Published) -> None:
    end = ca.pki.clock().replace(microsecond=0) + timedelta(days=10)
    ca.revoke("0a01", 1, not_after=end)
    ca.revoke("0a02", 1)
    ca.nudge(1)
    ca.pki.clock.time = end + timedelta(hours=96)
    assert ca.runs().publish_due().failed == []
    assert ca.crl("1").serials == {"0a01", "0a02"}  # the first CRL after the end, whenever that is
    ca.pki.clock.advance(timedelta(hours=18))
    assert ca.runs().publish_due().failed == []
    assert ca.crl("all").serials == ca.crl("1").serials == {"0a02"}


def test_a_publisher_that_always_fails_at_one_shard_joins_the_others(ca: Published) -> None:
    real, broken = ca.pki.objects, object_key(ca.shard("1").url)

    class Refusing:
        get, etag = real.get, real.etag

        def put(self, at: str, *rest: Any) -> str:
            if at == broken:
                raise CrlInvalid("no")
            return real.put(at, *rest)

    ca.revoke("0a01", 1)
    ca.revoke("0b01", 2)
    ca.run = ca.runs(Refusing()).publish_due()  # type: ignore[arg-type]  # the same three methods
    assert ca.made == ["2", "all"]
    assert [failure.shard for failure in ca.run.failed] == ["1"]
    assert ca.crl("all").serials == {"0b01"}


def test_this_update_does_not_fall_after_an_earlier_release(ca: Published) -> None:
    """CRLs of an earlier release began when they were made."""
    before = ca.pki.clock().replace(microsecond=0)
    for name in ("0", "all"):
        ca.store(replace(ca.shard(name), this_update=before))
    ca.pki.clock.advance(20 * SECOND)
    ca.revoke("0a01", 0)
    ca.nudge(0)
    assert ca.crl("0").this_update == ca.crl("all").this_update == before
