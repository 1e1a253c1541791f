"""Items of the nightly count. Names and types of keys are permanent (ADR 61)."""

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from certctl.domain.inventory.census.progress import Phase
from certctl.domain.notifications.statuses import Severity
from certctl.store.attributes import Enumerated, WireTime
from certctl.store.rows import Item


class FiguresItem(Item):
    """`item_id` is `r#<day>`, `record` is `all`, `team#<id>` or `owner#<id>`; `body` is JSON."""

    class Meta:
        table = "inventory"

    item_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    counted_at = WireTime()
    body = UnicodeAttribute()
    delete_after = NumberAttribute()


class CensusItem(Item):
    """`item_id` is `r#census`, `record` is `progress`."""

    class Meta:
        table = "inventory"

    item_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    day = UnicodeAttribute()
    began_at = WireTime()
    phase = Enumerated(Phase)
    position = UnicodeAttribute(null=True)
    checkpoint = UnicodeAttribute(null=True)
    ended_at = WireTime(null=True)
    published = UnicodeAttribute(null=True)
    revision = NumberAttribute()


class CheckpointItem(Item):
    """What a run has counted: `item_id` is `r#census`, `record` is `checkpoint#<name>#<number>`; `body` is a
    part of compressed JSON. Never changed."""

    class Meta:
        table = "inventory"

    item_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    body = BinaryAttribute(legacy_encoding=False)
    delete_after = NumberAttribute()


class CensusWishItem(Item):
    """`item_id` is `r#census`, `record` is `wanted`: somebody has imported certificates."""

    class Meta:
        table = "inventory"

    item_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    wanted_at = WireTime()


class CaWarningItem(Item):
    """An alert about a CA: `item_id` is `r#census`, `record` is `ca#<fingerprint>`."""

    class Meta:
        table = "inventory"

    item_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    fingerprint = UnicodeAttribute()
    subject = UnicodeAttribute()
    team_id = UnicodeAttribute()
    severity = Enumerated(Severity)
    ended_at = WireTime(null=True)
    delete_after = NumberAttribute(null=True)
