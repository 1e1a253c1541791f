"""Items of this room. Names and types of keys are permanent (ADR 1)."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from certctl.domain.catalog.record_kinds import Kind
from certctl.store.attributes import Enumerated, Texts, WireTime
from certctl.store.rows import Item


class CatalogItem(Item):
    """`kind` is a `Kind`. `content` is the JSON of the fields of that kind; `email` is copied out of it for
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
    answerable = Texts(null=True)


class CatalogNameItem(Item):
    """`kind` is `name#<kind>`, `id` the name in lower case: names are unique within a kind."""

    class Meta:
        table = "catalog"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    entry_id = UnicodeAttribute()


class ReferenceItem(Item):
    """`kind` is `ref#<kind>#<id>` of the record that is referred to, `id` the referrer, `<kind>#<id>`."""

    class Meta:
        table = "catalog"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)


class TeamNamesItem(Item):
    """`kind` is `team_names`, `id` the team's. `patterns` are copied out of the teams that list any, so that
    one bounded query reads them all."""

    class Meta:
        table = "catalog"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    patterns = Texts()


class TeamNameCountItem(Item):
    """`kind` is `team_name_count`, `id` is `all`: how many patterns the teams list together."""

    class Meta:
        table = "catalog"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    total = NumberAttribute()


class AgentCountItem(Item):
    """`kind` is `agent_count`, `id` is `all`: how many agents are registered and not retired."""

    class Meta:
        table = "catalog"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    total = NumberAttribute()


class RulesAddedItem(Item):
    """`kind` is `rules_added`, `id` the kind of the rules. `total` counts each that a team-admin adds, or
    gives to another team; none is taken off."""

    class Meta:
        table = "catalog"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    total = NumberAttribute()


class DeletingItem(Item):
    """`kind` is `deleting`, `id` is `<kind>#<id>` of a record that waits for its deletion."""

    class Meta:
        table = "catalog"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    entry_kind = Enumerated(Kind)
    entry_id = UnicodeAttribute()
    deleting_since = WireTime()


class IssuerContactItem(Item):
    """`kind` is `issuer_contact`, `id` the issuer's."""

    class Meta:
        table = "state"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    succeeded_at = WireTime(null=True)
    failed_at = WireTime(null=True)
    error = UnicodeAttribute(null=True)
    delete_after = NumberAttribute()
