"""Items of this room. Names and types of keys are permanent (ADR 1)."""

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from certctl.domain.access.permissions import Role
from certctl.store.attributes import Enumerated, Ids, Texts, WireTime
from certctl.store.rows import Item


class ApiKeyItem(Item):
    """`kind` is `api-key`."""

    class Meta:
        table = "catalog"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    name = UnicodeAttribute()
    role = Enumerated(Role, null=True)
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
    made_by_subject = UnicodeAttribute(null=True)
    makers = Texts(null=True)
    parent_id = UnicodeAttribute(null=True)
    actions = Texts(null=True)
    names = Texts(null=True)
    children = Ids(null=True)
    leaked_at = WireTime(null=True)
    subject_id = UnicodeAttribute(null=True)


class CredentialItem(Item):
    class Meta:
        table = "credentials"

    key_hash = UnicodeAttribute(hash_key=True)
    key_id = UnicodeAttribute()
    role = Enumerated(Role, null=True)
    teams = Texts()
    owner_id = UnicodeAttribute(null=True)
    agent_id = UnicodeAttribute(null=True)
    expires_at = WireTime(null=True)
    makers = Texts(null=True)
    parent_id = UnicodeAttribute(null=True)
    subject_ulid = UnicodeAttribute(null=True)
    actions = Texts(null=True)
    names = Texts(null=True)
    rule_id = UnicodeAttribute(null=True)
    made_by = UnicodeAttribute(null=True)
    issuer = UnicodeAttribute(null=True)
    claims = JSONAttribute(null=True)
    jti = UnicodeAttribute(null=True)
    session_key_id = UnicodeAttribute(null=True)
    signed_in_at = WireTime(null=True)
    provider_id = UnicodeAttribute(null=True)
    limits = Texts(null=True)
    delete_after = NumberAttribute(null=True)
