"""Items of this room. Names and types of keys are permanent (ADR 1)."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from certctl.store.attributes import Texts, WireTime
from certctl.store.rows import Item


class PublishedCrlItem(Item):
    """`kind` is `crl_log#<ca_id>#<shard>`, `id` the time and the CRL number."""

    class Meta:
        table = "state"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    ca_id = UnicodeAttribute()
    shard = UnicodeAttribute()
    crl_number = NumberAttribute()
    began = WireTime()
    published_at = WireTime()
    this_update = WireTime()
    entries = NumberAttribute()
    added = Texts(null=True)
    delete_after = NumberAttribute()
