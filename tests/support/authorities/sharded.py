"""CAs whose every numbered CRL has an IDP, as releases before this one made and stored them."""

from dataclasses import replace

from certctl.domain.authorities.authorities import Authority, object_key
from certctl.domain.authorities.sharding import Sharding
from certctl.services.authorities.setup import AuthoritySettings
from certctl.store.authorities.items import CrlShardItem
from certctl.store.keys import crl_shards
from certctl.store.writes import update
from tests.support.authorities.pki import BUCKET, SETTINGS, Pki
from tests.support.aws.least_privilege import unconfined

_LATER = (CrlShardItem.complete, CrlShardItem.joins, CrlShardItem.joined_changes)


def sharded(pki: Pki, count: int = 16, settings: AuthoritySettings = SETTINGS) -> Authority:
    """The issuing CA of a new stack, with so many open shards."""
    authority = pki.authority(settings).initialize().issuing
    with_one_shard(pki, authority)
    if count > 1:
        more = replace(pki, sharding=Sharding(first=count))
        assert len(more.admin().cas.shard_expansion.expand_due()) == count - 1
        as_stored_before(pki, authority.ca_id)
    return authority


def with_one_shard(pki: Pki, authority: Authority) -> None:
    """Makes of a new CA one whose shard 0 has an IDP; nothing is revoked yet."""
    as_stored_before(pki, authority.ca_id)
    with unconfined():
        pki.s3.delete_object(Bucket=BUCKET, Key=object_key(authority.crl_url))
        pki.publication().publish_now(authority, "0")
    as_stored_before(pki, authority.ca_id)


def as_stored_before(pki: Pki, ca_id: str) -> None:
    """The rows of its CRLs, without what they say since."""
    with unconfined():
        for shard in pki.authorities.shards(ca_id):
            row = CrlShardItem(crl_shards(ca_id), shard.shard)
            removed = [attribute.remove() for attribute in _LATER]
            pki.database.write(update(row, removed, CrlShardItem.id.exists()))
