"""Items of this room. Names and types of keys are permanent (ADR 61)."""

from pynamodb.attributes import BinaryAttribute, BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection

from certctl.domain.inventory.endpoints.damping import Damped
from certctl.domain.inventory.endpoints.endpoints import Expected, Showing, SightedLeaf
from certctl.domain.inventory.endpoints.findings import Finding
from certctl.domain.inventory.endpoints.incidents import Affected
from certctl.domain.inventory.endpoints.probes import Starttls
from certctl.domain.inventory.sources import SourceKind
from certctl.domain.inventory.statuses import ObservedState, Trust
from certctl.domain.notifications.statuses import Severity
from certctl.store.attributes import Enumerated, Ids, Millis, TextMap, Texts, WireTime
from certctl.store.inventory.attributes import CountMap, FactsArray, JsonArrays
from certctl.store.rows import Item


class ObservedByMonth(GlobalSecondaryIndex["ObservedItem"]):
    """With the facts: the nightly walk reads nothing else."""

    class Meta:
        index_name = "by_month"
        projection = IncludeProjection(
            ["facts", "state", "team_id", "owner_id", "trust", "superseded_by", "renewed_by", "gone_at"]
        )

    list_shard = UnicodeAttribute(hash_key=True)
    list_key = UnicodeAttribute(range_key=True)
    item_id = UnicodeAttribute()
    facts = FactsArray()
    state = Enumerated(ObservedState)
    team_id = UnicodeAttribute()
    owner_id = UnicodeAttribute(null=True)
    trust = Enumerated(Trust)
    superseded_by = UnicodeAttribute(null=True)
    renewed_by = UnicodeAttribute(null=True)
    gone_at = WireTime(null=True)


class ObservedByState(GlobalSecondaryIndex["ObservedItem"]):
    class Meta:
        index_name = "by_state"
        projection = KeysOnlyProjection()

    state_shard = UnicodeAttribute(hash_key=True)
    list_key = UnicodeAttribute(range_key=True)


class ObservedByNames(GlobalSecondaryIndex["ObservedItem"]):
    """Certificates with the same names, the first to expire first."""

    class Meta:
        index_name = "by_names"
        projection = KeysOnlyProjection()

    names_digest = UnicodeAttribute(hash_key=True)
    not_after = WireTime(range_key=True)


class ObservedBySpki(GlobalSecondaryIndex["ObservedItem"]):
    class Meta:
        index_name = "by_spki"
        projection = KeysOnlyProjection()

    spki_sha256 = UnicodeAttribute(hash_key=True)
    item_id = UnicodeAttribute(range_key=True)


class ObservedByExpiry(GlobalSecondaryIndex["ObservedItem"]):
    class Meta:
        index_name = "by_expiry"
        projection = KeysOnlyProjection()

    expiry_month = UnicodeAttribute(hash_key=True)
    expiry_key = UnicodeAttribute(range_key=True)


class InventoryByTeam(GlobalSecondaryIndex["ObservedItem"]):
    """The partition begins with `c#` for certificates, with `e#` for endpoints."""

    class Meta:
        index_name = "by_team"
        projection = KeysOnlyProjection()

    team_key = UnicodeAttribute(hash_key=True)
    list_key = UnicodeAttribute(range_key=True)


class InventoryByOwner(GlobalSecondaryIndex["ObservedItem"]):
    class Meta:
        index_name = "by_owner"
        projection = KeysOnlyProjection()

    owner_key = UnicodeAttribute(hash_key=True)
    list_key = UnicodeAttribute(range_key=True)


class InventoryByDue(GlobalSecondaryIndex["ObservedItem"]):
    """Scopes in shards 0 to 7, certificates with a planned alert in 8 to 15."""

    class Meta:
        index_name = "by_due"
        projection = KeysOnlyProjection()

    due_shard = NumberAttribute(hash_key=True)
    due_at = Millis(range_key=True)


