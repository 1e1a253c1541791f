"""The rows of the Catalog table that administrators write."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from certctl.domain.channels import ChannelKind
from certctl.store.attributes import Enumerated, TextMap, Texts, WireTime


class ChannelItem(Model):
    """The row's `kind` is `channel`, `id` the channel's; `channel_kind` is the record's kind."""

    class Meta:
        table = "catalog"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    channel_kind = Enumerated(ChannelKind)
    settings = TextMap()
    is_enabled = BooleanAttribute()
    team_id = UnicodeAttribute(null=True)
    revision = NumberAttribute()
    created_at = WireTime()
    updated_at = WireTime()


class RoutingRuleItem(Model):
    """`kind` is `routing-rule`, `id` the rule's; `routes` is their JSON."""

    class Meta:
        table = "catalog"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    routes = UnicodeAttribute()
    revision = NumberAttribute()
    created_at = WireTime()
    updated_at = WireTime()


class MuteItem(Model):
    """`kind` is `mute`, `id` the mute's."""

    class Meta:
        table = "catalog"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    certificate_id = UnicodeAttribute(null=True)
    team_id = UnicodeAttribute()
    severities = Texts()
    starts_at = WireTime()
    ends_at = WireTime()
    reason = UnicodeAttribute()
    created_by = UnicodeAttribute()
    created_at = WireTime()
    delete_after = NumberAttribute()


class ContactItem(Model):
    """What alerts need of an owner's or a team's row: `kind` is `owner` or `team`."""

    class Meta:
        table = "catalog"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    email = UnicodeAttribute(null=True)
