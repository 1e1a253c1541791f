"""How many rules there may be that give access: team-admins leave room to others."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from certctl.domain.access.permissions import ALL_TEAMS
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import Conflict
from certctl.domain.identity.access_rules import MOST_ACCESS_RULES
from certctl.domain.identity.trust_rules import MOST_RULES

MOST_OF_TEAM = 20
LEFT_TO_ADMINISTRATORS = 50
_MOST = {Kind.TRUST_RULE: (MOST_RULES, "trust rules"), Kind.ACCESS_RULE: (MOST_ACCESS_RULES, "access rules")}


def require_room(kind: Kind, count: int) -> None:
    """Raises Conflict if there are as many rules as there may be."""
    most, name = _MOST[kind]
    if count >= most:
        raise Conflict(f"There are {most} {name} already: delete one first.")


def require_room_for_teams(kind: Kind, count: int) -> None:
    """Refuses another rule of a team-admin if only the administrators' part is left. Raises Conflict."""
    most, name = _MOST[kind]
    if count >= most - LEFT_TO_ADMINISTRATORS:
        raise Conflict(
            f"There are {count} {name} already, and the last {LEFT_TO_ADMINISTRATORS} of {most} are for "
            "administrators: delete one first, or ask an administrator."
        )


def require_room_in(kind: Kind, teams: Collection[str], had: Counter[str], added: int) -> None:
    """Refuses what a team-admin adds to `teams`, which have as many rules as `had` says. Raises Conflict."""
    full = [team for team in sorted(teams) if had[team] + added > MOST_OF_TEAM]
    if full:
        raise Conflict(
            f"Team-admins give the team {full[0]} at most {MOST_OF_TEAM} {_MOST[kind][1]}, and it has "
            f"{had[full[0]]}: delete one first, or ask an administrator."
        )


def teams_of(rule: AnyEntry, accounts: Mapping[str, AnyEntry]) -> frozenset[str]:
    """In which the rule gives something; of a trust rule, the team of its service account."""
    if rule.kind is Kind.ACCESS_RULE:
        return frozenset(rule.content.teams) - {ALL_TEAMS}
    account = accounts.get(rule.content.service_account_id)
    return frozenset([account.team_id] if account is not None and account.team_id else [])


def count_by_team(rules: Iterable[AnyEntry], accounts: Mapping[str, AnyEntry]) -> Counter[str]:
    """Without those that are being deleted."""
    return Counter(team for rule in rules if not rule.is_deleting for team in teams_of(rule, accounts))