class BySubject(GlobalSecondaryIndex["SightingItem"]):
    """Sightings by `c#<fingerprint>`, endpoints by `cert#<certificate id>`."""

    class Meta:
        index_name = "by_subject"
        projection = KeysOnlyProjection()

    subject = UnicodeAttribute(hash_key=True)
    subject_key = UnicodeAttribute(range_key=True)


class ObservedItem(Item):
    """`item_id` is `c#<fingerprint>`, `record` is `certificate`. The keys of by_expiry, by_team, by_owner and
    by_due only for leaves that are Unmanaged or Claimed. `list_key` begins with the time of the first
    sighting; `due_at` is the next alert's."""

    class Meta:
        table = "inventory"

    item_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    list_shard = UnicodeAttribute()
    list_key = UnicodeAttribute()
    state_shard = UnicodeAttribute()
    names_digest = UnicodeAttribute()
    not_after = WireTime()
    spki_sha256 = UnicodeAttribute()
    expiry_month = UnicodeAttribute(null=True)
    expiry_key = UnicodeAttribute(null=True)
    team_key = UnicodeAttribute(null=True)
    owner_key = UnicodeAttribute(null=True)
    due_shard = NumberAttribute(null=True)
    due_at = Millis(null=True)
    facts = FactsArray()
    state = Enumerated(ObservedState)
    team_id = UnicodeAttribute()
    owner_id = UnicodeAttribute(null=True)
    certificate_id = UnicodeAttribute(null=True)
    sightings = NumberAttribute()
    team_sightings = CountMap()
    trust = Enumerated(Trust)
    superseded_by = UnicodeAttribute(null=True)
    renewed_by = UnicodeAttribute(null=True)
    tags = TextMap(null=True)
    reporter_team_id = UnicodeAttribute(null=True)
    by_hand = Texts(null=True)
    gone_at = WireTime(null=True)
    alerted = Texts(null=True)
    revision = NumberAttribute()
    delete_after = NumberAttribute(null=True)

    by_month = ObservedByMonth()
    by_state = ObservedByState()
    by_names = ObservedByNames()
    by_spki = ObservedBySpki()
    by_expiry = ObservedByExpiry()
    by_team = InventoryByTeam()
    by_owner = InventoryByOwner()
    by_subject = BySubject()  # of other rows: PynamoDB takes the indexes of a table from its first model
    by_due = InventoryByDue()


class DerItem(Item):
    """`item_id` is `c#<fingerprint>`, `record` is `der`."""

    class Meta:
        table = "inventory"

    item_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    der = BinaryAttribute(legacy_encoding=False)
    delete_after = NumberAttribute(null=True)


class SightingItem(Item):
    """`item_id` is `s#<scope>`, `record` the key of the place, or of a certificate at an endpoint. An
    ended one has no `subject`."""

    class Meta:
        table = "inventory"

    item_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    subject = UnicodeAttribute(null=True)
    subject_key = UnicodeAttribute(null=True)
    place = UnicodeAttribute()
    fingerprint = UnicodeAttribute()
    chain = Ids(null=True)
    team_id = UnicodeAttribute()
    seen_at = WireTime()
    renewed_by = UnicodeAttribute(null=True)
    ended_at = WireTime(null=True)
    endpoint_id = UnicodeAttribute(null=True)
    delete_after = NumberAttribute(null=True)

    by_subject = BySubject()


class ScopeItem(Item):
    """`item_id` is `s#<scope>`, `record` is `scope`."""

    class Meta:
        table = "inventory"

    item_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    due_shard = NumberAttribute(null=True)
    due_at = Millis(null=True)
    source_id = UnicodeAttribute()
    team_id = UnicodeAttribute()
    label = UnicodeAttribute()
    created_at = WireTime()
    interval_seconds = NumberAttribute(null=True)
    places = NumberAttribute()
    digest = UnicodeAttribute(null=True)
    complete_at = WireTime(null=True)
    last_seen_at = WireTime(null=True)
    run = UnicodeAttribute(null=True)
    run_upto = UnicodeAttribute(null=True)
    run_places = NumberAttribute(null=True)
    failure = UnicodeAttribute(null=True)
    failing_since = WireTime(null=True)
    notified_at = WireTime(null=True)
    new_day = UnicodeAttribute(null=True)
    new_count = NumberAttribute(null=True)
    revision = NumberAttribute()

    by_due = InventoryByDue()


