"""A changed access rule takes what it gave from its users until they sign in again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.domain.access.permissions import ALL_TEAMS, Role
from certctl.domain.access.principals import Grant
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.identity.accounts import User
from certctl.domain.ids import new_id, ulid_of
from certctl.services.catalog.rule_withdrawals import RuleWithdrawals
from certctl.store.access.subjects import SubjectStore
from certctl.store.catalog.records import CatalogStore
from certctl.store.follow_ups import FollowUpStore
from certctl.store.keys import RULE_WITHDRAWALS
from tests.support.catalog.catalog import CatalogByHttp, a_body

RULES = "/api/v1/access-rules"
VIEWER = Grant(Role.VIEWER, (ALL_TEAMS,))
OPERATOR = Grant(Role.OPERATOR, ("t-default",))


@pytest.fixture(autouse=True)
def rules(catalog: CatalogByHttp) -> None:
    catalog.made(Kind.ACCESS_RULE, id="ar-staff", name="Staff")
    catalog.made(Kind.ACCESS_RULE, id="ar-pki", name="PKI", role="operator", teams=["t-default"])


def signed_in(catalog: CatalogByHttp, **changes: Any) -> Entry[User]:
    """A user to whom both rules gave their grants, just now."""
    now = catalog.stack.clock()
    user = User(
        provider_id="idp-trusted",
        issuer="https://issuer.example",
        subject=new_id("sub", now),
        rules=("ar-staff", "ar-pki"),
        rule_grants=(OPERATOR, VIEWER),
        verified_at=now,
    )
    entry = Entry(Kind.USER, new_id("usr", now), "Ann", replace(user, **changes), now, now)
    database = catalog.stack.database
    database.transact(CatalogStore(database).create_steps(entry))
    return entry


def grants_of(catalog: CatalogByHttp, user: Entry[User]) -> tuple[Grant, ...]:
    """What the credentials of the user may do."""
    subject = SubjectStore(catalog.stack.database).get(ulid_of(user.id))
    assert subject is not None
    return subject.grants


def maintenance(catalog: CatalogByHttp) -> RuleWithdrawals:
    return MaintenanceSchedule(catalog.stack.overrides).rule_withdrawals


def is_recorded(catalog: CatalogByHttp) -> bool:
    return FollowUpStore(catalog.stack.database, RULE_WITHDRAWALS).any()


def test_a_deleted_rule_takes_its_grants_at_once_and_leaves_those_of_others(catalog: CatalogByHttp) -> None:
    user, other = signed_in(catalog), signed_in(catalog, rules=("ar-staff",), rule_grants=(VIEWER,))

    assert catalog.admin.delete(f"{RULES}/ar-pki").status == 204

    assert grants_of(catalog, user) == (VIEWER,)
    assert grants_of(catalog, other) == (VIEWER,)
    shown = catalog.admin.get(f"/api/v1/users/{user.id}").body
    assert (shown["rules"], shown["version"]) == (["ar-staff"], 2)


def test_a_changed_rule_does_so_too_whatever_it_gives_now(catalog: CatalogByHttp) -> None:
    user = signed_in(catalog)

    edited = a_body(Kind.ACCESS_RULE, name="PKI", role="operator", teams="*")
    assert catalog.admin.put(f"{RULES}/ar-pki", edited).status == 200

    assert grants_of(catalog, user) == (VIEWER,)


def test_a_new_name_takes_nothing(catalog: CatalogByHttp) -> None:
    user = signed_in(catalog)

    renamed = a_body(Kind.ACCESS_RULE, name="Operators", role="operator", teams=["t-default"])
    assert catalog.admin.put(f"{RULES}/ar-pki", renamed).status == 200

    assert grants_of(catalog, user) == (OPERATOR, VIEWER)
    assert not is_recorded(catalog)


def test_what_an_administrator_gave_stays(catalog: CatalogByHttp) -> None:
    direct = Grant(Role.AUDITOR, (ALL_TEAMS,))
    user = signed_in(catalog, rules=("ar-pki",), rule_grants=(OPERATOR,), grants=(direct,))

    catalog.admin.delete(f"{RULES}/ar-pki")

    assert grants_of(catalog, user) == (direct,)


def test_a_sign_in_that_read_the_rule_before_its_change_is_found_later(catalog: CatalogByHttp) -> None:
    catalog.admin.delete(f"{RULES}/ar-pki")
    catalog.stack.clock.advance(timedelta(seconds=20))
    late = signed_in(catalog)
    assert maintenance(catalog).run(lambda: True) == 0

    catalog.stack.clock.advance(timedelta(minutes=3))

    assert maintenance(catalog).run(lambda: True) == 1
    assert grants_of(catalog, late) == (VIEWER,)
    assert not is_recorded(catalog)


def test_a_user_who_signed_in_again_by_the_changed_rule_keeps_what_it_gives(catalog: CatalogByHttp) -> None:
    catalog.admin.put(
        f"{RULES}/ar-pki",
        a_body(Kind.ACCESS_RULE, name="PKI", role="operator", teams=["t-default"], values=["x"]),
    )
    catalog.stack.clock.advance(timedelta(minutes=3))
    again = signed_in(catalog)

    assert maintenance(catalog).run(lambda: True) == 0
    assert grants_of(catalog, again) == (OPERATOR, VIEWER)


def test_a_run_without_time_leaves_the_work_to_the_next(catalog: CatalogByHttp) -> None:
    catalog.admin.delete(f"{RULES}/ar-pki")
    late = signed_in(catalog)
    catalog.stack.clock.advance(timedelta(minutes=3))

    assert maintenance(catalog).run(lambda: False) == 0
    assert is_recorded(catalog)
    assert maintenance(catalog).run(lambda: True) == 1
    assert grants_of(catalog, late) == (VIEWER,)


def test_the_audit_trail_says_what_each_user_lost_without_naming_the_person(catalog: CatalogByHttp) -> None:
    user = signed_in(catalog)

    catalog.admin.delete(f"{RULES}/ar-pki")

    insights = catalog.stack.admin("insights_api")
    trail = insights.get("/api/v1/audit", resource_type="user", resource_id=user.id).body["data"]
    (event,) = [event for event in trail if event["action"] == "user_updated"]
    assert "Ann" not in str(event["details"])
    assert "ar-pki" in event["details"]["before"]["content"]["rules"]
