"""Items of this room. Names and types of keys are permanent (ADR 1)."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from certctl.domain.certificates.acme import AcmeOrigin
from certctl.domain.certificates.statuses import Lifecycle, RenewalState, VersionState
from certctl.store import search_keys
from certctl.store.attributes import Enumerated, FilledTextMap, Millis, TextMap, TextRecord, Texts, WireTime
from certctl.store.rows import Item


class ByMonth(GlobalSecondaryIndex["CertificateItem"]):
    class Meta:
        index_name = "by_month"
        projection = KeysOnlyProjection()

    list_month = UnicodeAttribute(hash_key=True)
    list_key = UnicodeAttribute(range_key=True)


class ByExpiry(GlobalSecondaryIndex["CertificateItem"]):
    class Meta:
        index_name = "by_expiry"
        projection = KeysOnlyProjection()

    expiry_month = UnicodeAttribute(hash_key=True)
    expiry_key = UnicodeAttribute(range_key=True)


class ByLifecycle(GlobalSecondaryIndex["CertificateItem"]):
    class Meta:
        index_name = "by_lifecycle"
        projection = KeysOnlyProjection()

    lifecycle = UnicodeAttribute(hash_key=True)
    changed_at = WireTime(range_key=True)


class ByOwner(GlobalSecondaryIndex["CertificateItem"]):
    class Meta:
        index_name = "by_owner"
        projection = KeysOnlyProjection()

    owner_id = UnicodeAttribute(hash_key=True)
    list_key = UnicodeAttribute(range_key=True)


class ByTeam(GlobalSecondaryIndex["CertificateItem"]):
    class Meta:
        index_name = "by_team"
        projection = KeysOnlyProjection()

    team_id = UnicodeAttribute(hash_key=True)
    list_key = UnicodeAttribute(range_key=True)


class ByIssuer(GlobalSecondaryIndex["CertificateItem"]):
    class Meta:
        index_name = "by_issuer"
        projection = KeysOnlyProjection()

    issuer_id = UnicodeAttribute(hash_key=True)
    list_key = UnicodeAttribute(range_key=True)


class CertificatesByDue(GlobalSecondaryIndex["CertificateItem"]):
    """Certificates with a planned action: a renewal or an alert."""

    class Meta:
        index_name = "by_due"
        projection = KeysOnlyProjection()

    due_shard = NumberAttribute(hash_key=True)
    next_action_at = Millis(range_key=True)


class CertificateItem(Item):
    """`record` is `certificate`. `expiry_*` only while live, `changed_at` only while not
    Active, or if the renewal goes on or has failed, or the ACME client has stopped."""

    class Meta:
        table = "certificates"

    certificate_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    list_month = UnicodeAttribute()
    list_key = UnicodeAttribute()
    expiry_month = UnicodeAttribute(null=True)
    expiry_key = UnicodeAttribute(null=True)
    changed_at = WireTime(null=True)
    due_shard = NumberAttribute(null=True)
    next_action_at = Millis(null=True)
    name = UnicodeAttribute()
    common_name = UnicodeAttribute()
    sans = Texts()
    environment = UnicodeAttribute()
    owner_id = UnicodeAttribute()
    team_id = UnicodeAttribute()
    issuer_id = UnicodeAttribute()
    renewal_policy_id = UnicodeAttribute()
    certificate_profile_id = UnicodeAttribute()
    target_ids = Texts()
    tags = TextMap()
    subject = FilledTextMap(null=True)
    lifecycle = Enumerated(Lifecycle)
    renewal_state = Enumerated(RenewalState)
    serial_number = UnicodeAttribute(null=True)
    not_before = WireTime(null=True)
    expires_at = WireTime(null=True)
    last_renewal_at = WireTime(null=True)
    last_deployment_at = WireTime(null=True)
    revoked_at = WireTime(null=True)
    revocation_reason = UnicodeAttribute(null=True)
    held_from = Enumerated(Lifecycle, null=True)
    open_job_id = UnicodeAttribute(null=True)
    open_failures = Texts(null=True)
    alerted = Texts(null=True)
    failed_targets = Texts(null=True)
    renewal_failures = NumberAttribute(null=True)
    renewal_error = UnicodeAttribute(null=True)
    renewal_ended_at = WireTime(null=True)
    ari_start = WireTime(null=True)
    ari_end = WireTime(null=True)
    ari_refresh_at = WireTime(null=True)
    ari_campaign_id = UnicodeAttribute(null=True)
    names_exempt_until = WireTime(null=True)
    key_type = UnicodeAttribute(null=True)
    acme = TextRecord(AcmeOrigin, null=True)
    acme_stopped_at = WireTime(null=True)
    created_at = WireTime()
    updated_at = WireTime()
    revision = NumberAttribute()

    by_month = ByMonth()
    by_expiry = ByExpiry()
    by_lifecycle = ByLifecycle()
    by_owner = ByOwner()
    by_team = ByTeam()
    by_issuer = ByIssuer()
    by_due = CertificatesByDue()


class VersionItem(Item):
    """`record` is `version#<not_after>#<serial>`, so that the unexpired ones are one range."""

    class Meta:
        table = "certificates"

    certificate_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    serial_number = UnicodeAttribute()
    ca_id = UnicodeAttribute()
    crl_shard = NumberAttribute()
    job_id = UnicodeAttribute()
    state = Enumerated(VersionState)
    not_before = WireTime()
    not_after = WireTime()
    created_at = WireTime()
    spki_sha256 = UnicodeAttribute(null=True)
    fingerprint_sha256 = UnicodeAttribute(null=True)
    no_rev_avail = BooleanAttribute(null=True)
    key_type = UnicodeAttribute(null=True)
    downloaded_at = WireTime(null=True)
    acme_account_id = UnicodeAttribute(null=True)


class PemItem(Item):
    """`record` is `pem#<serial>`."""

    class Meta:
        table = "certificates"

    certificate_id = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    serial_number = UnicodeAttribute()
    certificate_pem = UnicodeAttribute()
    chain_pem = UnicodeAttribute()
    csr_pem = UnicodeAttribute()


class NamesByCertificate(GlobalSecondaryIndex["NameItem"]):
    class Meta:
        index_name = "by_certificate"
        projection = KeysOnlyProjection()

    certificate_id = UnicodeAttribute(hash_key=True)
    name_key = UnicodeAttribute(range_key=True)


class NameItem(Item):
    class Meta:
        table = "names"

    zone = UnicodeAttribute(hash_key=True)
    name_key = UnicodeAttribute(range_key=True)
    certificate_id = UnicodeAttribute()

    by_certificate = NamesByCertificate()


class SearchItem(Item):
    """A key without other attributes: it has no entry in the index of names. Only rows of observed
    certificates that are forgotten have `delete_after`."""

    class Meta:
        table = "names"

    zone = UnicodeAttribute(hash_key=True)
    name_key = UnicodeAttribute(range_key=True)
    delete_after = NumberAttribute(null=True)

    @property
    def found_id(self) -> str:
        return search_keys.searched_id(self.name_key)
