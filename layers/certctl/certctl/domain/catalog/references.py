"""Which catalog records refer to which."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certctl.domain.access.permissions import ALL_TEAMS
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.certificates.statuses import Lifecycle
from certctl.domain.policies.policy_types import PolicyType


@dataclass(frozen=True)
class Reference:
    """A reference to a record; `field` is the field that contains it."""

    kind: Kind
    id: str
    field: str

    @property
    def place(self) -> tuple[Kind, str]:
        return self.kind, self.id


def references_of(entry: AnyEntry) -> list[Reference]:
    """Each reference once, in the order of their fields."""
    return list({reference.place: reference for reference in _all(entry)}.values())


def _all(entry: AnyEntry) -> Iterator[Reference]:
    if entry.team_id is not None:
        yield Reference(Kind.TEAM, entry.team_id, "team_id")
    kind, content = entry.kind, entry.content
    if kind is Kind.TARGET and content.agent_id is not None:
        yield Reference(Kind.AGENT, content.agent_id, "agent_id")
    if kind in (Kind.TRUST_RULE, Kind.ACCESS_RULE):
        yield Reference(Kind.IDENTITY_PROVIDER, content.provider_id, "provider_id")
    if kind is Kind.ACCESS_RULE:
        for team_id in content.teams:
            if team_id != ALL_TEAMS:
                yield Reference(Kind.TEAM, team_id, "teams")
    if kind is Kind.PROFILE:
        for team_id in content.teams or ():
            yield Reference(Kind.TEAM, team_id, "teams")
    if kind is Kind.TRUST_RULE:
        yield Reference(Kind.SERVICE_ACCOUNT, content.service_account_id, "service_account_id")
    if kind in (Kind.SERVICE_ACCOUNT, Kind.USER):
        yield from _granted_teams(content)
    if kind is Kind.POLICY and content.type is PolicyType.ALLOWED_ISSUERS:
        for issuer_id in content.config.get("issuer_ids", ()):
            yield Reference(Kind.ISSUER, issuer_id, "config.issuer_ids")


def _granted_teams(account: Any) -> Iterator[Reference]:
    """A team with grants is not deleted: another one of its id would inherit them."""
    for number, grant in enumerate(account.grants):
        for team_id in grant.teams:
            if team_id != ALL_TEAMS:
                yield Reference(Kind.TEAM, team_id, f"grants.{number}.teams")


_ANSWERABLE = (Kind.OWNER, Kind.TEAM)


def is_used_by(kind: Kind, lifecycle: Lifecycle, expires_at: datetime | None, now: datetime) -> bool:
    """Whether a certificate that names a record still needs it. An ended certificate keeps the id as text,
    for history; but until it expires its issuer may have to publish a revocation, and somebody answers for an
    archived one just as long."""
    if not lifecycle.has_ended:
        return True
    outlasts = kind is Kind.ISSUER or (kind in _ANSWERABLE and lifecycle is Lifecycle.ARCHIVED)
    return outlasts and expires_at is not None and expires_at > now
