"""Items of this room. Names and types of keys are permanent (ADR 1)."""

import json

from pynamodb.attributes import Attribute, BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.constants import STRING

from certctl.domain.acme.authorizations import AuthorizationStatus
from certctl.domain.acme.eab_keys import AuthorizationMode, ChallengeType, RecordScope
from certctl.domain.acme.identifiers import Identifier, IdentifierType
from certctl.domain.acme.statuses import AccountStatus
from certctl.store.attributes import Enumerated, Ids, Millis, TextMap, Texts, WireTime
from certctl.store.rows import Item


class IdentifiersText(Attribute[tuple[Identifier, ...]]):
    """JSON that is written and read as a whole: `[["dns", "www.example.com"], ...]`."""

    attr_type = STRING

    def serialize(self, value: tuple[Identifier, ...]) -> str:
        return json.dumps([[each.type.value, each.value] for each in value], separators=(",", ":"))

    def deserialize(self, value: str) -> tuple[Identifier, ...]:
        return tuple(Identifier(IdentifierType(kind), name) for kind, name in json.loads(value))


class ChallengesText(Attribute[tuple[ChallengeType, ...]]):
    """The types of challenges, with spaces between."""

    attr_type = STRING

    def serialize(self, value: tuple[ChallengeType, ...]) -> str:
        return " ".join(value)

    def deserialize(self, value: str) -> tuple[ChallengeType, ...]:
        return tuple(map(ChallengeType, value.split()))


class Places(Attribute[tuple[int, ...]]):
    """Numbers in one text, with spaces between."""

    attr_type = STRING

    def serialize(self, value: tuple[int, ...]) -> str:
        return " ".join(map(str, value))

    def deserialize(self, value: str) -> tuple[int, ...]:
        return tuple(map(int, value.split()))


class EabKeyItem(Item):
    """`kind` is `acme-eab-key`."""

    class Meta:
        table = "catalog"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    name = UnicodeAttribute()
    service_account_id = UnicodeAttribute()
    team_id = UnicodeAttribute()
    owner_id = UnicodeAttribute()
    issuer_id = UnicodeAttribute()
    profile_ids = Texts()
    renewal_policy_id = UnicodeAttribute()
    names = Texts()
    environment = UnicodeAttribute(null=True)
    tags = TextMap(null=True)
    wildcards = BooleanAttribute()
    authorization = Enumerated(AuthorizationMode)
    challenges = ChallengesText(null=True)
    source_cidrs = Texts(null=True)
    expires_at = WireTime(null=True)
    max_accounts = NumberAttribute(null=True)
    records = Enumerated(RecordScope)
    is_open = BooleanAttribute()
    generation = NumberAttribute()
    made_by = UnicodeAttribute()
    salt = UnicodeAttribute(null=True)
    rotated_by = Texts(null=True)
    shown_to = Texts(null=True)
    answerable = Texts(null=True)
    created_at = WireTime()
    updated_at = WireTime()
    revoked_at = WireTime(null=True)
    revision = NumberAttribute()


class OpenEabKeyItem(Item):
    """`kind` is `acme-open-eab-key`, `id` is `-`: there is one at most."""

    class Meta:
        table = "catalog"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    eab_key_id = UnicodeAttribute()


class AcmeAccountItem(Item):
    """`kind` is `acme-account`."""

    class Meta:
        table = "catalog"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    eab_key_id = UnicodeAttribute()
    service_account_id = UnicodeAttribute()
    team_id = UnicodeAttribute()
    thumbprint = UnicodeAttribute()
    jwk = TextMap()
    contacts = Texts(null=True)
    terms_agreed_at = WireTime(null=True)
    status = Enumerated(AccountStatus)
    created_at = WireTime()
    updated_at = WireTime()
    ended_at = WireTime(null=True)
    last_seen_at = WireTime(null=True)
    revision = NumberAttribute()


class OrderItem(Item):
    """`kind` is `acme_order#<ACME account>`, so that an order is found with its account only."""

    class Meta:
        table = "state"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    account_id = UnicodeAttribute()
    eab_key_id = UnicodeAttribute()
    identifiers = IdentifiersText()
    profile_id = UnicodeAttribute()
    has_profile = BooleanAttribute(null=True)
    mode = Enumerated(AuthorizationMode)
    created_at = WireTime()
    expires_at = WireTime()
    replaces = UnicodeAttribute(null=True)
    deactivated = Places(null=True)
    certificate_id = UnicodeAttribute(null=True)
    job_id = UnicodeAttribute(null=True)
    csr_sha256 = UnicodeAttribute(null=True)
    finalized_at = WireTime(null=True)
    downloaded_at = WireTime(null=True)
    refused = UnicodeAttribute(null=True)
    revision = NumberAttribute()
    delete_after = NumberAttribute()


class AuthorizationItem(Item):
    """`kind` is `acme_authz#<order>`, `n` the place of its identifier, as `id` with three digits."""

    class Meta:
        table = "state"

    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    account_id = UnicodeAttribute()
    identifier = IdentifiersText()
    challenges = ChallengesText()
    token = UnicodeAttribute()
    status = Enumerated(AuthorizationStatus)
    expires_at = WireTime()
    answered = Enumerated(ChallengeType, null=True)
    thumbprint = UnicodeAttribute(null=True)
    account_url = UnicodeAttribute(null=True)
    answered_at = Millis(null=True)
    validated_at = WireTime(null=True)
    addresses = Ids(null=True)
    error_type = UnicodeAttribute(null=True)
    error_detail = UnicodeAttribute(null=True)
    attempt = NumberAttribute()
    due_at = Millis(null=True)
    lease_owner = UnicodeAttribute(null=True)
    lease_until = Millis(null=True)
    delete_after = NumberAttribute()
