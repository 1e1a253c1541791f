"""What the publisher stores of each CRL, and what a certificate's page says by it."""

from datetime import timedelta

import pytest

from certctl.domain.authorities.authorities import Authority
from certctl.domain.status.publications import KEPT, MOST_NAMED
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.keys import crl_log
from certctl.store.status.crl_log import CrlLog
from certctl.store.status.items import PublishedCrlItem
from tests.support.authorities.pki import Pki


@pytest.fixture
def issuing(pki: Pki) -> Authority:
    return pki.authority().initialize().issuing


def test_each_crl_is_logged_with_what_it_adds(pki: Pki, issuing: Authority) -> None:
    start = pki.clock()
    pki.revoke(issuing, "0a01")
    pki.publishing().publish_due()
    pki.clock.advance(timedelta(minutes=1))
    pki.revoke(issuing, "0a02")
    pki.publishing().publish_due()
    log = CrlLog(pki.database).since(issuing.ca_id, 0, start)
    assert [(each.crl_number, each.entries, each.added) for each in log] == [
        (1, 0, ()),
        (2, 1, ("0a01",)),
        (3, 2, ("0a02",)),
    ]


@pytest.mark.parametrize("stop", ["advance_shard", "add"])
def test_a_crl_whose_publisher_stopped_before_it_logged_or_recorded_it_is_logged(
    pki: Pki, issuing: Authority, stop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = pki.clock()
    pki.revoke(issuing, "0a01")
    with monkeypatch.context() as patch:
        patch.setattr(AuthorityStore if stop == "advance_shard" else CrlLog, stop, _die)
        with pytest.raises(KeyboardInterrupt):
            pki.publishing().publish_due()
    pki.clock.advance(timedelta(minutes=1))
    pki.publishing().publish_due()
    log = CrlLog(pki.database).since(issuing.ca_id, 0, start)
    assert {each.crl_number: each.entries for each in log} == {1: 0, 2: 1, 3: 1}
    assert all(each.added != ("0a01",) for each in log if each.crl_number == 3)


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_the_log_is_read_from_a_time_on(pki: Pki, issuing: Authority) -> None:
    pki.clock.advance(timedelta(minutes=1))
    pki.revoke(issuing, "0a01")
    pki.publishing().publish_due()
    log = CrlLog(pki.database)
    assert [each.crl_number for each in log.since(issuing.ca_id, "0", pki.clock())] == [2]
    assert log.since(issuing.ca_id, "0", pki.clock() + timedelta(seconds=1)) == []


def test_a_row_ends_by_itself(pki: Pki, issuing: Authority) -> None:
    (row, *_) = pki.database.query(PublishedCrlItem, crl_log(issuing.ca_id, 0)).items
    assert row.delete_after == int((row.published_at + KEPT).timestamp())


def test_a_crl_with_many_new_entries_has_a_small_row(pki: Pki, issuing: Authority) -> None:
    for number in range(MOST_NAMED + 1):
        pki.revoke(issuing, f"{0x1000 + number:x}")
    pki.publishing().publish_due()
    newest = CrlLog(pki.database).since(issuing.ca_id, 0, pki.clock() - timedelta(hours=1))[-1]
    assert (newest.entries, newest.added) == (MOST_NAMED + 1, None)


def test_the_record_of_the_shard_counts_the_entries(pki: Pki, issuing: Authority) -> None:
    pki.revoke(issuing, "0a01")
    pki.publishing().publish_due()
    shard = pki.authorities.shard(issuing.ca_id, "0")
    assert shard
    assert (shard.entries, shard.published_at) == (1, pki.clock().replace(microsecond=0))
