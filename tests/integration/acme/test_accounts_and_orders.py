"""ACME accounts and orders over HTTP, as people see them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.acme.authorizations import Authorization, AuthorizationStatus
from certctl.domain.acme.eab_keys import AuthorizationMode, ChallengeType
from certctl.domain.acme.orders import LIFETIME
from certctl.domain.acme.statuses import AccountStatus
from certctl.store.acme.authorizations import AuthorizationStore
from tests.support.acme.administered import ACCOUNTS, EAB_KEYS, ORDERS, AcmeByHttp


def test_accounts_are_listed_of_all_keys_or_of_one(acme: AcmeByHttp) -> None:
    first, second = acme.made(), acme.made()
    ids = [acme.account(first).id, acme.account(first).id]
    other = acme.account(second).id

    of_first = acme.admin.get(ACCOUNTS, eab_key_id=first["id"]).body["data"]
    assert sorted(each["id"] for each in of_first) == sorted(ids)
    assert {each["id"] for each in acme.admin.get(ACCOUNTS).body["data"]} == {*ids, other}


def test_an_account_shows_its_contacts_but_its_events_do_not(acme: AcmeByHttp) -> None:
    account = acme.account(acme.made())

    shown = acme.admin.get(f"{ACCOUNTS}/{account.id}").body
    assert shown["contacts"] == ["mailto:ada@example.com"]
    assert shown["key_type"] == "EC"
    assert acme.admin.post(f"{ACCOUNTS}/{account.id}/revoke").status == 200
    (event,) = acme.events(account.id)
    assert event["action"] == "acme_account_revoked"
    assert "ada@example.com" not in str(event)


def test_a_revoked_account_frees_its_place_once(acme: AcmeByHttp) -> None:
    key = acme.made()
    account = acme.account(key)
    operator = acme.of_team(Role.OPERATOR)

    for _ in range(2):
        assert operator.post(f"{ACCOUNTS}/{account.id}/revoke").body["status"] == "revoked"
    assert acme.admin.get(f"{EAB_KEYS}/{key['id']}").body["accounts"] == 0
    assert acme.admin.get(f"{ACCOUNTS}/{account.id}").body["ended_at"]


def test_accounts_and_orders_of_other_teams_do_not_exist(acme: AcmeByHttp) -> None:
    key = acme.made()
    account = acme.account(key)
    acme.order(account)
    other = acme.of_team(Role.OPERATOR, "t-other")

    assert other.get(ACCOUNTS).body["data"] == []
    assert other.get(ACCOUNTS, eab_key_id=key["id"]).status == 404
    assert other.get(f"{ACCOUNTS}/{account.id}").status == 404
    assert other.post(f"{ACCOUNTS}/{account.id}/revoke").status == 404
    assert other.get(ORDERS, account_id=account.id).status == 404
    assert acme.of_team(Role.VIEWER).post(f"{ACCOUNTS}/{account.id}/revoke").status == 403


def test_orders_have_the_status_that_clients_see(acme: AcmeByHttp) -> None:
    account, now = acme.account(acme.made()), acme.stack.clock()
    expired = acme.order(account, expires_at=now - timedelta(seconds=1))
    trusted = acme.order(account)
    pending = acme.order(account, mode=AuthorizationMode.CHALLENGES)
    ready = acme.order(account, mode=AuthorizationMode.CHALLENGES)
    store = AuthorizationStore(acme.stack.database)
    authorization = Authorization(
        order_id=pending.id,
        n=0,
        account_id=account.id,
        identifier=pending.identifiers[0],
        challenges=(ChallengeType.HTTP_01,),
        token="token",
        status=AuthorizationStatus.PENDING,
        expires_at=now + LIFETIME,
    )
    valid = replace(authorization, order_id=ready.id, status=AuthorizationStatus.VALID)
    acme.stack.database.transact([store.create_step(authorization), store.create_step(valid)])

    listed = acme.admin.get(ORDERS, account_id=account.id).body["data"]
    assert [(each["id"], each["status"]) for each in listed] == [
        (ready.id, "ready"),
        (pending.id, "pending"),
        (trusted.id, "ready"),
        (expired.id, "invalid"),
    ]
    assert listed[0]["identifiers"] == [{"type": "dns", "value": "a.web.example.com"}]


def test_orders_are_paged(acme: AcmeByHttp) -> None:
    account = acme.account(acme.made())
    ids = [acme.order(account).id for _ in range(3)]

    first = acme.admin.get(ORDERS, account_id=account.id, per_page="2").body
    rest = acme.admin.get(ORDERS, account_id=account.id, cursor=first["next_cursor"]).body
    assert [each["id"] for each in first["data"] + rest["data"]] == ids[::-1]


def test_orders_need_an_account(acme: AcmeByHttp) -> None:
    assert acme.admin.get(ORDERS).status == 422


@pytest.mark.parametrize("status", [AccountStatus.DEACTIVATED, AccountStatus.REVOKED])
def test_an_ended_account_stays_as_it_is(acme: AcmeByHttp, status: AccountStatus) -> None:
    account = acme.account(acme.made(), status=status)

    assert acme.admin.post(f"{ACCOUNTS}/{account.id}/revoke").body["status"] == status.value
