"""Rows of the State table that external issuers have."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from certctl.store.attributes import WireTime


class IssuerContactItem(Model):
    """`kind` is `issuer_contact`, `id` the issuer's."""

    class Meta:
        table = "state"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    succeeded_at = WireTime(null=True)
    failed_at = WireTime(null=True)
    error = UnicodeAttribute(null=True)
    delete_after = NumberAttribute()
