"""Service accounts and users on the wire."""

from dataclasses import replace
from typing import Annotated, Literal, NotRequired

from pydantic import Field, StrictBool, StrictInt

from certctl.api.access.schemas import RoleGrantView, TeamId
from certctl.api.catalog.entry_bodies import Description, Email, EntryBody, Name, given_fields
from certctl.api.catalog.views import EntryView
from certctl.api.records import RecordBody
from certctl.domain.access.permissions import ALL_TEAMS, Role
from certctl.domain.access.principals import Grant
from certctl.domain.identity.accounts import ISSUES_A_DAY, MOST_GRANTS, MOST_TEAMS, ServiceAccount, User


class RoleGrantBody(RecordBody):
    """A role, and the teams that it reaches: ids, or `*` for all."""

    record = Grant

    role: Role
    teams: Annotated[list[TeamId], Field(min_length=1, max_length=MOST_TEAMS)] | Literal["*"]

    def parsed(self) -> Grant:
        teams = (ALL_TEAMS,) if self.teams == "*" else tuple(dict.fromkeys(self.teams))
        return Grant(self.role, teams)


Grants = Annotated[list[RoleGrantBody], Field(max_length=MOST_GRANTS)]
GivenGrants = Annotated[list[RoleGrantBody], Field(min_length=1, max_length=MOST_GRANTS)]


class ServiceAccountBody(EntryBody):
    """`grants` bound what its keys and tokens may do; no role reaches another grant's teams. `team_id`, the
    team that answers for it, defaults to the caller's only team. While `enabled` is false none of its
    credentials works. `issues_per_day` is how many certificates it may request or renew in a day (UTC); any
    number by default."""

    record = ServiceAccount

    description: Description = ""
    grants: GivenGrants
    enabled: StrictBool = True
    team_id: TeamId | None = None
    issues_per_day: Annotated[StrictInt, Field(ge=ISSUES_A_DAY[0], le=ISSUES_A_DAY[-1])] | None = None


class UserBody(EntryBody):
    """`grants` are those that an administrator gives, beside those of access rules. While `enabled` is false
    neither a session nor a key of the user works."""

    record = User

    name: Annotated[Name, Field(description="People may have the same name.")]
    email: Email | None = None
    grants: Grants = Field(default=[])
    enabled: StrictBool = True

    def content(self, before: User | None) -> User:
        """What the last sign-in said is kept."""
        return replace(before or User(), **given_fields(self))


class ServiceAccountView(EntryView):
    """`issues_today` is how many of `issues_per_day` it has requested today (UTC): only where one record is
    read, and only with a limit."""

    team_id: str
    description: str
    grants: list[RoleGrantView]
    enabled: bool
    issues_per_day: int | None
    issues_today: NotRequired[int]


class UserView(EntryView):
    """`grants` were given by an administrator; `rule_grants` by the access `rules` that matched at the last
    sign-in, at `verified_at`, after which keys sleep in `keys_sleep_after_days`. `provider_id`, `issuer` and
    `subject` say who signed in: null for a user who never has."""

    email: str | None
    grants: list[RoleGrantView]
    enabled: bool
    provider_id: str | None
    issuer: str | None
    subject: str | None
    rules: list[str]
    rule_grants: list[RoleGrantView]
    verified_at: str | None
    keys_sleep_after_days: int | None
