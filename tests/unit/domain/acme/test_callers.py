"""What an ACME account has of its service account."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from certctl.domain.access.permissions import ALL_TEAMS, Permission, Role
from certctl.domain.access.principals import Grant
from certctl.domain.access.subjects import Subject, SubjectKind, new_subject
from certctl.domain.acme.accounts import AcmeAccount
from certctl.domain.acme.callers import caller_of, require_source
from certctl.domain.acme.eab_keys import EabKey
from certctl.domain.acme.problems import AcmeProblem
from certctl.domain.audit.events import ActorType
from certctl.domain.jobs.approvals import Requester
from tests.support.acme.key_fields import an_eab_key

NOW = datetime(2026, 12, 1, tzinfo=UTC)
MAKER = "usr-maker"


def subject(*grants: Grant, **fields: Any) -> Subject:
    return replace(new_subject(SubjectKind.SERVICE_ACCOUNT, grants, NOW), **fields)


def eab_key(of: Subject, **fields: Any) -> EabKey:
    return an_eab_key(NOW, **{"service_account_id": of.id, "answerable": (MAKER,)} | fields)


def account(of: Subject) -> AcmeAccount:
    return AcmeAccount("acct-1", "eab-1", of.id, "t-web", "thumb", {}, NOW, NOW)


def test_it_has_the_role_of_an_operator_in_the_team_of_its_eab_key_alone() -> None:
    admin = subject(Grant(Role.ADMIN, (ALL_TEAMS,)))
    principal = caller_of(account(admin), eab_key(admin), admin).principal
    assert [(each.role, each.teams) for each in principal.grants] == [(Role.OPERATOR, ("t-web",))]
    assert principal.reaches_team(Permission.CERTIFICATES_WRITE, "t-web")
    assert not principal.reaches_team(Permission.CERTIFICATES_WRITE, "t-db")
    for beyond in (Permission.JOBS_APPROVE, Permission.TARGETS_WRITE, Permission.CATALOG_WRITE):
        assert principal.scope_of(beyond) is None
    assert not principal.may_manage_keys
    assert principal.names == ("DNS:**.example.com",)


def test_it_has_no_more_than_its_service_account() -> None:
    viewer = subject(Grant(Role.VIEWER, ("t-web",)))
    principal = caller_of(account(viewer), eab_key(viewer), viewer).principal
    assert principal.scope_of(Permission.CERTIFICATES_WRITE) is None


@pytest.mark.parametrize("grants", [(), (Grant(Role.OPERATOR, ("t-db",)),), (Grant(Role.AUDITOR, ("*",)),)])
def test_without_a_role_in_the_team_it_may_do_nothing(grants: tuple[Grant, ...]) -> None:
    other = subject(*grants)
    with pytest.raises(AcmeProblem):
        caller_of(account(other), eab_key(other), other)


def test_without_its_enabled_service_account_it_may_do_nothing() -> None:
    operator = subject(Grant(Role.OPERATOR, ("t-web",)))
    for gone in (None, replace(operator, enabled=False), replace(operator, id="sa-another")):
        with pytest.raises(AcmeProblem):
            caller_of(account(operator), eab_key(operator), gone)


def test_events_name_the_service_account_the_acme_account_and_the_eab_key() -> None:
    operator = subject(Grant(Role.OPERATOR, ("t-web",)), issues_per_day=7)
    principal = caller_of(account(operator), eab_key(operator), operator).principal
    assert (principal.actor.id, principal.actor.type) == (operator.id, ActorType.SERVICE)
    used = principal.actor.credential
    assert used is not None
    assert (used.id, used.kind, used.made_by) == ("acct-1", "acme-account", "eab-1")
    assert principal.issues_per_day == 7


@pytest.mark.parametrize("answerable", [(), ("usr-owner",)])
def test_who_made_the_eab_key_approves_nothing_that_it_requests(answerable: tuple[str, ...]) -> None:
    operator = subject(Grant(Role.OPERATOR, ("t-web",)), answerable=answerable)
    asker = Requester.of(caller_of(account(operator), eab_key(operator), operator).principal)
    assert Requester("key-1", subject_id=MAKER).is_same_person_as(asker)
    assert not Requester("key-2", subject_id="usr-other").is_same_person_as(asker)


@pytest.mark.parametrize(
    ("address", "is_inside"),
    [("10.1.2.3", True), ("11.0.0.1", False), ("2001:db8::1", True), ("2001:db9::1", False), ("", False)],
)
def test_networks_admit_the_addresses_within(address: str, is_inside: bool) -> None:
    cidrs = ("10.0.0.0/8", "2001:db8::/32")
    require_source((), address)
    if is_inside:
        require_source(cidrs, address)
    else:
        with pytest.raises(AcmeProblem):
            require_source(cidrs, address)
