"""A CA begins with one complete CRL. Once that is large, new leaves name shards, and it lists their
revocations too: its scope never shrinks."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from certctl.connectors.aws.objects import Objects, StoredObject
from certctl.crypto.pem import load_certificate
from certctl.crypto.status.crl import CrlInvalid, CrlSummary, inspect_crl
from certctl.domain.authorities.authorities import Authority, CrlShard, object_key
from certctl.domain.authorities.sharding import Sharding
from certctl.domain.errors import Conflict
from certctl.services.authorities.shards import ShardExpansion
from certctl.services.status.crl_runs import CrlRun, CrlRuns
from certctl.store.authorities.items import CrlShardItem
from certctl.store.keys import crl_shards
from certctl.store.writes import update
from tests.support.authorities.pki import BUCKET, Pki

_SPLIT = Sharding(first=3, split_over=1)
_SHARDS = ["0", "1", "2"]


@pytest.fixture
def issuing(pki: Pki) -> Authority:
    """With two revocations, one more than fit."""
    authority = pki.authority().initialize().issuing
    for serial in ("0a01", "0a02"):
        pki.revoke(authority, serial)
    assert pki.publishing().publish_due().failed == []
    return authority


def expansion(pki: Pki, **replaced: Callable[[str], object]) -> ShardExpansion:
    return replace(pki, sharding=_SPLIT).admin(**replaced).cas.shard_expansion  # type: ignore[arg-type]


def opened(pki: Pki, authority: Authority) -> list[str]:
    return sorted(shard.shard for shard in pki.authorities.shards(authority.ca_id) if shard.open)


def record(pki: Pki, authority: Authority, shard: str = "0") -> CrlShard:
    found = pki.authorities.shard(authority.ca_id, shard)
    assert found
    return found


def published(pki: Pki, authority: Authority, shard: str = "0") -> CrlSummary:
    stored = pki.objects.get(object_key(record(pki, authority, shard).url))
    assert stored
    return inspect_crl(stored.body, load_certificate(authority.certificate_pem))


def publish(pki: Pki) -> list[str]:
    return _names(pki.publishing().publish_due())


def spaced_runs(pki: Pki) -> CrlRuns:
    """One edition of each CRL every 15 seconds; whatever is nudged again waits for the next run."""
    return CrlRuns(pki.authorities, pki.publication(), lambda *_: None, pki.clock, timedelta(seconds=15))


def publish_spaced(pki: Pki) -> list[str]:
    return _names(spaced_runs(pki).publish_due())


def _names(run: CrlRun) -> list[str]:
    assert run.failed == []
    return [shard.shard for shard in run.published]


def test_a_new_ca_publishes_one_complete_crl_that_leaves_name_and_all(pki: Pki, issuing: Authority) -> None:
    assert opened(pki, issuing) == ["0"]
    assert {shard.shard for shard in pki.authorities.shards(issuing.ca_id)} == {"0", "all"}
    for shard in ("0", "all"):
        assert published(pki, issuing, shard).idp_url is None
        assert published(pki, issuing, shard).serials == {"0a01", "0a02"}


def test_what_is_complete_stays_one_crl_up_to_the_limit(pki: Pki, issuing: Authority) -> None:
    roomy = replace(pki, sharding=Sharding(first=3, split_over=2))
    assert roomy.admin().cas.shard_expansion.expand_due() == []
    assert opened(pki, issuing) == ["0"]


def test_shards_open_beside_a_complete_crl_that_keeps_its_scope_and_its_numbers(
    pki: Pki, issuing: Authority
) -> None:
    before = published(pki, issuing)
    assert [shard.shard for shard in expansion(pki).expand_due()] == ["1", "2"]
    assert opened(pki, issuing) == _SHARDS
    first = record(pki, issuing)
    assert (first.complete, first.joins) == (True, 2)
    assert published(pki, issuing).idp_url is None
    assert published(pki, issuing).number == before.number + 1
    for number in ("1", "2"):
        shard = record(pki, issuing, number)
        assert not shard.complete
        assert published(pki, issuing, number).idp_url == shard.url
        assert published(pki, issuing, number).number == 1


def test_the_complete_crl_and_all_list_what_each_shard_lists(pki: Pki, issuing: Authority) -> None:
    expansion(pki).expand_due()
    pki.revoke(issuing, "0b01", crl_shard=1)
    pki.revoke(issuing, "0c01", crl_shard=2)
    pki.revoke(issuing, "0a03")
    assert publish(pki) == ["1", "2", "0", "all"]
    assert published(pki, issuing, "1").serials == {"0b01"}
    assert published(pki, issuing, "2").serials == {"0c01"}
    for shard in ("0", "all"):
        assert published(pki, issuing, shard).serials == {"0a01", "0a02", "0a03", "0b01", "0c01"}
    assert publish(pki) == []


def test_the_end_of_a_hold_in_a_shard_reaches_the_complete_crl(pki: Pki, issuing: Authority) -> None:
    expansion(pki).expand_due()
    held = pki.revoke(issuing, "0b01", "certificateHold", crl_shard=1)
    publish(pki)
    pki.unhold(held)
    assert publish(pki) == ["1", "0", "all"]
    assert published(pki, issuing).serials == {"0a01", "0a02"}


def test_the_complete_crl_ends_with_the_first_of_those_that_it_joins_and_is_renewed_with_them(
    pki: Pki, issuing: Authority
) -> None:
    expansion(pki).expand_due()
    pki.clock.advance(timedelta(hours=1))
    pki.revoke(issuing, "0a03")
    assert publish(pki) == ["0", "all"]
    shards = [published(pki, issuing, number) for number in ("1", "2")]
    assert published(pki, issuing).next_update == min(shard.next_update for shard in shards)
    pki.clock.advance(timedelta(hours=17))
    assert publish(pki) == ["1", "2", "0", "all"]
    assert publish(pki) == []
    assert published(pki, issuing).next_update > pki.clock() + timedelta(hours=71)


def test_a_certificate_that_ended_leaves_the_complete_crl_as_it_leaves_its_own(
    pki: Pki, issuing: Authority
) -> None:
    expansion(pki).expand_due()
    ends = pki.clock() + timedelta(hours=1)
    pki.revoke(issuing, "0b01", crl_shard=1, not_after=ends)
    pki.revoke(issuing, "0a03", not_after=ends)
    for _ in range(5):
        publish(pki)
        assert "0b01" in published(pki, issuing).serials
        pki.clock.advance(timedelta(hours=18))
    publish(pki)
    assert published(pki, issuing, "1").serials == frozenset()
    assert published(pki, issuing).serials == {"0a01", "0a02"}


def test_no_shard_opens_before_the_complete_crl_joins_it(pki: Pki, issuing: Authority) -> None:
    """A publisher of the release before, during a deploy, knows nothing of joining."""

    def shards_only(ca_id: str) -> None:
        for number in ("1", "2"):
            pki.publication().publish_now(issuing, number)

    assert expansion(pki, request_crls=shards_only).expand_due() == []
    assert opened(pki, issuing) == ["0"]
    assert len(expansion(pki).expand_due()) == 2


def test_the_transaction_itself_refuses_shards_that_the_complete_crl_does_not_join(
    pki: Pki, issuing: Authority
) -> None:
    """The complete CRL was replaced after the look at its record."""
    expansion(pki, request_crls=lambda _: None).expand_due()
    shard = pki.publication().publish_now(issuing, "1")
    steps = [*pki.authorities.open_steps([shard]), pki.authorities.joining_step(record(pki, issuing), 2)]
    with pytest.raises(Conflict, match="does not join 2 others"):
        pki.database.transact(steps)
    assert opened(pki, issuing) == ["0"]


def test_no_shard_opens_beside_a_complete_crl_that_another_object_replaced(
    pki: Pki, issuing: Authority
) -> None:
    def swaps(ca_id: str) -> None:
        pki.publishing().publish_due_of(ca_id)
        shard = pki.objects.get(object_key(issuing.crl_url.replace("/0.crl", "/1.crl")))
        first = pki.objects.get(object_key(issuing.crl_url))
        assert shard
        assert first
        pki.objects.put(object_key(issuing.crl_url), shard.body, "application/pkix-crl", "", first.etag)

    with pytest.raises(CrlInvalid, match=r"0\.crl is that of another URL"):
        expansion(pki, request_crls=swaps).expand_due()
    assert opened(pki, issuing) == ["0"]


class Crash(BaseException):
    """The function is gone."""


@pytest.mark.parametrize("published_before", [(), ("1",), ("1", "2"), ("1", "2", "0")])
def test_a_crash_at_any_step_opens_nothing_and_the_next_run_goes_on(
    pki: Pki, issuing: Authority, published_before: tuple[str, ...]
) -> None:
    def stops(_: str) -> None:
        for number in published_before:
            pki.publication().publish_now(issuing, number)
        raise Crash

    with suppress(Crash):
        expansion(pki, request_crls=stops).expand_due()
    assert opened(pki, issuing) == ["0"]
    pki.revoke(issuing, "0a03")
    publish(pki)
    assert published(pki, issuing).serials == {"0a01", "0a02", "0a03"}
    assert len(expansion(pki).expand_due()) == 2
    assert opened(pki, issuing) == _SHARDS
    assert record(pki, issuing).joins == 2


def test_two_runs_at_once_open_the_same(pki: Pki, issuing: Authority) -> None:
    def concurrently(ca_id: str) -> None:
        expansion(pki).expand_due()
        pki.publishing().publish_due_of(ca_id)

    assert len(expansion(pki, request_crls=concurrently).expand_due()) == 2
    assert opened(pki, issuing) == _SHARDS


class _Overtaken(Objects):
    """Something happens before the first object is read."""

    def __init__(self, pki: Pki, happens: Callable[[], object]) -> None:
        super().__init__(pki.s3, BUCKET)
        self._happens = [happens]

    def get(self, key: str) -> StoredObject | None:
        for happens in [self._happens.pop()] if self._happens else []:
            happens()
        return super().get(key)


def test_a_publisher_that_began_before_the_opening_joins_the_shards_too(pki: Pki, issuing: Authority) -> None:
    overtaken = _Overtaken(pki, lambda: expansion(pki).expand_due())
    pki.publication(overtaken).publish_now(issuing, "0")
    assert opened(pki, issuing) == _SHARDS
    assert record(pki, issuing).joins == 2


def test_a_complete_crl_that_was_just_made_is_joined_soon_and_the_next_run_opens(
    pki: Pki, issuing: Authority
) -> None:
    request = spaced_runs(pki).publish_due_of
    assert expansion(pki, request_crls=request).expand_due() == []
    pki.clock.advance(timedelta(seconds=15))
    assert len(expansion(pki, request_crls=request).expand_due()) == 2


def test_more_shards_open_beside_it_when_the_number_doubles(pki: Pki, issuing: Authority) -> None:
    expansion(pki).expand_due()
    more = replace(pki, sharding=replace(_SPLIT, full_with=0))
    assert [shard.shard for shard in more.admin().cas.shard_expansion.expand_due()] == ["3", "4", "5"]
    assert record(pki, issuing).joins == 5


def set_entries(pki: Pki, authority: Authority, shard: str, entries: int) -> None:
    row = CrlShardItem(crl_shards(authority.ca_id), shard)
    pki.database.write(update(row, [CrlShardItem.entries.set(entries)], CrlShardItem.id.exists()))


def test_over_100000_entries_it_is_joined_every_15_minutes_but_its_own_leaves_do_not_wait(
    pki: Pki, issuing: Authority
) -> None:
    expansion(pki).expand_due()
    set_entries(pki, issuing, "1", 100_001)
    pki.clock.advance(timedelta(minutes=1))
    pki.revoke(issuing, "0c01", crl_shard=2)
    assert publish_spaced(pki) == ["2"]
    pki.revoke(issuing, "0a03")
    assert publish_spaced(pki) == ["0", "all"]
    assert published(pki, issuing).serials == {"0a01", "0a02", "0a03", "0c01"}
    pki.revoke(issuing, "0c02", crl_shard=2)
    pki.clock.advance(timedelta(minutes=14))
    assert publish_spaced(pki) == ["2"]
    pki.clock.advance(timedelta(minutes=1))
    assert publish_spaced(pki) == ["0", "all"]
