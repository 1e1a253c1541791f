"""Grants: a caller has each role in the teams of that role only, and never more than its subject."""

from dataclasses import replace
from itertools import product

import pytest

from certctl.domain.access.api_keys import Credential
from certctl.domain.access.permissions import Permission, Role, Scope
from certctl.domain.access.principals import Grant, Principal, common_grants, merged_grants
from certctl.domain.access.subjects import Subject, SubjectKind, agent_subject, new_subject
from certctl.domain.errors import NotFound
from certctl.domain.times import from_wire

NOW = from_wire("2026-11-27T07:00:00Z")
OPERATOR_WEB, VIEWER_DB = Grant(Role.OPERATOR, ("t-web",)), Grant(Role.VIEWER, ("t-db",))
BOTH = Principal("key-1", Role.OPERATOR, ("t-web",), subject_id="sa-1", further=(VIEWER_DB,))


def credential(role: Role | None = None, teams: tuple[str, ...] = ()) -> Credential:
    return Credential("hash", "key-1", role, teams)


def subject(*grants: Grant) -> Subject:
    return new_subject(SubjectKind.SERVICE_ACCOUNT, grants, NOW)


def test_no_role_reaches_the_teams_of_another_grant() -> None:
    assert BOTH.reaches_team(Permission.CERTIFICATES_WRITE, "t-web")
    assert not BOTH.reaches_team(Permission.CERTIFICATES_WRITE, "t-db")
    assert BOTH.reaches_team(Permission.CERTIFICATES_READ, "t-db")
    assert not BOTH.reaches_team(Permission.CERTIFICATES_READ, "t-mail")
    with pytest.raises(NotFound):
        BOTH.require_reach(Permission.CERTIFICATES_WRITE, "t-db", "such certificate")


def test_a_list_is_limited_to_the_teams_of_the_roles_that_may_read_it() -> None:
    assert BOTH.team_filter(Permission.CERTIFICATES_READ) == ("t-web", "t-db")
    assert BOTH.team_filter(Permission.AUDIT_READ) == ("t-web",)
    assert BOTH.team_filter(Permission.AUDIT_EXPORT) == ()
    assert BOTH.team_filter(Permission.CATALOG_READ) is None
    auditor = Principal("key-1", Role.OPERATOR, ("t-web",), further=(Grant(Role.AUDITOR, ("*",)),))
    assert auditor.team_filter(Permission.CERTIFICATES_READ) is None
    assert auditor.team_filter(Permission.CERTIFICATES_WRITE) == ("t-web",)


def test_the_scope_is_the_widest_of_all_grants() -> None:
    assert BOTH.scope_of(Permission.CATALOG_READ) is Scope.ALL
    assert BOTH.scope_of(Permission.CERTIFICATES_WRITE) is Scope.TEAMS
    assert BOTH.scope_of(Permission.API_KEYS) is Scope.OWN
    assert BOTH.scope_of(Permission.CATALOG_WRITE) is None


def test_nobody_grants_a_role_in_the_teams_of_another_grant() -> None:
    assert BOTH.may_grant(Grant(Role.VIEWER, ("t-web",)))
    assert BOTH.may_grant(Grant(Role.VIEWER, ("t-db",)))
    assert not BOTH.may_grant(Grant(Role.OPERATOR, ("t-db",)))
    assert not BOTH.may_grant(Grant(Role.VIEWER, ("t-web", "t-db")))
    assert not BOTH.may_grant(Grant(Role.OPERATOR, ("*",)))


def test_a_team_admin_gives_what_an_operator_may_do_in_its_teams_and_no_more() -> None:
    lead = Principal("key-1", Role.TEAM_ADMIN, ("t-web",), further=(VIEWER_DB,))
    assert lead.may_grant(OPERATOR_WEB)
    assert not lead.may_grant(Grant(Role.OPERATOR, ("t-db",)))
    for role in (Role.ADMIN, Role.TEAM_ADMIN, Role.AUDITOR, Role.AGENT):
        assert not lead.may_grant(Grant(role, ("t-web",)))


