"""The catalog: named configuration records that certificates and other records refer to."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from certctl.domain.access.permissions import Permission
from certctl.domain.agents.polls import AgentStatus, status_of
from certctl.domain.audit.events import UNRECORDED
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import FieldProblem
from certctl.domain.notifications.digests.settings import DEFAULT_ZONE, DigestSetting
from certctl.domain.policies.name_ownership import ANYTHING

if TYPE_CHECKING:
    from certctl.domain.agents.consents import Consent
    from certctl.domain.agents.crl_reports import CrlReport


_WRITTEN_WITH = {
    Kind.OWNER: Permission.OWNERS_WRITE,
    Kind.TARGET: Permission.TARGETS_WRITE,
    Kind.AGENT: Permission.AGENTS_WRITE,
    Kind.IDENTITY_PROVIDER: Permission.IDENTITY_WRITE,
    Kind.TRUST_RULE: Permission.TRUST_RULES_WRITE,
    Kind.ACCESS_RULE: Permission.ACCESS_RULES_WRITE,
    Kind.SERVICE_ACCOUNT: Permission.SERVICE_ACCOUNTS_WRITE,
    Kind.USER: Permission.USERS_WRITE,
}


def write_permission(kind: Kind) -> Permission:
    return _WRITTEN_WITH.get(kind, Permission.CATALOG_WRITE)


_READ_WITH = {
    Kind.TARGET: Permission.TEAM_RECORDS_READ,
    Kind.TRUST_RULE: Permission.TEAM_RECORDS_READ,
    Kind.ACCESS_RULE: Permission.TEAM_RECORDS_READ,
    Kind.SERVICE_ACCOUNT: Permission.TEAM_RECORDS_READ,
    Kind.USER: Permission.USERS_READ,
}
"""Users' records have names and mail addresses of people; the others say how a team may be entered."""


def read_permission(kind: Kind) -> Permission:
    return _READ_WITH.get(kind, Permission.CATALOG_READ)


TEAM_KINDS = frozenset({Kind.OWNER, Kind.TARGET, Kind.AGENT, Kind.SERVICE_ACCOUNT})
"""The kinds whose records have a team."""
ANSWERED_FOR = frozenset({Kind.SERVICE_ACCOUNT, Kind.TRUST_RULE})
"""The writer of such a record may have used its credentials."""


@dataclass(frozen=True)
class Team:
    """`email` gets the mail of certificates whose owner has no address. `allowed_names` are patterns of
    `policies.name_ownership`, in their normal form; None in a record that was made before teams had them,
    and may have any name. `time_zone`, an IANA name, is that of its weekly digest."""

    description: str = ""
    email: str | None = None
    allowed_names: tuple[str, ...] | None = None
    digest: DigestSetting = DigestSetting.WEEKLY
    time_zone: str = DEFAULT_ZONE

    @property
    def names(self) -> tuple[str, ...]:
        return (ANYTHING,) if self.allowed_names is None else self.allowed_names


@dataclass(frozen=True)
class Owner:
    """An owner. The team is the entry's `team_id`. `time_zone`, an IANA name, is that of the weekly
    digest."""

    email: str | None = None
    digest: DigestSetting = DigestSetting.WEEKLY
    time_zone: str = DEFAULT_ZONE


@dataclass(frozen=True)
class IssuerContact:
    """The last response and the last failure of an external issuer, with the `error`: a sentence without
    secrets. A refusal is a response."""

    succeeded_at: datetime | None = None
    failed_at: datetime | None = None
    error: str | None = None

    @property
    def is_good(self) -> bool:
        """If both are of one second, the failure counts as the later one."""
        if self.failed_at is None:
            return True
        return self.succeeded_at is not None and self.succeeded_at > self.failed_at


@dataclass(frozen=True)
class Issuer:
    """`config` holds references to secrets, never secrets. `last_contact` is stored beside the record: see
    `store.catalog.issuer_health`."""

    type: str
    config: dict[str, Any]
    enabled: bool = True
    last_contact: IssuerContact | None = None


@dataclass(frozen=True)
class Target:
    """A place where an agent installs certificates, or CRLs. Its team is the entry's `team_id`. `unfit`, what
    the agent's host does not allow of it, is computed on reading; `crl_report` is stored beside it."""

    type: str
    config: dict[str, Any]
    agent_id: str | None = None
    enabled: bool = True
    unfit: tuple[FieldProblem, ...] | None = None
    crl_report: "CrlReport | None" = field(default=None, metadata=UNRECORDED)


@dataclass(frozen=True)
class Agent:
    """A host's deployment agent. `key_id` names its first API key, `enrolled_by` the key or session that made
    it, or its bootstrap token; None for an agent of an earlier release. Its team is the entry's `team_id`.
    Its reports and its host's consent are stored beside the record: see `agents.with_heartbeat`. Without a
    `consent` it is of an earlier release, and may do anything."""

    hostname: str
    key_id: str
    registered_at: datetime
    last_heartbeat_at: datetime | None = None
    version: str = ""
    os: str = ""
    architecture: str = ""
    ip_address: str = ""
    next_contact_at: datetime | None = None
    consent: "Consent | None" = None
    enrolled_by: str | None = None

    def status(self, now: datetime) -> AgentStatus:
        return status_of(self.last_heartbeat_at, self.next_contact_at, now)
