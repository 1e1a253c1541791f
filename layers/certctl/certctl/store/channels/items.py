"""Items of this room. Names and types of keys are permanent (ADR 1)."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from certctl.domain.kinds import ChannelKind
from certctl.store.attributes import EnumName, Millis, TextMap, WireTime
from certctl.store.rows import Item


class ChannelItem(Item):
    """The row's `kind` is `channel`, `id` the channel's; `channel_kind` is the record's kind."""

    class Meta:
        table = "catalog"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    channel_kind = EnumName(ChannelKind)
    settings = TextMap()
    is_enabled = BooleanAttribute()
    team_id = UnicodeAttribute(null=True)
    revision = NumberAttribute()
    created_at = WireTime()
    updated_at = WireTime()


class ChannelStateItem(Item):
    """`kind` is `channel_state`, `id` the channel's. `prober` is the token of the claim that probes it."""

    class Meta:
        table = "state"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    paused_until = Millis(null=True)
    disabled_at = WireTime(null=True)
    error = UnicodeAttribute(null=True)
    opened_at = Millis(null=True)
    probed_at = Millis(null=True)
    probe_at = Millis(null=True)
    probing_until = Millis(null=True)
    prober = UnicodeAttribute(null=True)
    closed_at = Millis(null=True)
    alerted_at = Millis(null=True)
    alerted_via = UnicodeAttribute(null=True)
    alert_key = UnicodeAttribute(null=True)
    dead_alerted_at = Millis(null=True)
    version = UnicodeAttribute(null=True)
    edited_at = Millis(null=True)
