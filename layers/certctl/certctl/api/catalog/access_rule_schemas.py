"""Access rules on the wire."""

from typing import Annotated, Any, Literal

from pydantic import Field

from certctl.api.access.schemas import TeamId
from certctl.api.catalog.entry_bodies import EntryBody, EntryId, given_fields
from certctl.api.catalog.trust_schemas import ClaimName
from certctl.api.catalog.views import EntryView
from certctl.domain.access.permissions import ALL_TEAMS, Role
from certctl.domain.identity.access_rules import LONGEST_VALUE, MOST_TEAMS, MOST_VALUES, AccessRule
from certctl.domain.identity.trust_rules import DEEPEST_PATH

_Value = Annotated[str, Field(min_length=1, max_length=LONGEST_VALUE)]


class AccessRuleBody(EntryBody):
    """A person who signs in with the provider gets `role` within `teams` if the claim at `claim_path` is one
    of `values`, or is a list that has one of them. Values are exact. A rule on `email` also needs
    `email_verified`. `admin` and `auditor` reach all teams: `*`."""

    record = AccessRule

    provider_id: EntryId
    claim_path: Annotated[list[ClaimName], Field(min_length=1, max_length=DEEPEST_PATH)]
    values: Annotated[list[_Value], Field(min_length=1, max_length=MOST_VALUES)]
    role: Role
    teams: Annotated[list[TeamId], Field(min_length=1, max_length=MOST_TEAMS)] | Literal["*"]

    def content(self, _: Any) -> AccessRule:
        teams = (ALL_TEAMS,) if self.teams == "*" else tuple(self.teams)
        return AccessRule(**given_fields(self) | {"teams": teams})


class AccessRuleView(EntryView):
    """`teams` is `*` for all."""

    provider_id: str
    claim_path: list[str]
    values: list[str]
    role: Role
    teams: list[str] | Literal["*"]
