"""Items of this room. Names and types of keys are permanent (ADR 1)."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from certctl.domain.authorities.states import AuthorityState
from certctl.store.attributes import Enumerated, WireTime
from certctl.store.rows import Item


class AuthorityItem(Item):
    """`kind` is `ca`, or `retired_ca` for a retired one; `id` the ca_id."""

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
    revoked_at = WireTime(null=True)
    revocation_reason = UnicodeAttribute(null=True)
    ocsp_revokes_all = BooleanAttribute(null=True)


class CrlShardItem(Item):
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
    entries = NumberAttribute(null=True)
    published_at = WireTime(null=True)
    complete = BooleanAttribute(null=True)
    joins = NumberAttribute(null=True)
    joined_changes = NumberAttribute(null=True)
