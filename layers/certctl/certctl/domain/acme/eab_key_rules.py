"""What an EAB key may be, and who may write one."""

from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_network

from certctl.domain.access.permissions import ALL_TEAMS, Permission, Scope
from certctl.domain.access.principals import Grant, Principal
from certctl.domain.access.subjects import is_break_glass
from certctl.domain.acme.callers import ACTIONS
from certctl.domain.acme.eab_keys import MOST_NAME_PATTERNS, AuthorizationMode, EabKey
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.reach import reaches_record
from certctl.domain.errors import Conflict, FieldProblem, Forbidden, InvalidInput
from certctl.domain.identity.exchanged_tokens import is_exchanged
from certctl.domain.jobs.approvals import Requester
from certctl.domain.policies.name_limits import is_narrower
from certctl.domain.policies.name_ownership import ANYTHING, parse_allowed_name

_MOST_WRITERS = 100
_MOST_ROTATORS = 100
_MOST_SEERS = 300
_IDENTIFIERS = ("DNS:", "IP:")
_EVERY_NAME = frozenset({ANYTHING, "DNS:**", "IP:0.0.0.0/0", "IP:::/0"})
_OUTLASTS = (
    "This token was exchanged for one of another issuer, and writes no EAB keys: they would outlast it. "
    "Write them with a key, or after a sign-in."
)


def require_writer(caller: Principal) -> None:
    """Raises Forbidden for a caller that makes no keys, or that may do less than ACME accounts."""
    if is_exchanged(caller.key_id):
        raise Forbidden(_OUTLASTS)
    if is_break_glass(caller.subject_id):
        raise Forbidden("The break-glass key writes no EAB keys: mend the sign-in, and use your own.")
    if not caller.may_manage_keys:
        raise Forbidden(f"This credential may not manage keys, so it writes no EAB keys: {_OWN_KEY}.")
    if caller.actions and not set(ACTIONS) <= set(caller.actions):
        raise Forbidden(f"Your key lacks actions that an EAB key gives: {', '.join(ACTIONS)}.")


def require_names(caller: Principal, names: tuple[str, ...]) -> None:
    """Raises Forbidden for a caller whose key may not have all of the names of an EAB key."""
    if not is_narrower(names, caller.names):
        raise Forbidden("An EAB key cannot have names that its maker's key does not have.")


_OWN_KEY = "use an API key that no other one made, or sign in"


def require_may_open(caller: Principal) -> None:
    """Raises Forbidden."""
    if caller.scope_of(Permission.ACME_WRITE) is not Scope.ALL:
        raise Forbidden("Only administrators write an open EAB key: everybody in its networks registers.")


def serves(caller: Principal, account: AnyEntry | None, team_id: str) -> bool:
    """Whether the caller may write EAB keys of the service account for the team."""
    if account is None or account.is_deleting:
        return False
    if caller.scope_of(Permission.ACME_WRITE) is Scope.ALL:
        return True
    return caller.reaches_team(Permission.ACME_WRITE, team_id) and reaches_record(caller, account)


def team_of(account: AnyEntry, wanted: str | None) -> str:
    """The team of an EAB key of the service account. Raises InvalidInput unless the account may write its
    certificates, or if several teams are possible and none is named."""
    grants: tuple[Grant, ...] = account.content.all_grants
    writing = [grant for grant in grants if grant.scope_of(Permission.CERTIFICATES_WRITE) is not None]
    teams = tuple(dict.fromkeys(team for grant in writing for team in grant.teams))
    team_id = wanted or _only_one(teams, account.team_id)
    if team_id not in teams and ALL_TEAMS not in teams:
        raise InvalidInput.of("team_id", f"{account.id} may not write certificates of the team {team_id}")
    return team_id


def _only_one(teams: tuple[str, ...], own: str | None) -> str:
    if ALL_TEAMS in teams and own is not None:
        return own
    if len(teams) != 1:
        named = ", ".join(teams) or "no team: the service account may not write certificates"
        raise InvalidInput.of("team_id", f"is required: one of {named}")
    return teams[0]


