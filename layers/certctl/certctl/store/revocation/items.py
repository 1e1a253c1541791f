"""Items of this room. Names and types of keys are permanent (design.md section 5)."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from certctl.domain.issuing.external import RevocationState
from certctl.store.attributes import Enumerated, WireTime


class RevocationItem(Model):
    """`ca_shard` is `<ca_id>#<shard>`: one partition is one CRL. Rows of earlier releases have no
    `delete_after` until `RevocationEnds` has reached them."""

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
    delete_after = NumberAttribute(null=True)
