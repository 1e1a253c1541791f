"""What an administrator gives of an EAB key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from certctl.domain.acme.eab_keys import (
    DEFAULT_MAX_ACCOUNTS,
    AuthorizationMode,
    ChallengeType,
    EabKey,
    RecordScope,
)
from certctl.domain.certificates.defaults import (
    DEFAULT_ISSUER,
    DEFAULT_OWNER,
    DEFAULT_PROFILE,
    DEFAULT_RENEWAL_POLICY,
)
from certctl.domain.filters import equals


@dataclass(frozen=True)
class EabKeyFields:
    """The fields that an edit replaces, as in `EabKey`."""

    name: str
    names: tuple[str, ...]
    owner_id: str = DEFAULT_OWNER
    issuer_id: str = DEFAULT_ISSUER
    profile_ids: tuple[str, ...] = (DEFAULT_PROFILE,)
    renewal_policy_id: str = DEFAULT_RENEWAL_POLICY
    environment: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    wildcards: bool = False
    authorization: AuthorizationMode = AuthorizationMode.CHALLENGES
    challenges: tuple[ChallengeType, ...] = tuple(ChallengeType)
    source_cidrs: tuple[str, ...] = ()
    expires_at: datetime | None = None
    max_accounts: int | None = DEFAULT_MAX_ACCOUNTS
    records: RecordScope = RecordScope.NAMES


@dataclass(frozen=True)
class NewEabKey:
    """`team_id` is needed if the service account may write certificates of several teams."""

    fields: EabKeyFields
    service_account_id: str
    team_id: str | None = None
    is_open: bool = False


@dataclass(frozen=True)
class EabKeyFilter:
    """EAB keys for which all of the given hold. `shown_to`: the id of an API key, session, user or service
    account that was shown a secret of it; revoked ones, whose secret binds nobody, are left out then."""

    team_id: str | None = None
    service_account_id: str | None = None
    shown_to: str | None = None

    def matches(self, key: EabKey) -> bool:
        if self.shown_to is not None and (key.is_revoked or not key.was_shown_to(self.shown_to)):
            return False
        return equals(key, self, ("shown_to",))
