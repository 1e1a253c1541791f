"""Items of this room. Names and types of keys are permanent (ADR 1)."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from certctl.domain.certificates.statuses import VersionState
from certctl.store.attributes import Enumerated, WireTime
from certctl.store.rows import Item


class BySpki(GlobalSecondaryIndex["SerialItem"]):
    class Meta:
        index_name = "by_spki"
        projection = KeysOnlyProjection()

    spki_sha256 = UnicodeAttribute(hash_key=True)
    ca_serial = UnicodeAttribute(range_key=True)


class SerialItem(Item):
    """No serial is signed without a row here. Those of leaves stay: `delete_after` is of OCSP responders."""

    class Meta:
        table = "serials"

    ca_serial = UnicodeAttribute(hash_key=True)
    spki_sha256 = UnicodeAttribute()
    certificate_id = UnicodeAttribute()
    job_id = UnicodeAttribute()
    crl_shard = NumberAttribute()
    not_after = WireTime()
    state = Enumerated(VersionState)
    delete_after = NumberAttribute(null=True)

    by_spki = BySpki()
