"""EAB keys: external account bindings (RFC 8555 section 7.3.4), each of a service account. An EAB key fixes
what the ACME accounts that it binds may request."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from certctl.domain.audit.events import UNRECORDED
from certctl.domain.policies.name_limits import problems_beyond

if TYPE_CHECKING:
    from certctl.domain.acme.identifiers import Identifier
    from certctl.domain.acme.problems import Subproblem

DEFAULT_MAX_ACCOUNTS = 10
MOST_NAME_PATTERNS = 20
MOST_CIDRS = 20
MOST_PROFILES = 20
MOST_ACCOUNTS = 10_000
_API_KEY = "key-"


class AuthorizationMode(StrEnum):
    """Trusted: identifiers are authorized at once, by the patterns of the EAB key alone."""

    TRUSTED = "trusted"
    CHALLENGES = "challenges"


class ChallengeType(StrEnum):
    HTTP_01 = "http-01"
    DNS_01 = "dns-01"
    TLS_ALPN_01 = "tls-alpn-01"


class RecordScope(StrEnum):
    """Which orders renew one record: those of the same names by the same EAB key, or also by the same ACME
    account."""

    NAMES = "names"
    PER_ACCOUNT = "per_account"


@dataclass(frozen=True)
class EabKey:
    """`profile_ids`: the first one is the default. `names`: patterns (docs/names.md) of the names that may be
    ordered; with `wildcards`, a pattern's `*` matches a wildcard name too. `challenges` are the types that an
    authorization offers, empty in the mode trusted. After `expires_at` it makes no ACME accounts, and its
    existing ones continue. `source_cidrs`: networks that requests may come from, empty for any.
    `max_accounts` is None for any number. `is_open`: ACME accounts are made
    without a binding. `generation` and `salt` are those of the MAC key: a rotation invalidates the previous
    one, and no salt repeats, so that no secret does if a restore takes the row back. Rows of earlier releases
    have no salt until their key is rotated. `answerable`: the ids of who made it, as in `Entry`; `made_by`:
    the id of the API key or user that did. `rotated_by`: those who were shown a later secret. `shown_to`: all
    who were shown a secret, by the ids of their keys and sessions, users and makers."""

    id: str
    name: str
    service_account_id: str
    team_id: str
    owner_id: str
    issuer_id: str
    profile_ids: tuple[str, ...]
    renewal_policy_id: str
    names: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    environment: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    wildcards: bool = False
    authorization: AuthorizationMode = AuthorizationMode.CHALLENGES
    challenges: tuple[ChallengeType, ...] = tuple(ChallengeType)
    source_cidrs: tuple[str, ...] = ()
    expires_at: datetime | None = None
    max_accounts: int | None = DEFAULT_MAX_ACCOUNTS
    records: RecordScope = RecordScope.NAMES
    is_open: bool = False
    generation: int = 1
    salt: str = field(default="", metadata=UNRECORDED)
    made_by: str = ""
    rotated_by: tuple[str, ...] = ()
    shown_to: tuple[str, ...] = field(default=(), metadata=UNRECORDED)
    answerable: tuple[str, ...] = field(default=(), metadata=UNRECORDED)
    revoked_at: datetime | None = None
    revision: int = 1

    @property
    def is_revoked(self) -> bool:
        return self.revoked_at is not None

    @property
    def default_profile_id(self) -> str:
        return self.profile_ids[0]

    def binds_at(self, now: datetime) -> bool:
        """Whether it makes new ACME accounts."""
        return not self.is_revoked and (self.expires_at is None or self.expires_at > now)

    def challenges_for(self, identifier: "Identifier") -> tuple[ChallengeType, ...]:
        """The challenges of its authorizations for the identifier: wildcards by dns-01 alone (RFC 8555
        section 8.4), IP addresses never by dns-01 (RFC 8738 section 7)."""
        return tuple(each for each in self.challenges if _fits(each, identifier))

    @property
    def seen_by(self) -> tuple[str, ...]:
        """Who was shown a secret, each once. In rows of earlier releases, which recorded API keys and users
        only, people and sessions that wrote the EAB key count as well."""
        earlier = () if self.shown_to else self.answerable
        writers = (each for each in earlier if not each.startswith(_API_KEY))
        return tuple(dict.fromkeys((self.made_by, *self.rotated_by, *self.shown_to, *writers)))

    def was_shown_to(self, seer_id: str) -> bool:
        """Whether the API key, session, user or service account with this id was shown a secret of it."""
        return seer_id in self.seen_by

    def changed(self, now: datetime, **values: Any) -> "EabKey":
        return replace(self, **values, updated_at=now, revision=self.revision + 1)

    def record_key(self, identifiers: Sequence["Identifier"], profile_id: str, account_id: str) -> str:
        """The hash that chooses the record which an order renews."""
        names = sorted(each.san for each in identifiers)
        scope = [account_id] if self.records is RecordScope.PER_ACCOUNT else []
        text = "\n".join([self.id, profile_id, *scope, *names])
        return hashlib.sha256(text.encode()).hexdigest()


def name_refusals(key: EabKey, identifiers: Sequence["Identifier"]) -> "list[Subproblem]":
    """The identifiers that its ACME accounts may not order."""
    # not at import: who edits keys refuses no order
    from certctl.domain.acme.problems import ProblemType, Subproblem

    reasons = ((each, _reason_against(key, each)) for each in identifiers)
    return [
        Subproblem(ProblemType.REJECTED_IDENTIFIER, reason, (each.type.value, each.value))
        for each, reason in reasons
        if reason is not None
    ]


def _reason_against(key: EabKey, identifier: "Identifier") -> str | None:
    if identifier.is_wildcard and not key.wildcards:
        return f"{identifier.san} is a wildcard name, which this EAB key does not allow"
    beyond = problems_beyond(key.names, "identifiers", [identifier.san])
    return beyond[0].message if beyond else None


def _fits(challenge: ChallengeType, identifier: "Identifier") -> bool:
    if identifier.is_wildcard:
        return challenge is ChallengeType.DNS_01
    return identifier.type == "dns" or challenge is not ChallengeType.DNS_01
