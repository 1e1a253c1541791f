"""Items of this room. Names and types of keys are permanent (ADR 1)."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from certctl.domain.policies.statuses import PolicySeverity
from certctl.store.attributes import Enumerated, Texts, WireTime
from certctl.store.rows import Item


class ViolationItem(Item):
    """`kind` is `violations#<month>` or `violations#policy#<policy>`, `id` the violation's: one row for each
    of its two lists."""

    class Meta:
        table = "state"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    policy_id = UnicodeAttribute()
    policy_name = UnicodeAttribute()
    certificate_id = UnicodeAttribute()
    common_name = UnicodeAttribute()
    team_id = UnicodeAttribute()
    severity = Enumerated(PolicySeverity)
    message = UnicodeAttribute()
    refused = BooleanAttribute()
    created_at = WireTime()
    last_seen_at = WireTime()
    occurrences = NumberAttribute()
    policy_revision = NumberAttribute(null=True)
    ended_at = WireTime(null=True)
    end_reason = UnicodeAttribute(null=True)
    delete_after = NumberAttribute(null=True)


class OpenViolationItem(Item):
    """`kind` is `open_violations#<policy>`, `id` the certificate's: the open violation. `said` is a hash of
    its severity and message."""

    class Meta:
        table = "state"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    violation_id = UnicodeAttribute()
    team_id = UnicodeAttribute()
    said = UnicodeAttribute()


class PolicyStateItem(Item):
    """`kind` is `policy_state`, `id` the policy's. `job_id` is its latest evaluation, which `begun` and
    `ended` count; `open` violations exist, and no alert was sent yet of `untold` ones."""

    class Meta:
        table = "state"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    job_id = UnicodeAttribute(null=True)
    open = NumberAttribute(null=True)
    begun = NumberAttribute(null=True)
    ended = NumberAttribute(null=True)
    untold = NumberAttribute(null=True)


class CurrentViolationItem(Item):
    """`kind` is `current_violation`, `id` a hash of the policy and of what it refused: the violation that the
    same refusal within a day belongs to."""

    class Meta:
        table = "state"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    violation_id = UnicodeAttribute()
    since = WireTime()
    delete_after = NumberAttribute()


class NamesEditItem(Item):
    """`kind` is `names_edit`, `id` `<made_at>#<team>#<revision>`: an edit of a team's names that is being
    worked off, in this order. `owner`, `amount` and `body` are those of a follow-up."""

    class Meta:
        table = "state"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    owner = UnicodeAttribute()
    amount = NumberAttribute()
    body = UnicodeAttribute(null=True)
    team_id = UnicodeAttribute()
    before = Texts()
    after = Texts()
    made_at = WireTime()
    exempt_until = WireTime(null=True)


class NamesExemptionItem(Item):
    """`kind` is `names_exemption`, `id` `<remind_at>#<certificate>`: deleted with the reminder."""

    class Meta:
        table = "state"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    certificate_id = UnicodeAttribute()
    team_id = UnicodeAttribute()
    until = WireTime()
    remind_at = WireTime()
