"""Service accounts and users as records of the catalog. The subject of each has the id of the record."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Grant, merged_grants
from certctl.domain.errors import FieldProblem

MOST_GRANTS = 10
MOST_TEAMS = 50
"""The most teams in all grants of one account together: each is a row that refers to the team."""
ISSUES_A_DAY = range(1, 100_001)


@dataclass(frozen=True)
class ServiceAccount:
    """A machine. Its team is the entry's `team_id`: who may change it and make its keys. `issues_per_day`:
    how many certificates it may request or renew in a day (UTC); None for any number."""

    grants: tuple[Grant, ...]
    description: str = ""
    enabled: bool = True
    issues_per_day: int | None = None

    @property
    def all_grants(self) -> tuple[Grant, ...]:
        return merged_grants(self.grants)


@dataclass(frozen=True)
class User:
    """A person. An administrator gives `grants`. The rest is of the last sign-in: `issuer` and `subject` are
    the ID token's `iss` and `sub`, which never change; `rules` are the ids of the access rules that matched,
    and `rule_grants` what they give; `keys_sleep_after_days` is the provider's setting. All of it is unset
    for a user who has never signed in."""

    grants: tuple[Grant, ...] = ()
    email: str | None = None
    enabled: bool = True
    provider_id: str | None = None
    issuer: str | None = None
    subject: str | None = None
    rules: tuple[str, ...] = ()
    rule_grants: tuple[Grant, ...] = ()
    verified_at: datetime | None = None
    keys_sleep_after_days: int | None = None

    @property
    def all_grants(self) -> tuple[Grant, ...]:
        return merged_grants((*self.grants, *self.rule_grants))

    @property
    def identity(self) -> str | None:
        """A digest of who the provider says it is; None before the first sign-in."""
        if self.issuer is None or self.subject is None:
            return None
        return identity_of(self.issuer, self.subject)


def identity_of(issuer: str, subject: str) -> str:
    return sha256(f"{issuer}\n{subject}".encode()).hexdigest()


def grant_problems(account: ServiceAccount | User) -> Iterator[FieldProblem]:
    yield from _problems(account.grants)
    if isinstance(account, ServiceAccount) and not account.grants:
        yield FieldProblem("grants", "must have at least one grant")


def _problems(grants: Sequence[Grant]) -> Iterator[FieldProblem]:
    if len({grant.role for grant in grants}) != len(grants):
        yield FieldProblem("grants", "has a role twice: give it once, with all its teams")
    if len({team for grant in grants for team in grant.teams}) > MOST_TEAMS:
        yield FieldProblem("grants", f"must name {MOST_TEAMS} teams at most")
    for number, grant in enumerate(grants):
        if grant.role is Role.AGENT:
            yield FieldProblem(f"grants.{number}.role", "agents are registered: only they have this role")
