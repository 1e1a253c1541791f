"""Items of imports. Names and types of keys are permanent (ADR 61)."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from certctl.store.attributes import WireTime
from certctl.store.rows import Item


class ImportItem(Item):
    """`item_id` is `i#<import>`, `record` is `import`."""

    class Meta:
        table = "inventory"

    item_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    name = UnicodeAttribute()
    scope_id = UnicodeAttribute()
    team_id = UnicodeAttribute()
    made_by = UnicodeAttribute()
    created_at = WireTime()
    completed_at = WireTime(null=True)
    delete_after = NumberAttribute()


class ChunkItem(Item):
    """`item_id` is `i#<import>`, `record` is `chunk#<number>`. `refused` is a JSON array of objects."""

    class Meta:
        table = "inventory"

    item_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    number = NumberAttribute()
    sha256 = UnicodeAttribute()
    added = NumberAttribute()
    unchanged = NumberAttribute()
    new = NumberAttribute()
    refused = UnicodeAttribute(null=True)
    delete_after = NumberAttribute()


class PaceItem(Item):
    """Rows of one second: `item_id` is `i#pace#<second>`, `record` is `pace`."""

    class Meta:
        table = "inventory"

    item_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    amount = NumberAttribute()
    delete_after = NumberAttribute()