def test_a_team_admin_administers_what_lies_within_its_teams() -> None:
    lead = Principal("key-1", Role.TEAM_ADMIN, ("t-web", "t-mail"), further=(VIEWER_DB,))
    assert lead.administers(Permission.API_KEYS, OPERATOR_WEB)
    assert lead.administers(Permission.API_KEYS, Grant(Role.VIEWER, ("t-web", "t-mail")))
    beyond = [Grant(Role.VIEWER, teams) for teams in (("t-db",), ("t-web", "t-db"), ("*",), ())]
    equals = [Grant(role, ("t-web",)) for role in (Role.TEAM_ADMIN, Role.AUDITOR, Role.AGENT, Role.ADMIN)]
    assert not any(lead.administers(Permission.API_KEYS, grant) for grant in [*beyond, *equals])
    assert not BOTH.administers(Permission.API_KEYS, OPERATOR_WEB)
    narrowed = replace(lead, actions=(Permission.CERTIFICATES_READ,))
    assert not narrowed.administers(Permission.API_KEYS, OPERATOR_WEB)


def test_a_key_of_a_team_admin_within_one_of_its_role_keeps_it() -> None:
    grant = Grant(Role.TEAM_ADMIN, ("t-web",))
    caller = credential(Role.TEAM_ADMIN, ("*",)).principal(subject(grant, VIEWER_DB))
    assert caller is not None
    assert caller.grants == (grant, VIEWER_DB)


def test_a_key_has_the_lesser_role_in_the_teams_that_it_shares_with_its_subject() -> None:
    theirs = subject(OPERATOR_WEB, VIEWER_DB)
    caller = credential(Role.OPERATOR, ("*",)).principal(theirs)
    assert caller is not None
    assert caller.grants == (OPERATOR_WEB, VIEWER_DB)
    assert caller.subject_id == theirs.id
    narrow = credential(Role.VIEWER, ("t-web",)).principal(theirs)
    assert narrow is not None
    assert narrow.grants == (Grant(Role.VIEWER, ("t-web",)),)


def test_a_key_without_a_role_has_all_grants_of_its_subject() -> None:
    caller = credential().principal(subject(VIEWER_DB, OPERATOR_WEB))
    assert caller is not None
    assert caller.grants == (OPERATOR_WEB, VIEWER_DB)


def test_without_a_common_grant_there_is_no_caller() -> None:
    assert credential(Role.OPERATOR, ("t-web",)).principal(subject()) is None
    assert credential(Role.OPERATOR, ("t-web",)).principal(subject(VIEWER_DB)) is None
    assert credential(Role.OPERATOR, ("*",)).principal(subject(Grant(Role.AUDITOR, ("*",)))) is None
    assert credential().principal(subject()) is None


@pytest.mark.parametrize("teams", [(), ("t-web",), ("*",)])
def test_a_role_that_needs_no_team_is_kept_without_one(teams: tuple[str, ...]) -> None:
    of_subject = subject(Grant(Role.AUDITOR, teams))

    caller = credential(Role.AUDITOR, ()).principal(of_subject)

    assert caller is not None
    assert caller.teams == ()
    assert caller.scope_of(Permission.AUDIT_READ) is Scope.ALL


def test_a_key_of_an_earlier_release_has_its_own_role_and_teams() -> None:
    caller = credential(Role.OPERATOR, ("t-web",)).principal(None)
    assert caller is not None
    assert (caller.grants, caller.subject_id) == ((OPERATOR_WEB,), None)
    assert credential().principal(None) is None


@pytest.mark.parametrize(("one", "other"), list(product(Role, Role)))
def test_what_two_grants_share_is_within_both(one: Role, other: Role) -> None:
    left, right = Grant(one, ("t-1", "t-2")), Grant(other, ("t-2", "t-3"))
    shared = common_grants([left], [right])
    assert shared == common_grants([right], [left])
    for grant, permission, team in product(shared, Permission, ("t-1", "t-2", "t-3", "t-4", None)):
        if grant.reaches_team(permission, team):
            assert left.reaches_team(permission, team)
            assert right.reaches_team(permission, team)


def test_grants_of_one_role_are_one() -> None:
    grants = [Grant(Role.VIEWER, ("t-1",)), Grant(Role.ADMIN, ("*", "t-1")), Grant(Role.VIEWER, ("t-2",))]
    assert merged_grants(grants) == (Grant(Role.ADMIN, ("*",)), Grant(Role.VIEWER, ("t-1", "t-2")))


def test_an_agent_whose_id_is_that_of_another_subject_has_a_row_of_its_own() -> None:
    account = subject(OPERATOR_WEB)
    others = {agent_subject(f"{prefix}-{account.ulid}").ulid for prefix in ("sa", "usr", "agt")}
    assert len({account.ulid, *others}) == 4
    assert agent_subject("agt-1") == agent_subject("agt-1")
    assert agent_subject("agt-1", enabled=False).grants == ()
