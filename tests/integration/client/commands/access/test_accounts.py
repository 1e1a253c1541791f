"""`certctl service-accounts` and `certctl users`."""

import json

from certctl.domain.access.permissions import Role
from tests.integration.client.conftest import Certctl
from tests.support.catalog.catalog import CatalogByHttp
from tests.support.client.stack import BridgedStack
from tests.support.identity.sessions import SESSION, browser
from tests.support.identity.sign_ins import signed_in, signed_in_as


def test_a_service_account_and_a_user_are_made_listed_and_disabled(certctl: Certctl) -> None:
    grants = ("--grant", "operator:t-default", "--grant", "viewer:*")
    ran = certctl("-o", "json", "service-accounts", "create", "--name", "ci", *grants)
    assert ran.code == 0, ran.err
    account = json.loads(ran.out)
    assert account["grants"] == [
        {"role": "operator", "teams": ["t-default"]},
        {"role": "viewer", "teams": "*"},
    ]
    assert "operator: t-default; viewer: *" in certctl("service-accounts", "list").out
    ran = certctl("-o", "json", "users", "create", "--name", "Ada", "--email", "ada@example.com")
    assert ran.code == 0, ran.err
    user = json.loads(ran.out)
    edited = certctl("-o", "json", "users", "edit", user["id"], "--no-enabled")
    assert (edited.code, json.loads(edited.out)["enabled"]) == (0, False), edited.err
    assert certctl("service-accounts", "delete", account["id"], "--yes").code == 0


def test_a_grant_without_teams_is_refused_with_an_example(certctl: Certctl) -> None:
    ran = certctl("users", "create", "--name", "Ada", "--grant", "operator")
    assert (ran.code != 0, "--grant operator:t-web" in ran.err) == (True, True)


def test_a_key_is_made_for_an_account_and_listed_with_it(certctl: Certctl) -> None:
    ran = certctl("-o", "json", "service-accounts", "create", "--name", "deploys", "--grant", "viewer:*")
    account = json.loads(ran.out)["id"]
    ran = certctl("-o", "json", "keys", "create", "--name", "deploy", "--account", account)
    assert ran.code == 0, ran.err
    key = json.loads(ran.out)
    assert (key["subject_id"], key["role"]) == (account, None)
    listed = json.loads(certctl("-o", "json", "keys", "list", "--account", account).out)
    assert [each["id"] for each in listed] == [key["id"]]


def test_a_session_of_a_user_is_listed_and_ended(certctl: Certctl, stack: BridgedStack) -> None:
    deployed = stack.issuing.stack
    user = signed_in_as(CatalogByHttp(deployed), Role.VIEWER)
    text = signed_in(deployed, user)
    listed = certctl("-o", "json", "users", "sessions", "list", user.id)
    assert listed.code == 0, listed.err
    (session,) = json.loads(listed.out)
    assert (session["client"], session["current"]) == ("browser", False)

    ended = certctl("users", "sessions", "end", user.id, session["id"], "--yes")

    assert ended.code == 0, ended.err
    assert browser(deployed, "identity_api", text).get(SESSION).status == 401
    assert json.loads(certctl("-o", "json", "users", "sessions", "list", user.id).out) == []
