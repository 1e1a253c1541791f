"""Items of this room. Names and types of keys are permanent (ADR 1)."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from certctl.store.attributes import WireTime
from certctl.store.rows import Item


class AgentStateItem(Item):
    """`kind` is `agent`, `id` the agent's: its last heartbeat, and when it polls next. The `alerted_*` are
    set while an alert of its silence is open. `consent_sha256` is the digest of its row of kind
    `agent_consent`, as the agent computed it."""

    class Meta:
        table = "state"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    last_heartbeat_at = WireTime()
    next_contact_at = WireTime(null=True)
    hostname = UnicodeAttribute()
    version = UnicodeAttribute()
    os = UnicodeAttribute()
    architecture = UnicodeAttribute()
    ip_address = UnicodeAttribute()
    alerted_at = WireTime(null=True)
    alerted_certificate_id = UnicodeAttribute(null=True)
    consent_sha256 = UnicodeAttribute(null=True)
    delete_after = NumberAttribute()


class CrlReportItem(Item):
    """`kind` is `crl_report`, `id` the target's. `crls` is JSON. `alerted_at` is set while an alert is
    open."""

    class Meta:
        table = "state"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    agent_id = UnicodeAttribute()
    crls = UnicodeAttribute()
    problem = UnicodeAttribute(null=True)
    reported_at = WireTime()
    alerted_at = WireTime(null=True)


class BootstrapTokenItem(Item):
    """`kind` is `bootstrap_token`, `id` the SHA-256 of its text; and a second row of kind
    `bootstrap_token_list`, whose `id` is the token's, which tokens of earlier releases lack."""

    class Meta:
        table = "state"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    token_id = UnicodeAttribute()
    token_hash = UnicodeAttribute(null=True)
    hostname_pattern = UnicodeAttribute()
    team_id = UnicodeAttribute()
    created_by = UnicodeAttribute()
    expires_at = WireTime()
    delete_after = NumberAttribute()
