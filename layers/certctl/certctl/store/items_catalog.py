"""The rows of the Catalog table that administrators write."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from certctl.domain.catalog import Kind
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


class CatalogItem(Model):
    """`kind` is a `Kind`. `content` is the JSON of what the kind alone has; `email` is copied out of it for
    alerts, which read nothing else."""

    class Meta:
        table = "catalog"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    name = UnicodeAttribute()
    content = UnicodeAttribute()
    team_id = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    revision = NumberAttribute()
    created_at = WireTime()
    updated_at = WireTime()
    deleting_since = WireTime(null=True)


class CatalogNameItem(Model):
    """`kind` is `name#<kind>`, `id` the name in lower case: no two records of a kind have one name."""

    class Meta:
        table = "catalog"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    entry_id = UnicodeAttribute()


class ReferenceItem(Model):
    """`kind` is `ref#<kind>#<id>` of what is referred to, `id` the referrer, `<kind>#<id>`."""

    class Meta:
        table = "catalog"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)


class DeletingItem(Model):
    """`kind` is `deleting`, `id` is `<kind>#<id>` of a record that waits for its deletion."""

    class Meta:
        table = "catalog"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    entry_kind = Enumerated(Kind)
    entry_id = UnicodeAttribute()
    deleting_since = WireTime()


class ContactItem(Model):
    """What alerts need of an owner's or a team's row: `kind` is `owner` or `team`."""

    class Meta:
        table = "catalog"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    name = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
