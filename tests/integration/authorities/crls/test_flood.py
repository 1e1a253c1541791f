"""A flood of revocations: few CRLs, and the last one soon after the last revocation."""

from datetime import timedelta

from certctl.crypto.pem import load_certificate
from certctl.crypto.status.crl import inspect_crl
from certctl.domain.authorities.authorities import object_key
from tests.support.authorities.pki import Pki
from tests.support.authorities.sharded import sharded
from tests.support.status.flood import WINDOW, Flood


def test_each_crl_is_made_four_times_a_minute_at_most_and_the_last_within_25_seconds(pki: Pki) -> None:
    issuing = sharded(pki, 2)
    pki.clock.advance(timedelta(minutes=1))
    flood = Flood(pki, issuing, shards=2)
    late = flood.run(2, timedelta(seconds=75))
    assert set(flood.published) == {"0", "1", "all"}
    for shard in flood.published:
        assert flood.least_spacing(shard) >= timedelta(seconds=15)
        assert flood.builds_a_minute(shard) <= 4
    assert late <= timedelta(seconds=15) + 2 * WINDOW
    record = pki.authorities.shard(issuing.ca_id, "all")
    assert record
    stored = pki.objects.get(object_key(record.url))
    assert stored
    listed = inspect_crl(stored.body, load_certificate(issuing.certificate_pem)).serials
    assert len(listed) == flood.revoked == 150
