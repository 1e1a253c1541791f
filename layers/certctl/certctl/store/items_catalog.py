"""The rows of the Catalog table that administrators write."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from certctl.domain.channels import ChannelKind
from certctl.store.attributes import Enumerated, TextMap, WireTime


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
