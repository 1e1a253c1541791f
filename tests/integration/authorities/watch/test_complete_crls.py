"""Receipts and served URLs of a CA whose complete CRL has shards beside it."""

from collections.abc import Sequence
from dataclasses import replace

from certctl.domain.authorities.sharding import Sharding
from certctl.store.status.served_log import ServedLog
from tests.integration.authorities.watch.conftest import Watching
from tests.support.aws.least_privilege import unconfined

_SHARDS = ("0", "1")


def _split(watching: Watching) -> None:
    """Once for all tests of this module."""
    split = replace(watching.responding.pki, sharding=Sharding(first=2, split_over=-1))
    with unconfined():
        split.admin().cas.shard_expansion.expand_due()


def _numbers(watching: Watching) -> Sequence[int]:
    pki, ca_id = watching.responding.pki, watching.responding.authority.ca_id
    return [shard.crl_number for number in _SHARDS if (shard := pki.authorities.shard(ca_id, number))]


def test_a_revocation_is_seen_in_the_crl_that_its_certificate_names(watching: Watching) -> None:
    _split(watching)
    revocations = [watching.revoke(crl_shard=int(number), sampled_out=True) for number in _SHARDS]
    watching.after(5)
    watching.responding.publish()
    watching.check(*({"ca_id": each.ca_id, "shard": str(each.crl_shard)} for each in revocations))
    receipts = [watching.receipt(each) for each in revocations]
    assert [receipt.crl_seconds for receipt in receipts] == [5, 5]
    assert [receipt.crl_number for receipt in receipts] == _numbers(watching)


def test_what_is_served_at_each_url_is_what_was_published(watching: Watching) -> None:
    _split(watching)
    watching.after(600)
    watching.look_at_all()
    seen = ServedLog(watching.responding.pki.database).all()[watching.responding.authority.ca_id]
    assert {*_SHARDS, "all"} <= seen.keys()
    assert {name: url.fault for name, url in seen.items() if url.fault} == {}
