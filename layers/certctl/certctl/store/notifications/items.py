"""Items of this room. Names and types of keys are permanent (ADR 1)."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection

from certctl.domain.notifications.statuses import Action, NotificationStatus, NotificationType, Severity
from certctl.store.attributes import Enumerated, Millis, Texts, WireTime
from certctl.store.rows import Item


class RoutingRuleItem(Item):
    """`kind` is `routing-rule`, `id` the rule's; `routes` is their JSON."""

    class Meta:
        table = "catalog"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    routes = UnicodeAttribute()
    revision = NumberAttribute()
    created_at = WireTime()
    updated_at = WireTime()


class MuteItem(Item):
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
    subject_id = UnicodeAttribute(null=True)
    created_at = WireTime()
    delete_after = NumberAttribute()


class ContactItem(Item):
    """What alerts need of an owner's or a team's row: `kind` is `owner` or `team`. The audit trail reads the
    names of all kinds with it."""

    class Meta:
        table = "catalog"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    name = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    deleting_since = UnicodeAttribute(null=True)


class NotificationsByDue(GlobalSecondaryIndex["NotificationItem"]):
    """Unfinished rows only: sent and dead ones have no `due_at`."""

    class Meta:
        index_name = "by_due"
        projection = IncludeProjection(["channel_id", "status"])

    due_shard = NumberAttribute(hash_key=True)
    due_at = Millis(range_key=True)


class NotificationsByMonth(GlobalSecondaryIndex["NotificationItem"]):
    class Meta:
        index_name = "by_month"
        projection = KeysOnlyProjection()

    list_month = UnicodeAttribute(hash_key=True)
    notification_id = UnicodeAttribute(range_key=True)


class NotificationsByCertificate(GlobalSecondaryIndex["NotificationItem"]):
    class Meta:
        index_name = "by_certificate"
        projection = KeysOnlyProjection()

    certificate_id = UnicodeAttribute(hash_key=True)
    notification_id = UnicodeAttribute(range_key=True)


class NotificationsByDead(GlobalSecondaryIndex["NotificationItem"]):
    class Meta:
        index_name = "by_dead"
        projection = KeysOnlyProjection()

    dead_shard = NumberAttribute(hash_key=True)
    dead_at = Millis(range_key=True)


class NotificationItem(Item):
    """`history` is the JSON of the last ten attempts, `facts` of the certificate's, `digest` of a weekly
    digest's lists; `dlq_pending` and `is_flooded` are absent or true."""

    class Meta:
        table = "notifications"

    notification_id = UnicodeAttribute(hash_key=True)
    list_month = UnicodeAttribute()
    due_shard = NumberAttribute(null=True)
    due_at = Millis(null=True)
    dead_shard = NumberAttribute(null=True)
    dead_at = Millis(null=True)
    epoch = NumberAttribute()
    attempt = NumberAttribute()
    retry_count = NumberAttribute()
    lease_owner = UnicodeAttribute(null=True)
    lease_until = Millis(null=True)
    type = Enumerated(NotificationType)
    severity = Enumerated(Severity)
    action = Enumerated(Action)
    dedup_key = UnicodeAttribute()
    channel = UnicodeAttribute()
    channel_id = UnicodeAttribute()
    recipient = UnicodeAttribute()
    subject = UnicodeAttribute()
    message = UnicodeAttribute()
    status = Enumerated(NotificationStatus)
    certificate_id = UnicodeAttribute(null=True)
    team_id = UnicodeAttribute(null=True)
    job_id = UnicodeAttribute(null=True)
    created_at = WireTime()
    queued_at = WireTime()
    sent_at = WireTime(null=True)
    read_at = WireTime(null=True)
    next_retry_at = WireTime(null=True)
    throttle_count = NumberAttribute()
    last_error = UnicodeAttribute(null=True)
    outcome = UnicodeAttribute(null=True)
    dlq_pending = BooleanAttribute(null=True)
    history = UnicodeAttribute(null=True)
    facts = UnicodeAttribute(null=True)
    digest = UnicodeAttribute(null=True)
    is_flooded = BooleanAttribute(null=True)
    folded_into = UnicodeAttribute(null=True)
    delete_after = NumberAttribute()

    by_due = NotificationsByDue()
    by_month = NotificationsByMonth()
    by_certificate = NotificationsByCertificate()
    by_dead = NotificationsByDead()