def writers_of(caller: Principal, before: EabKey | None) -> tuple[str, ...]:
    """Who answers for an EAB key: the caller, and those who wrote it before. Raises Conflict at the end of a
    long list, which is part of each request of its ACME accounts."""
    earlier = before.answerable if before else ()
    writers = tuple(dict.fromkeys((*earlier, *Requester.of(caller).person)))
    if len(writers) > _MOST_WRITERS:
        raise Conflict("Too many people have written this EAB key: make another one in its place.")
    return writers


def rotators_of(caller: Principal, before: EabKey) -> tuple[str, ...]:
    """Raises Conflict at the end of a long list: each of them was shown a secret."""
    rotators = tuple(dict.fromkeys((*before.rotated_by, caller.maker_id)))
    if len(rotators) > _MOST_ROTATORS:
        raise Conflict("Too many keys have rotated this EAB key: make another one in its place.")
    return rotators


def seers_of(caller: Principal, before: EabKey | None) -> tuple[str, ...]:
    """The `shown_to` of an EAB key whose secret the caller is shown now. Raises Conflict at the end of a long
    list, which is part of each request of its ACME accounts."""
    earlier = before.seen_by if before else ()
    mine = (caller.maker_id, caller.credential_id, caller.subject_id, *caller.makers)
    seers = tuple(dict.fromkeys((*earlier, *(each for each in mine if each is not None))))
    if len(seers) > _MOST_SEERS:
        raise Conflict("Too many sessions have rotated this EAB key: make another one in its place.")
    return seers


def problems_of(key: EabKey, now: datetime) -> list[FieldProblem]:
    """Problems of the record itself; whether its references exist is checked elsewhere."""
    problems = [*_name_problems(key), *_network_problems(key), *_mode_problems(key)]
    if key.expires_at is not None and key.expires_at <= now:
        problems.append(FieldProblem("expires_at", "must be in the future"))
    return [*problems, *_open_problems(key)] if key.is_open else problems


def _name_problems(key: EabKey) -> Iterator[FieldProblem]:
    if not 1 <= len(key.names) <= MOST_NAME_PATTERNS:
        yield FieldProblem("names", f"must have 1 to {MOST_NAME_PATTERNS} patterns")
    for name in key.names:
        try:
            pattern = parse_allowed_name(name)
        except ValueError as error:
            yield FieldProblem("names", str(error))
            continue
        if pattern != ANYTHING and not pattern.startswith(_IDENTIFIERS):
            yield FieldProblem("names", f"{name} matches no identifier: ACME orders have DNS names and IPs")


def _network_problems(key: EabKey) -> Iterator[FieldProblem]:
    for cidr in key.source_cidrs:
        try:
            ip_network(cidr)
        except ValueError:
            message = f"{cidr[:50]!a} is not a network without host bits, such as 10.0.0.0/8 or 2001:db8::/32"
            yield FieldProblem("source_cidrs", message)


def _mode_problems(key: EabKey) -> Iterator[FieldProblem]:
    if key.authorization is AuthorizationMode.CHALLENGES and not key.challenges:
        yield FieldProblem("challenges", "must have at least one type of challenge")


def _open_problems(key: EabKey) -> Iterator[FieldProblem]:
    if key.authorization is not AuthorizationMode.CHALLENGES:
        yield FieldProblem("authorization", "must be challenges: an open EAB key trusts nobody")
    if not key.source_cidrs or any(_is_everywhere(cidr) for cidr in key.source_cidrs):
        yield FieldProblem("source_cidrs", "is required, without 0.0.0.0/0 and ::/0: the key is open")
    if key.max_accounts is None:
        yield FieldProblem("max_accounts", "is required: the key is open")
    if not _EVERY_NAME.isdisjoint(key.names):
        yield FieldProblem("names", "must not match every name: the key is open")


def _is_everywhere(cidr: str) -> bool:
    return cidr.endswith("/0")
