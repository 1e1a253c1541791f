"""The rows of the tables that every function touches: audit, catalog, credentials, state."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from certctl.domain.authorities import AuthorityState
from certctl.domain.permissions import Role
from certctl.domain.policies import PolicySeverity
from certctl.store.attributes import Enumerated, Millis, Texts, WireTime


class ByResource(GlobalSecondaryIndex["AuditItem"]):
    """Domain events only: an API call has no `resource`."""

    class Meta:
        index_name = "by_resource"
        projection = KeysOnlyProjection()

    resource = UnicodeAttribute(hash_key=True)
    event_id = UnicodeAttribute(range_key=True)


class ByActor(GlobalSecondaryIndex["AuditItem"]):
    class Meta:
        index_name = "by_actor"
        projection = KeysOnlyProjection()

    actor_day = UnicodeAttribute(hash_key=True)
    event_id = UnicodeAttribute(range_key=True)


class AuditItem(Model):
    """`event` is the canonical JSON, byte for byte what is hashed and exported."""

    class Meta:
        table = "audit"

    day_shard = UnicodeAttribute(hash_key=True)
    event_id = UnicodeAttribute(range_key=True)
    event = UnicodeAttribute()
    resource = UnicodeAttribute(null=True)
    actor_day = UnicodeAttribute()
    team_id = UnicodeAttribute(null=True)
    delete_after = NumberAttribute()

    by_resource = ByResource()
    by_actor = ByActor()


class ApiKeyItem(Model):
    """`kind` is `api-key`."""

    class Meta:
        table = "catalog"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    name = UnicodeAttribute()
    role = Enumerated(Role)
    teams = Texts()
    key_hash = UnicodeAttribute()
    owner_id = UnicodeAttribute(null=True)
    agent_id = UnicodeAttribute(null=True)
    created_at = WireTime()
    expires_at = WireTime(null=True)
    revoked_at = WireTime(null=True)
    last_used_at = WireTime(null=True)
    replaces = UnicodeAttribute(null=True)
    made_by = UnicodeAttribute(null=True)
    makers = Texts(null=True)


class CredentialItem(Model):
    class Meta:
        table = "credentials"

    key_hash = UnicodeAttribute(hash_key=True)
    key_id = UnicodeAttribute()
    role = Enumerated(Role)
    teams = Texts()
    owner_id = UnicodeAttribute(null=True)
    agent_id = UnicodeAttribute(null=True)
    expires_at = WireTime(null=True)
    makers = Texts(null=True)


class AuthorityItem(Model):
    """`kind` is `ca`, of one that is retired `retired_ca`; `id` the ca_id."""

    class Meta:
        table = "state"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    issuer_id = UnicodeAttribute()
    role = UnicodeAttribute()
    key_arn = UnicodeAttribute()
    certificate_pem = UnicodeAttribute()
    subject_key_identifier = UnicodeAttribute()
    not_before = WireTime()
    not_after = WireTime()
    state = Enumerated(AuthorityState)
    certificate_url = UnicodeAttribute()
    crl_url = UnicodeAttribute()
    chain_pem = UnicodeAttribute(null=True)
    all_crl_url = UnicodeAttribute(null=True)
    ocsp_url = UnicodeAttribute(null=True)
    parent_id = UnicodeAttribute(null=True)
    replaces = UnicodeAttribute(null=True)
    leaves_until = WireTime(null=True)


class CrlShardItem(Model):
    """`kind` is `crl#<ca_id>`, `id` the shard."""

    class Meta:
        table = "state"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    ca_id = UnicodeAttribute()
    shard = UnicodeAttribute()
    url = UnicodeAttribute()
    open = BooleanAttribute()
    crl_number = NumberAttribute()
    etag = UnicodeAttribute(null=True)
    this_update = WireTime(null=True)
    next_update = WireTime(null=True)
    changes = NumberAttribute()
    announced = NumberAttribute(null=True)


class IdempotencyItem(Model):
    """`kind` is `idempotency`, `id` a hash of API key, route and Idempotency-Key. Without an `answer` the
    request runs until `lease_until`; `owner` is its request id."""

    class Meta:
        table = "state"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    owner = UnicodeAttribute()
    body_sha256 = UnicodeAttribute()
    lease_until = Millis()
    answer = UnicodeAttribute(null=True)
    delete_after = NumberAttribute()


class ChannelStateItem(Model):
    """`kind` is `channel_state`, `id` the channel's. `prober` is the token of the claim that tries it."""

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


class ViolationItem(Model):
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


class OpenViolationItem(Model):
    """`kind` is `open_violations#<policy>`, `id` the certificate's: the violation that stands. `said` is a
    hash of its severity and message."""

    class Meta:
        table = "state"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    violation_id = UnicodeAttribute()
    team_id = UnicodeAttribute()
    said = UnicodeAttribute()


class PolicyStateItem(Model):
    """`kind` is `policy_state`, `id` the policy's. `job_id` is its latest evaluation, which `begun` and
    `ended` count; `open` violations stand, and of `untold` ones that began no alert was sent."""

    class Meta:
        table = "state"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    job_id = UnicodeAttribute(null=True)
    open = NumberAttribute(null=True)
    begun = NumberAttribute(null=True)
    ended = NumberAttribute(null=True)
    untold = NumberAttribute(null=True)


class CurrentViolationItem(Model):
    """`kind` is `current_violation`, `id` a hash of the policy and of what it refused: the violation that the
    same within a day belongs to."""

    class Meta:
        table = "state"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    violation_id = UnicodeAttribute()
    since = WireTime()
    delete_after = NumberAttribute()


class StateItem(Model):
    """Counters, locks, keys that are refused: see `keys.py` for the kinds."""

    class Meta:
        table = "state"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    body = UnicodeAttribute(null=True)
    owner = UnicodeAttribute(null=True)
    amount = NumberAttribute(null=True)
    members: UnicodeSetAttribute = UnicodeSetAttribute(null=True)
    delete_after = NumberAttribute(null=True)
