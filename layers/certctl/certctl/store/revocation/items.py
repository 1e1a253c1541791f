"""Items of this room. Names and types of keys are permanent (ADR 1)."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from certctl.domain.issuing.external_cas import RevocationState
from certctl.store.attributes import Enumerated, Millis, WireTime
from certctl.store.rows import Item


class RevocationsByReceipt(GlobalSecondaryIndex["RevocationItem"]):
    """The revocations of one CRL whose receipt is due, oldest first: only they have `due_at`."""

    class Meta:
        index_name = "by_receipt"
        projection = IncludeProjection(["crl_seen_at", "ocsp_seen_at", "ocsp_sampled_out"])

    ca_shard = UnicodeAttribute(hash_key=True)
    due_at = Millis(range_key=True)


class RevocationItem(Item):
    """`ca_shard` is `<ca_id>#<shard>`: one partition is one CRL. Rows of earlier releases have no
    `delete_after` until `RevocationEnds` has reached them. status_watch may write those of the receipt, from
    `due_at` on, and no other: a row of these alone is not a revocation."""

    class Meta:
        table = "revocations"

    ca_shard = UnicodeAttribute(hash_key=True)
    serial = UnicodeAttribute(range_key=True)
    id = UnicodeAttribute()
    ca_id = UnicodeAttribute()
    crl_shard = NumberAttribute()
    serial_number = UnicodeAttribute()
    certificate_id = UnicodeAttribute()
    issuer_id = UnicodeAttribute()
    reason = UnicodeAttribute()
    revoked_by = UnicodeAttribute()
    revoked_at = WireTime()
    not_after = WireTime()
    invalidity_date = WireTime(null=True)
    issuer_revocation = Enumerated(RevocationState, null=True)
    issuer_reason = UnicodeAttribute(null=True)
    issuer_settled_at = WireTime(null=True)
    ticket = UnicodeAttribute(null=True)
    delete_after = NumberAttribute(null=True)
    due_at = Millis(null=True)
    crl_number = NumberAttribute(null=True)
    crl_seen_at = WireTime(null=True)
    crl_seconds = NumberAttribute(null=True)
    crl_unseen_at = WireTime(null=True)
    crl_sha256 = UnicodeAttribute(null=True)
    ocsp_seen_at = WireTime(null=True)
    ocsp_seconds = NumberAttribute(null=True)
    ocsp_unseen_at = WireTime(null=True)
    ocsp_sha256 = UnicodeAttribute(null=True)
    ocsp_sampled_out = BooleanAttribute(null=True)
    expired_unseen_at = WireTime(null=True)

    by_receipt = RevocationsByReceipt()
