"""EAB keys on the wire."""

from typing import TYPE_CHECKING, Annotated, TypedDict

from pydantic import AfterValidator, BaseModel, Field, StrictInt, StringConstraints

from certctl.api.records import EACH_ONCE, STRICT, RecordId, values_of, view_of
from certctl.api.texts import PLAIN, PLAIN_TEXT, VISIBLE, Tags
from certctl.api.times import Moment
from certctl.domain.acme.eab_keys import (
    DEFAULT_MAX_ACCOUNTS,
    MOST_ACCOUNTS,
    MOST_CIDRS,
    MOST_NAME_PATTERNS,
    MOST_PROFILES,
    AuthorizationMode,
    ChallengeType,
    RecordScope,
)
from certctl.domain.acme.requests import EabKeyFields, NewEabKey
from certctl.domain.certificates.defaults import (
    DEFAULT_ISSUER,
    DEFAULT_OWNER,
    DEFAULT_PROFILE,
    DEFAULT_RENEWAL_POLICY,
)
from certctl.domain.policies.name_ownership import MAX_PATTERN_LENGTH, parse_allowed_name

if TYPE_CHECKING:
    from certctl.services.acme.administered import CountedEabKey

_Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=128, pattern=f"^{PLAIN}+$"),
    VISIBLE,
]
_Pattern = Annotated[
    str, Field(min_length=1, max_length=MAX_PATTERN_LENGTH), AfterValidator(parse_allowed_name)
]
_Cidr = Annotated[str, Field(min_length=1, max_length=50)]
_Version = Annotated[
    StrictInt, Field(ge=1, description="The version that was read: a change is refused (409) at another.")
]
_ALL_CHALLENGES = list(ChallengeType)


class EabKeyFieldsBody(BaseModel):
    """What the ACME accounts of an EAB key may order. `names`: patterns of names, such as
    `DNS:**.example.com`, `IP:10.0.0.0/8`. With `wildcards` their `*` matches a wildcard name too.
    `authorization` trusted: identifiers are valid at once, else by one of the `challenges`. `profile_ids`:
    the first one is the default. `source_cidrs`: networks that requests may come from; any if empty.
    `expires_at`: it makes no ACME accounts after this. `max_accounts`: valid ACME accounts; null for any
    number. `records`: which orders renew one certificate, those of the same names (`names`), or also of the
    same ACME account (`per_account`). Issuers are those of this stack's CAs, profiles need no approval."""

    model_config = STRICT

    name: _Name
    names: Annotated[list[_Pattern], Field(min_length=1, max_length=MOST_NAME_PATTERNS), EACH_ONCE]
    owner_id: RecordId = DEFAULT_OWNER
    issuer_id: RecordId = DEFAULT_ISSUER
    profile_ids: Annotated[list[RecordId], Field(min_length=1, max_length=MOST_PROFILES), EACH_ONCE] = [
        DEFAULT_PROFILE
    ]
    renewal_policy_id: RecordId = DEFAULT_RENEWAL_POLICY
    environment: Annotated[str, Field(max_length=64, pattern=PLAIN_TEXT), VISIBLE] = ""
    tags: Tags = {}
    wildcards: bool = False
    authorization: AuthorizationMode = AuthorizationMode.CHALLENGES
    challenges: Annotated[list[ChallengeType], Field(max_length=len(ChallengeType)), EACH_ONCE] = (
        _ALL_CHALLENGES
    )
    source_cidrs: Annotated[list[_Cidr], Field(max_length=MOST_CIDRS), EACH_ONCE] = []
    expires_at: Moment | None = None
    max_accounts: Annotated[StrictInt, Field(ge=1, le=MOST_ACCOUNTS)] | None = DEFAULT_MAX_ACCOUNTS
    records: RecordScope = RecordScope.NAMES


class EabKeyBody(EabKeyFieldsBody):
    """Replaces all fields of the EAB key but its service account, its team and `is_open`."""

    version: _Version | None = None

    def parsed(self) -> EabKeyFields:
        return _fields(self, "version")


class NewEabKeyBody(EabKeyFieldsBody):
    """`team_id` is required if the service account may write certificates of several teams. `is_open`: ACME
    accounts are made without it; for administrators, with challenges, `source_cidrs` and `max_accounts`."""

    service_account_id: RecordId
    team_id: RecordId | None = None
    is_open: bool = False

    def parsed(self) -> NewEabKey:
        fields = _fields(self, "service_account_id", "team_id", "is_open")
        return NewEabKey(fields, self.service_account_id, self.team_id, self.is_open)


def _fields(body: EabKeyFieldsBody, *others: str) -> EabKeyFields:
    return EabKeyFields(**{name: value for name, value in values_of(body).items() if name not in others})


class EabKeyView(TypedDict):
    """`accounts`: how many valid ACME accounts it has. `made_by`: the API key or user that made it;
    `rotated_by`: those who were shown a later secret. `generation` is that of its secret."""

    id: str
    name: str
    service_account_id: str
    team_id: str
    owner_id: str
    issuer_id: str
    profile_ids: list[str]
    renewal_policy_id: str
    names: list[str]
    environment: str
    tags: dict[str, str]
    wildcards: bool
    authorization: AuthorizationMode
    challenges: list[ChallengeType]
    source_cidrs: list[str]
    expires_at: str | None
    max_accounts: int | None
    records: RecordScope
    is_open: bool
    accounts: int
    generation: int
    made_by: str
    rotated_by: list[str]
    revoked_at: str | None
    created_at: str
    updated_at: str
    version: int


class MintedEabKeyView(EabKeyView):
    """`hmac_key` is the secret, in base64url, shown in this response only; the key id is `id`.
    `directory_url` is null while the stack has no host name for ACME."""

    hmac_key: str
    directory_url: str | None


def eab_key_view(counted: "CountedEabKey") -> EabKeyView:
    version = counted.key.revision
    return view_of(EabKeyView, counted.key, accounts=counted.accounts, version=version)


def minted_eab_key_view(counted: "CountedEabKey", secret: str, directory_url: str | None) -> MintedEabKeyView:
    return MintedEabKeyView(**eab_key_view(counted), hmac_key=secret, directory_url=directory_url)
