"""Trust rules: which tokens of an identity provider act as which service account."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certctl.domain.access.permissions import Permission
from certctl.domain.errors import FieldProblem
from certctl.domain.identity.claim_patterns import is_exact, matches, pattern_problem
from certctl.domain.identity.claims import LEEWAY_SECONDS, Claims
from certctl.domain.identity.identity_providers import (
    PINS,
    SINGLE_USE,
    IdentityProvider,
    Path,
    ProviderType,
    branches_of,
    event_of,
    is_of_people,
    pin_of,
)

MOST_RULES = 200
MOST_CLAIMS = 20
MOST_VALUES = 50
DEEPEST_PATH = 5
LONGEST_NAME = 128
LIFETIMES = range(60, 3601)
TOKEN_AGES = range(60, 86401)


@dataclass(frozen=True)
class ClaimRule:
    """One of `values` must be the claim at `path`, or an element of it if it is a list."""

    path: Path
    values: tuple[str, ...]

    @property
    def name(self) -> str:
        return shown_path(self.path)


@dataclass(frozen=True)
class TrustRule:
    """All `claims` must hold. `audience` is the token's `aud`: the stack's URL if None. `single_use` takes
    each token (`jti`) once: as the provider's type has it if None. `max_token_age_seconds` counts from the
    token's `iat`, `lifetime_seconds` is that of the credential. `actions` (as in `grants_of`) and `names` (as
    in `Principal`) narrow the credential; None for all that the account has."""

    provider_id: str
    service_account_id: str
    claims: tuple[ClaimRule, ...]
    audience: str | None = None
    lifetime_seconds: int = 900
    max_token_age_seconds: int = 3600
    single_use: bool | None = None
    enabled: bool = True
    actions: tuple[Permission, ...] | None = None
    names: tuple[str, ...] | None = None

    def takes_once(self, provider: ProviderType) -> bool:
        return provider in SINGLE_USE if self.single_use is None else self.single_use


@dataclass(frozen=True)
class RuleCheck:
    """`detail` says what was wrong with the claim, without a value that the rule expects."""

    name: str
    passed: bool
    detail: str


def rule_problems(rule: TrustRule) -> Iterator[FieldProblem]:
    """Problems of the rule by itself; `pin_problems` has those that depend on its provider."""
    if not rule.claims:
        yield FieldProblem("claims", "must have at least one claim")
    if len({claim.path for claim in rule.claims}) != len(rule.claims):
        yield FieldProblem("claims", "has a path twice")
    for number, claim in enumerate(rule.claims):
        yield from _claim_problems(f"claims.{number}", claim)
    if rule.lifetime_seconds not in LIFETIMES:
        yield FieldProblem("lifetime_seconds", "must be 60 to 3600")
    if rule.max_token_age_seconds not in TOKEN_AGES:
        yield FieldProblem("max_token_age_seconds", "must be 60 to 86400")


def _claim_problems(field: str, claim: ClaimRule) -> Iterator[FieldProblem]:
    if not claim.values or len(set(claim.values)) != len(claim.values):
        yield FieldProblem(f"{field}.values", "must have at least one value, none twice")
    for number, value in enumerate(claim.values):
        problem = pattern_problem(value)
        if problem is not None:
            yield FieldProblem(f"{field}.values.{number}", problem)


def pin_problems(rule: TrustRule, provider: ProviderType) -> Iterator[FieldProblem]:
    """A name can be given to another repository or role: one identifier that cannot must be exact."""
    pin = pin_of(provider)
    pinned = next((claim for claim in rule.claims if claim.path == pin), None)
    if pinned is None or not all(map(is_exact, pinned.values)):
        yield FieldProblem(
            "claims",
            f"must have {shown_path(pin)} with exact values: tokens of {provider} are told apart by it",
        )


def audience_problems(
    rule: TrustRule, issuer: str, providers: Iterable[IdentityProvider]
) -> Iterator[FieldProblem]:
    """`providers` are all that there are, the rule's is of `issuer`."""
    if is_of_people(rule.audience, issuer, providers):
        yield FieldProblem(
            "audience", "is the client that people sign in with: the rule would take their ID tokens"
        )


