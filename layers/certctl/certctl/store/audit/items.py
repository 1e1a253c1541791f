"""Items of this room. Names and types of keys are permanent (ADR 1)."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from certctl.store.rows import Item


class ByResource(GlobalSecondaryIndex["AuditItem"]):
    """Domain events only: an API call has no `resource`."""

    class Meta:
        index_name = "by_resource"
        projection = KeysOnlyProjection()

    resource = UnicodeAttribute(hash_key=True)
    event_id = UnicodeAttribute(range_key=True)


class ByActor(GlobalSecondaryIndex["AuditItem"]):
    class Meta:
        index_name = "by_actor"
        projection = KeysOnlyProjection()

    actor_day = UnicodeAttribute(hash_key=True)
    event_id = UnicodeAttribute(range_key=True)


class ByChange(GlobalSecondaryIndex["AuditItem"]):
    """Domain events only, by the day and shard of the table: a day's changes without its API calls."""

    class Meta:
        index_name = "by_change"
        projection = KeysOnlyProjection()

    change_day_shard = UnicodeAttribute(hash_key=True)
    event_id = UnicodeAttribute(range_key=True)


class AuditItem(Item):
    """`event` is the canonical JSON, byte for byte what is hashed and exported."""

    class Meta:
        table = "audit"

    day_shard = UnicodeAttribute(hash_key=True)
    event_id = UnicodeAttribute(range_key=True)
    event = UnicodeAttribute()
    resource = UnicodeAttribute(null=True)
    actor_day = UnicodeAttribute()
    change_day_shard = UnicodeAttribute(null=True)
    team_id = UnicodeAttribute(null=True)
    delete_after = NumberAttribute()

    by_resource = ByResource()
    by_actor = ByActor()
    by_change = ByChange()
