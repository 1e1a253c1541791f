"""Access rules: which people of an identity provider have which role, by a claim of their ID token."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from certctl.domain.access.permissions import ALL_TEAMS, Permission, Role
from certctl.domain.access.principals import Grant, Principal, common_grants, merged_grants
from certctl.domain.access.subjects import may_give_roles
from certctl.domain.errors import FieldProblem, Forbidden
from certctl.domain.identity.trust_rules import shown_path, values_at

if TYPE_CHECKING:
    from certctl.domain.identity.accounts import User
    from certctl.domain.identity.claims import Claims
    from certctl.domain.identity.identity_providers import Path

MOST_ACCESS_RULES = 200
MOST_TEAMS = 20
MOST_VALUES = 50
LONGEST_VALUE = 256
ROLES_OF_ALL_TEAMS = frozenset({Role.ADMIN, Role.AUDITOR})
"""The roles whose permissions reach every team, whichever teams a grant names."""
_MAIL = ("email",)
_GROUPS = "groups"
_LEFT_OUT = "_claim_names"
"""Names the claims that a token refers to instead of having them (OpenID Connect Core 5.6.2). Entra ID does
so with the groups of people who are in over 200."""
_HAS_GROUPS = "hasgroups"


@dataclass(frozen=True)
class AccessRule:
    """People get `role` within `teams` (`*` for all) if their claim at `claim_path` is one of `values`, or is
    a list that has one of them. Values are compared exactly."""

    provider_id: str
    claim_path: "Path"
    values: tuple[str, ...]
    role: Role
    teams: tuple[str, ...]

    @property
    def grant(self) -> Grant:
        return Grant(self.role, self.teams)


@dataclass(frozen=True)
class RuleResult:
    """`reason` is a sentence for the writer of rules: it may quote the claims."""

    rule_id: str
    matched: bool
    reason: str


@dataclass(frozen=True)
class Evaluation:
    """`results` has each rule, in the order given. `refusal` is why the claims as a whole admit nobody,
    whatever matched; `grants` are then empty."""

    results: tuple[RuleResult, ...]
    grants: tuple[Grant, ...]
    refusal: str | None = None

    @property
    def admitted(self) -> bool:
        return bool(self.grants)

    @property
    def rule_ids(self) -> tuple[str, ...]:
        """The rules that matched; none of a refusal."""
        if self.refusal is not None:
            return ()
        return tuple(result.rule_id for result in self.results if result.matched)


def evaluate(rules: Mapping[str, AccessRule], claims: "Claims") -> Evaluation:
    """The rules of one provider, by id, against verified claims of its. Matches add up; without one nobody is
    admitted. Linear in the rules and the values of the claims."""
    results = tuple(_result(rule_id, rule, claims) for rule_id, rule in rules.items())
    if refusal := _overage(rules.values(), _left_out(claims)):
        return Evaluation(results, (), refusal)
    grants = [rules[result.rule_id].grant for result in results if result.matched]
    return Evaluation(results, merged_grants(grants))


def _result(rule_id: str, rule: AccessRule, claims: "Claims") -> RuleResult:
    name, found = shown_path(rule.claim_path), set(values_at(claims, rule.claim_path))
    if not found:
        return RuleResult(rule_id, False, f"There is no claim {name} that can be compared.")
    if rule.claim_path == _MAIL and not _has_verified_mail(claims):
        return RuleResult(rule_id, False, "The address is not verified: email_verified is not true.")
    match = next((value for value in rule.values if value in found), None)
    if match is None:
        return RuleResult(rule_id, False, f"{name} has none of the rule's values.")
    return RuleResult(rule_id, True, f"{name} has {match}.")


def _has_verified_mail(claims: "Claims") -> bool:
    """Cognito's UserInfo sends a text."""
    verified = claims.get("email_verified")
    return verified is True or verified == "true"


def _left_out(claims: "Claims") -> Collection[str] | None:
    """Claims that the token only refers to; None if that cannot be read, so that any may be."""
    named = claims.get(_LEFT_OUT, {})
    if not isinstance(named, dict):
        return None
    return {*named, _GROUPS} if claims.get(_HAS_GROUPS) not in (None, False, "false") else named


def _overage(rules: Iterable[AccessRule], missing: Collection[str] | None) -> str | None:
    """Some of the claims decide nothing: a person with too many groups would get some of their roles."""
    needed = dict.fromkeys(rule.claim_path[0] for rule in rules)
    absent = [name for name in needed if missing is None or name in missing]
    if not absent:
        return None
    return (
        f"The provider left {absent[0][:64]} out of the token because it has too many values. "
        "Use app roles, or limit the groups that the provider sends to those assigned to the application."
    )


def without_rule(user: "User", rule_id: str, rules: Mapping[str, AccessRule]) -> "User":
    """The user with no more than the other rules of the last sign-in give, of `rules`, which are in force;
    and no more than before, because these may give more by now."""
    kept = tuple(each for each in user.rules if each != rule_id and each in rules)
    given = merged_grants(rules[each].grant for each in kept)
    return replace(user, rules=kept, rule_grants=common_grants(user.rule_grants, given))


def require_may_write(caller: Principal, rule: AccessRule) -> None:
    """A rule gives no more than its writer has, and whole roles. Raises Forbidden."""
    if not may_give_roles(caller):
        raise Forbidden(
            "A key that is limited to actions or names writes no access rules: they give whole roles."
        )
    if not caller.gives_by_rule(Permission.ACCESS_RULES_WRITE, rule.grant):
        raise Forbidden("An access rule cannot give a role, or teams, that its writer does not have.")


def access_rule_problems(rule: AccessRule) -> Iterator[FieldProblem]:
    if len(set(rule.values)) != len(rule.values):
        yield FieldProblem("values", "has one twice")
    for number, value in enumerate(rule.values):
        yield from _value_problems(number, value)
    if rule.role is Role.AGENT:
        yield FieldProblem("role", "is for agents, not for people")
    if len(set(rule.teams)) != len(rule.teams):
        yield FieldProblem("teams", "has one twice")
    if rule.role in ROLES_OF_ALL_TEAMS and rule.teams != (ALL_TEAMS,):
        yield FieldProblem("teams", f"must be *: the role {rule.role} reaches all teams")


def _value_problems(number: int, value: str) -> Iterator[FieldProblem]:
    if not value.isprintable():
        yield FieldProblem(f"values.{number}", "must be printable characters")
    if "*" in value:
        yield FieldProblem(f"values.{number}", "must be exact: there are no patterns in access rules")
