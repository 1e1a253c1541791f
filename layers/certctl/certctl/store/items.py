"""Items of this room. Names and types of keys are permanent (ADR 1)."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from certctl.domain.access.subjects import SubjectKind
from certctl.store.attributes import Enumerated, GrantsText, Millis, Texts, WireTime
from certctl.store.rows import Item


class IdempotencyItem(Item):
    """`kind` is `idempotency`, `id` a hash of API key, route and Idempotency-Key. Without an `answer` the
    request runs until `lease_until`; `owner` is its request id. `is_done`: its change was committed."""

    class Meta:
        table = "state"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    owner = UnicodeAttribute()
    body_sha256 = UnicodeAttribute()
    lease_until = Millis()
    answer = UnicodeAttribute(null=True)
    is_done = BooleanAttribute(null=True)
    delete_after = NumberAttribute()


class StateItem(Item):
    """Counters, locks, refused keys: see `keys.py` for the kinds."""

    class Meta:
        table = "state"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    body = UnicodeAttribute(null=True)
    owner = UnicodeAttribute(null=True)
    amount = NumberAttribute(null=True)
    members: UnicodeSetAttribute = UnicodeSetAttribute(null=True)
    delete_after = NumberAttribute(null=True)


class SubjectItem(Item):
    """A row of the table of credentials, so that one read finds both: `key_hash` is `subject#<ULID>`."""

    class Meta:
        table = "credentials"

    key_hash = UnicodeAttribute(hash_key=True)
    subject_id = UnicodeAttribute()
    kind = Enumerated(SubjectKind)
    enabled = BooleanAttribute()
    grants = GrantsText()
    issues_per_day = NumberAttribute(null=True)
    answerable = Texts(null=True)
    verified_at = WireTime(null=True)
    keys_sleep_after_days = NumberAttribute(null=True)
    keys_given = NumberAttribute(null=True)
