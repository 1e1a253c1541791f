"""What may be given: nobody gives more than they have."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from certctl.domain.access.permissions import Permission, Role
from certctl.domain.access.principals import Grant, Principal
from certctl.domain.catalog.entries import AnyEntry, Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import Conflict, Forbidden
from certctl.domain.identity.accounts import MOST_TEAMS, ServiceAccount, User, grant_problems
from certctl.services.catalog.accounts import require_may_give, require_other

_NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)
_ADMIN = Principal("key-1", Role.ADMIN, ("*",), subject_id="usr-1")
_LEAD = Principal("key-2", Role.TEAM_ADMIN, ("t-web", "t-shop"))


def account(*grants: Grant, enabled: bool = True) -> AnyEntry:
    content = ServiceAccount(grants, enabled=enabled)
    return Entry(Kind.SERVICE_ACCOUNT, "sa-1", "ci", content, _NOW, _NOW, team_id="t-web")


@pytest.mark.parametrize(
    "grant",
    [
        Grant(Role.ADMIN, ("t-web",)),
        Grant(Role.AUDITOR, ("t-web",)),
        Grant(Role.TEAM_ADMIN, ("t-web",)),
        Grant(Role.OPERATOR, ("*",)),
        Grant(Role.VIEWER, ("t-db",)),
    ],
)
def test_a_team_admin_gives_no_greater_role_and_no_further_team(grant: Grant) -> None:
    given = account(Grant(Role.VIEWER, ("t-web",)), grant)
    with pytest.raises(Forbidden):
        require_may_give(_LEAD, None, given)
    with pytest.raises(Forbidden):
        require_may_give(_LEAD, given, replace(given, name="renamed"))
    require_may_give(_ADMIN, None, given)


def test_a_team_admin_gives_roles_up_to_operator_in_its_teams() -> None:
    require_may_give(_LEAD, None, account(Grant(Role.OPERATOR, ("t-shop",)), Grant(Role.VIEWER, ("t-web",))))


def test_a_key_limited_to_actions_gives_nothing_but_may_disable() -> None:
    limited = replace(_ADMIN, actions=(Permission.SERVICE_ACCOUNTS_WRITE,))
    had = account(Grant(Role.VIEWER, ("t-web",)))
    with pytest.raises(Forbidden):
        require_may_give(limited, None, had)
    with pytest.raises(Forbidden):
        require_may_give(limited, had, account(Grant(Role.ADMIN, ("*",))))
    disabled = account(Grant(Role.VIEWER, ("t-web",)), enabled=False)
    require_may_give(limited, had, disabled)
    with pytest.raises(Forbidden):
        require_may_give(limited, disabled, had)
    require_may_give(limited, had, replace(had, name="renamed"))


def test_nobody_ends_their_own_account() -> None:
    me = Entry(Kind.USER, "usr-1", "Ada", User(enabled=False), _NOW, _NOW)
    with pytest.raises(Conflict):
        require_may_give(_ADMIN, None, me)
    with pytest.raises(Conflict):
        require_other(_ADMIN, me)
    require_other(_ADMIN, replace(me, id="usr-2"))


def test_grants_of_rules_add_to_those_of_an_administrator() -> None:
    user = User((Grant(Role.VIEWER, ("t-db",)),), rule_grants=(Grant(Role.VIEWER, ("t-web",)),))
    assert user.all_grants == (Grant(Role.VIEWER, ("t-db", "t-web")),)


def test_an_account_names_a_bounded_number_of_teams() -> None:
    teams = tuple(f"t-{number}" for number in range(MOST_TEAMS + 1))
    grants = (Grant(Role.VIEWER, teams[:30]), Grant(Role.OPERATOR, teams[30:]))
    assert [problem.field for problem in grant_problems(User(grants))] == ["grants"]
    assert list(grant_problems(User((Grant(Role.VIEWER, teams[:MOST_TEAMS]),)))) == []
