"""Previews of access rules on the wire."""

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict

from pydantic import BaseModel, Field

from certctl.api.access.schemas import RoleGrantView, teams_view
from certctl.api.identity.token_schemas import LONGEST_ASSERTION
from certctl.api.records import STRICT, view_of
from certctl.domain.access.permissions import Role
from certctl.domain.errors import InvalidInput

if TYPE_CHECKING:
    from certctl.domain.identity.access_rules import RuleResult
    from certctl.services.identity.rule_previews import AccessPreview


class AccessPreviewBody(BaseModel):
    """Either an ID token of the provider, for any client, which is verified; or the `claims` that one would
    have, with those of UserInfo. Nothing is stored."""

    model_config = STRICT

    provider_id: Annotated[str, Field(min_length=1, max_length=64)]
    claims: Annotated[dict[str, Any], Field(max_length=200)] | None = None
    token: Annotated[str, Field(min_length=1, max_length=LONGEST_ASSERTION)] | None = None

    def check(self) -> None:
        """Raises InvalidInput."""
        if (self.token is None) == (self.claims is None):
            raise InvalidInput.of("claims", "give either token or claims")


class RuleResultView(TypedDict):
    """An access rule, what it gives, and why it matched or did not."""

    rule_id: str
    name: str
    role: Role
    teams: list[str] | Literal["*"]
    matched: bool
    reason: str


class AccessPreviewView(TypedDict):
    """`admitted` if a rule matched and there is no `refusal`, which is why the claims as a whole admit
    nobody, or the token is refused. `grants` is what the matching rules give together. Rules that the caller
    may not read are left out."""

    admitted: bool
    refusal: str | None
    grants: list[RoleGrantView]
    rules: list[RuleResultView]


def access_preview_view(preview: "AccessPreview") -> AccessPreviewView:
    found = preview.evaluation
    return AccessPreviewView(
        admitted=found.admitted,
        refusal=found.refusal,
        grants=[RoleGrantView(role=grant.role, teams=teams_view(grant.teams)) for grant in found.grants],
        rules=[_result_view(preview, result) for result in preview.evaluation.results],
    )


def _result_view(preview: "AccessPreview", result: "RuleResult") -> RuleResultView:
    rule = preview.rules[result.rule_id]
    teams = teams_view(rule.content.teams)
    return view_of(RuleResultView, result, name=rule.name, role=rule.content.role, teams=teams)