def warnings_of(rule: TrustRule, provider: ProviderType) -> list[str]:
    """What the rule allows that its writer may not expect."""
    branches = branches_of(provider)
    if branches and not {claim.path for claim in rule.claims} & set(branches):
        return ["Any branch is admitted: all who may push one act as the service account. Add ref or sub."]
    return []


def replaces(after: TrustRule, before: TrustRule) -> bool:
    """Whether no token that the one admitted is admitted by the other: both pin the same claim, of which each
    token has one value, to other values."""
    had = {claim.path: claim.values for claim in before.claims if claim.path in PINS}
    pinned = [(had[claim.path], claim.values) for claim in after.claims if claim.path in had]
    return any(all(map(is_exact, (*old, *new))) and set(old).isdisjoint(new) for old, new in pinned)


def checks_of(
    rule: TrustRule, provider: IdentityProvider, claims: Claims, now: datetime
) -> tuple[RuleCheck, ...]:
    """All of them: the rule admits the claims if each passed."""
    return (
        *(_claim_check(claim, claims) for claim in rule.claims),
        *_event_checks(rule, provider.type, claims),
        _age_check(rule, claims, now),
        *_use_checks(rule, provider.type, claims),
    )


def _claim_check(rule: ClaimRule, claims: Claims) -> RuleCheck:
    found = values_at(claims, rule.path)
    if not found:
        return RuleCheck(rule.name, False, f"The token has no claim {rule.name} that can be compared.")
    if any(matches(pattern, value) for pattern in rule.values for value in found):
        return RuleCheck(rule.name, True, "")
    return RuleCheck(rule.name, False, f"The token's {rule.name} is none of the rule's values.")


def _event_checks(rule: TrustRule, provider: ProviderType, claims: Claims) -> Iterator[RuleCheck]:
    event = event_of(provider)
    if event is None:
        return
    named = {value for claim in rule.claims if claim.path == event.path for value in claim.values}
    caused = [value for value in values_at(claims, event.path) if value.startswith(event.foreign)]
    passed = set(caused) <= named
    detail = "" if passed else f"The token is of {caused[0][:64]}, which the rule does not name."
    yield RuleCheck(shown_path(event.path), passed, detail)


def _age_check(rule: TrustRule, claims: Claims, now: datetime) -> RuleCheck:
    issued = claims.get("iat")
    if isinstance(issued, bool) or not isinstance(issued, int | float):
        return RuleCheck("iat", False, "The token has no iat.")
    if now.timestamp() - issued > rule.max_token_age_seconds + LEEWAY_SECONDS:
        return RuleCheck("iat", False, f"The token was issued over {rule.max_token_age_seconds} seconds ago.")
    return RuleCheck("iat", True, "")


def _use_checks(rule: TrustRule, provider: ProviderType, claims: Claims) -> Iterator[RuleCheck]:
    if rule.takes_once(provider):
        passed = bool(values_at(claims, ("jti",)))
        yield RuleCheck(
            "jti", passed, "" if passed else "The token has no jti: the rule takes each token once."
        )


def values_at(claims: Claims, path: Sequence[str]) -> tuple[str, ...]:
    """The texts of a claim: one, or those of a list. None for objects, fractions and null."""
    value: Any = claims
    for name in path:
        if not isinstance(value, dict) or name not in value:
            return ()
        value = value[name]
    return tuple(text for each in (value if isinstance(value, list) else [value]) if (text := _text(each)))


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return value if isinstance(value, str) else None


def shown_path(path: Sequence[str]) -> str:
    """The path for people, as in `kubernetes.io > namespace`."""
    return " > ".join(path)
