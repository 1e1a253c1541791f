"""CRL shards: 16 from a CA's first leaf on, more for CAs of earlier releases and for large ones; a leaf never
names a CRL that is not published."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from certctl.crypto.pem import load_certificate
from certctl.crypto.serials import new_serial, serial_text
from certctl.crypto.status.crl import CrlInvalid, CrlSummary, inspect_crl
from certctl.domain.authorities.authorities import (
    Authority,
    CrlShard,
    NewAuthority,
    object_key,
    shard_for,
)
from certctl.domain.authorities.sharding import Sharding
from certctl.domain.errors import Conflict, Unavailable
from certctl.services.authorities.shards import ShardExpansion
from certctl.store.authorities.items import CrlShardItem
from certctl.store.authorities.open_shards import OpenShards
from certctl.store.keys import crl_shards
from certctl.store.writes import update
from tests.support.audit.event_parts import stored_events
from tests.support.authorities.pki import Pki
from tests.support.authorities.sharded import sharded

# together they take ten seconds on a slow machine
pytestmark = pytest.mark.slow

NUMBERS = frozenset(map(str, range(16)))


@pytest.fixture
def issuing(pki: Pki) -> Authority:
    """With one open shard, as CAs of earlier releases have."""
    return sharded(pki, 1)


def expansion(pki: Pki, first: int = 16, **replaced: Callable[[str], object]) -> ShardExpansion:
    admin = replace(pki, sharding=Sharding(first=first)).admin(**replaced)  # type: ignore[arg-type]
    return admin.cas.shard_expansion


def opened(pki: Pki, authority: Authority) -> set[str]:
    return {shard.shard for shard in pki.authorities.shards(authority.ca_id) if shard.open}


def published(pki: Pki, authority: Authority, shard: CrlShard) -> CrlSummary:
    stored = pki.objects.get(object_key(shard.url))
    assert stored
    return inspect_crl(stored.body, load_certificate(authority.certificate_pem))


def set_entries(pki: Pki, authority: Authority, entries: int) -> None:
    for shard in pki.authorities.shards(authority.ca_id):
        row = CrlShardItem(crl_shards(authority.ca_id), shard.shard)
        pki.database.write(update(row, [CrlShardItem.entries.set(entries)], CrlShardItem.id.exists()))


def test_a_ca_of_an_earlier_release_has_16_open_shards_each_with_a_crl_for_its_own_url(pki: Pki) -> None:
    authority = sharded(pki)
    shards = pki.authorities.shards(authority.ca_id)
    assert opened(pki, authority) == NUMBERS
    assert {shard.shard for shard in shards} == NUMBERS | {"all"}
    for shard in shards:
        crl = published(pki, authority, shard)
        assert crl.idp_url == (None if shard.shard == "all" else shard.url)
        assert crl.serials == frozenset()
    assert {s.url for s in shards if s.is_numbered} == {
        authority.crl_url.replace("/0.crl", f"/{number}.crl") for number in NUMBERS
    }


def test_a_ca_of_an_earlier_release_gets_15_more_and_its_old_leaves_keep_their_crl(
    pki: Pki, issuing: Authority
) -> None:
    pki.revoke(issuing, "0a01", "keyCompromise")
    pki.publishing().publish_due()
    assert opened(pki, issuing) == {"0"}
    added = expansion(pki).expand_due()
    assert {shard.shard for shard in added} == NUMBERS - {"0"}
    assert opened(pki, issuing) == NUMBERS
    first = pki.authorities.shard(issuing.ca_id, "0")
    assert first is not None
    assert first.url == issuing.crl_url
    assert published(pki, issuing, first).serials == {"0a01"}
    assert published(pki, issuing, first).idp_url == issuing.crl_url


def test_new_leaves_spread_over_all_shards_and_each_is_found_in_the_crl_that_it_names(
    pki: Pki, issuing: Authority
) -> None:
    expansion(pki).expand_due()
    shards = OpenShards(pki.authorities, pki.clock).of(issuing.ca_id)
    chosen: dict[str, str] = {}
    while len(chosen) < len(NUMBERS):
        serial = serial_text(new_serial())
        chosen.setdefault(shard_for(serial, shards).shard, serial)
    for number, serial in chosen.items():
        pki.revoke(issuing, serial, crl_shard=int(number))
    assert pki.publishing().publish_due().failed == []
    for shard in shards:
        assert published(pki, issuing, shard).serials == {chosen[shard.shard]}
    joined = pki.authorities.shard(issuing.ca_id, "all")
    assert joined is not None
    assert published(pki, issuing, joined).serials == set(chosen.values())


def test_it_is_done_once(pki: Pki, issuing: Authority) -> None:
    assert len(expansion(pki).expand_due()) == 15
    assert expansion(pki).expand_due() == []


def test_no_shard_opens_while_a_crl_is_missing(pki: Pki, issuing: Authority) -> None:
    def fails(_: str) -> object:
        raise Unavailable("The publisher does not respond.")

    with pytest.raises(Unavailable):
        expansion(pki, request_crls=fails).expand_due()
    assert opened(pki, issuing) == {"0"}
    with pytest.raises(Unavailable, match="was not published"):
        expansion(pki, request_crls=lambda _: None).expand_due()
    assert opened(pki, issuing) == {"0"}
    assert len(expansion(pki).expand_due()) == 15


def test_no_shard_opens_whose_crl_is_that_of_another_url(pki: Pki, issuing: Authority) -> None:
    def swaps(ca_id: str) -> None:
        pki.publishing().publish_due_of(ca_id)
        other = pki.objects.get(object_key(issuing.crl_url))
        assert other
        key = object_key(issuing.crl_url.replace("/0.crl", "/7.crl"))
        present = pki.objects.get(key)
        pki.objects.put(
            key, other.body, "application/pkix-crl", "no-store", present.etag if present else None
        )

    with pytest.raises(CrlInvalid, match=r"7\.crl is that of another URL"):
        expansion(pki, request_crls=swaps).expand_due()
    assert opened(pki, issuing) == {"0"}


def test_all_open_in_one_transaction_or_none(pki: Pki, issuing: Authority) -> None:
    folder = issuing.crl_url.removesuffix("/0.crl")
    added = [CrlShard(issuing.ca_id, str(n), f"{folder}/{n}.crl", open=False) for n in (1, 2)]
    pki.authorities.add_shards(added)
    pki.publication().publish_now(issuing, "1")
    with pytest.raises(Conflict, match="shard 2 of"):
        pki.authorities.open_shards(added)
    assert opened(pki, issuing) == {"0"}


def test_two_runs_at_once_open_the_same(pki: Pki, issuing: Authority) -> None:
    def meanwhile(ca_id: str) -> None:
        expansion(pki).expand_due()
        pki.publishing().publish_due_of(ca_id)

    assert len(expansion(pki, request_crls=meanwhile).expand_due()) == 15
    assert opened(pki, issuing) == NUMBERS


@pytest.mark.parametrize(("entries", "expected"), [(10_000, {"0"}), (10_001, {"0", "1"})])
def test_the_number_doubles_over_10000_entries_on_average(
    pki: Pki, issuing: Authority, entries: int, expected: set[str]
) -> None:
    set_entries(pki, issuing, entries)
    expansion(pki, first=1).expand_due()
    assert opened(pki, issuing) == expected


def test_a_ca_that_issues_nothing_yet_is_left_to_its_activation(pki: Pki) -> None:
    def refuse(authority: Authority, shard: CrlShard) -> None:
        raise Conflict("not served")

    with pytest.raises(Conflict):
        pki.authority(require_served=refuse).initialize()
    assert expansion(pki).expand_due() == []


def test_a_retiring_ca_gets_no_more(pki: Pki, issuing: Authority) -> None:
    pki.local_issuers().rotate(NewAuthority("iss-local", pki.new_key()))
    retiring = pki.authorities.get(issuing.ca_id)
    assert retiring is not None
    expansion(pki).expand_due()
    assert opened(pki, retiring) == {"0"}


def test_129_shards_are_read_in_pages(pki: Pki, issuing: Authority) -> None:
    folder = issuing.crl_url.removesuffix("/0.crl")
    added = [CrlShard(issuing.ca_id, str(n), f"{folder}/{n}.crl", open=False) for n in range(1, 128)]
    pki.authorities.add_shards(added)
    found = {shard.shard for shard in pki.authorities.shards(issuing.ca_id)}
    assert found == {*map(str, range(128)), "all"}


def test_signers_see_new_shards_within_a_minute_and_read_once_until_then(
    pki: Pki, issuing: Authority
) -> None:
    shards = OpenShards(pki.authorities, pki.clock)
    assert [shard.shard for shard in shards.of(issuing.ca_id)] == ["0"]
    expansion(pki, first=2).expand_due()
    pki.clock.advance(timedelta(seconds=59))
    assert [shard.shard for shard in shards.of(issuing.ca_id)] == ["0"]
    pki.clock.advance(timedelta(seconds=1))
    assert {shard.shard for shard in shards.of(issuing.ca_id)} == {"0", "1"}


def test_a_ca_without_open_shards_is_read_again_at_once(pki: Pki, issuing: Authority) -> None:
    shards = OpenShards(pki.authorities, pki.clock)
    row = CrlShardItem(crl_shards(issuing.ca_id), "0")
    pki.database.write(update(row, [CrlShardItem.open.set(False)], CrlShardItem.id.exists()))
    assert shards.of(issuing.ca_id) == ()
    first = pki.authorities.shard(issuing.ca_id, "0")
    assert first is not None
    pki.authorities.open_shards([first])
    assert [shard.shard for shard in shards.of(issuing.ca_id)] == ["0"]


def test_the_audit_trail_says_how_many_are_open(pki: Pki, issuing: Authority) -> None:
    expansion(pki, 4).expand_due()
    expansion(pki, 4).expand_due()
    (event,) = [each for each in stored_events() if each["action"] == "ca_crl_shards_opened"]
    assert (event["resource_id"], event["actor"]) == (issuing.ca_id, "system/stack_admin")
    assert event["details"] == {"before": {"open_crl_shards": 1}, "after": {"open_crl_shards": 4}}