class EndpointItem(Item):
    """`item_id` is `e#<endpoint>`, `record` is `endpoint`. A probe that shows what the preceding one did does
    not write it."""

    class Meta:
        table = "inventory"

    item_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    list_shard = UnicodeAttribute()
    list_key = UnicodeAttribute()
    team_key = UnicodeAttribute()
    owner_key = UnicodeAttribute()
    host = UnicodeAttribute()
    port = NumberAttribute()
    prober = UnicodeAttribute()
    team_id = UnicodeAttribute()
    owner_id = UnicodeAttribute()
    created_at = WireTime()
    server_name = UnicodeAttribute(null=True)
    starttls = Enumerated(Starttls, null=True)
    certificate_ids = Ids(null=True)
    expected = Enumerated(Expected)
    expected_issuer = UnicodeAttribute(null=True)
    target_id = UnicodeAttribute(null=True)
    deployed_at = WireTime(null=True)
    agent_host = UnicodeAttribute(null=True)
    findings = JsonArrays(Damped, null=True)
    showing = JsonArrays(Showing, null=True)
    changed_at = WireTime(null=True)
    probed_at = WireTime(null=True)
    shown = UnicodeAttribute(null=True)
    judged_with = UnicodeAttribute(null=True)
    sighted = JsonArrays(SightedLeaf, null=True)
    is_attached_by_right = BooleanAttribute(null=True)
    revision = NumberAttribute()

    by_team = InventoryByTeam()
    by_owner = InventoryByOwner()


class EndpointLinkItem(Item):
    """`item_id` is `e#<endpoint>`, `record` is `cert#<certificate>`: an endpoint has two certificates at
    most, an index has one key of a row."""

    class Meta:
        table = "inventory"

    item_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    subject = UnicodeAttribute()
    subject_key = UnicodeAttribute()

    by_subject = BySubject()


class ProbedItem(Item):
    """`item_id` is `s#<scope>`, `record` is `z#<endpoint>`: what one prober probes. It stands behind the
    sightings of the scope and its own row, and is small: a prober reads all of its own at each run."""

    class Meta:
        table = "inventory"

    item_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    interval_seconds = NumberAttribute(null=True)
    is_new = BooleanAttribute(null=True)
    deployed_at = WireTime(null=True)
    decides_from = WireTime(null=True)


class EndpointChangeItem(Item):
    """`item_id` is `e#<endpoint>`, `record` is `change#<time>#<number>`."""

    class Meta:
        table = "inventory"

    item_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    finding = Enumerated(Finding, null=True)
    change = UnicodeAttribute()
    certificate_id = UnicodeAttribute(null=True)
    addresses = Ids(null=True)
    fingerprints = Ids(null=True)
    delete_after = NumberAttribute()


class IncidentItem(Item):
    """`item_id` is `e#<certificate, or endpoint without one>`, `record` is `incident#<finding>`."""

    class Meta:
        table = "inventory"

    item_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    finding = Enumerated(Finding)
    opened_at = WireTime()
    severity = Enumerated(Severity)
    endpoints = NumberAttribute()
    named = JsonArrays(Affected, null=True)
    closed_at = WireTime(null=True)
    reopened_at = WireTime(null=True)
    has_alert = BooleanAttribute()
    reported = Ids(null=True)
    teams = CountMap(null=True)
    revision = NumberAttribute()
    delete_after = NumberAttribute(null=True)


class SourceItem(Item):
    """A row of the catalog's table: `kind` is `source`."""

    class Meta:
        table = "catalog"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    source_kind = Enumerated(SourceKind)
    name = UnicodeAttribute()
    team_id = UnicodeAttribute()
    created_at = WireTime()
    scope_ids = Ids(null=True)
