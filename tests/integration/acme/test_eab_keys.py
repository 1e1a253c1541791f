"""EAB keys over HTTP: who makes them, what they must have, and what happens to their secrets."""

from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.catalog.record_kinds import Kind
from tests.support.acme.administered import EAB_KEYS, AcmeByHttp
from tests.support.catalog.catalog import PATHS, CatalogByHttp
from tests.support.catalog.entries import a_profile, store_entry

OPEN: dict[str, Any] = {"is_open": True, "source_cidrs": ["10.0.0.0/8"], "max_accounts": 50}


def test_a_new_key_shows_its_secret_once(acme: AcmeByHttp) -> None:
    made = acme.made()

    assert len(made["hmac_key"]) == 43
    read = acme.admin.get(f"{EAB_KEYS}/{made['id']}").body
    assert read == {k: v for k, v in made.items() if k not in ("hmac_key", "directory_url")}
    assert read["accounts"] == 0
    assert read["team_id"] == acme.team
    assert made["hmac_key"] not in acme.admin.get(EAB_KEYS).text


def test_a_rotated_key_has_another_secret(acme: AcmeByHttp) -> None:
    made = acme.made()

    rotated = acme.admin.post(f"{EAB_KEYS}/{made['id']}/rotate").body

    assert rotated["hmac_key"] != made["hmac_key"]
    assert (rotated["generation"], rotated["version"]) == (2, 2)
    assert rotated["rotated_by"] == [made["made_by"]]


def test_each_change_has_its_event_without_secrets(acme: AcmeByHttp) -> None:
    made = acme.made()
    one = f"{EAB_KEYS}/{made['id']}"
    edit = {"name": "other", "names": ["IP:10.0.0.0/8"], "version": 1}

    assert acme.admin.put(one, edit).status == 200
    secret = acme.admin.post(f"{one}/rotate").body["hmac_key"]
    assert acme.admin.post(f"{one}/revoke").status == 200
    assert acme.admin.delete(one).status == 204

    events = acme.events(made["id"])
    verbs = ("created", "updated", "rotated", "revoked", "deleted")
    assert sorted(event["action"] for event in events) == sorted(f"acme_eab_key_{verb}" for verb in verbs)
    assert made["hmac_key"] not in str(events)
    assert secret not in str(events)


def edited_at(acme: AcmeByHttp, key_id: str, edit: dict[str, Any], tag: str) -> int:
    return acme.admin.send("PUT", f"{EAB_KEYS}/{key_id}", edit, headers={"if-match": tag}).status


def test_an_edit_at_another_version_is_a_conflict(acme: AcmeByHttp) -> None:
    made = acme.made()
    edit = {"name": "other", "names": ["IP:10.0.0.0/8"]}

    assert acme.admin.put(f"{EAB_KEYS}/{made['id']}", edit | {"version": 2}).status == 409
    assert edited_at(acme, made["id"], edit, '"1"') == 200
    assert edited_at(acme, made["id"], edit, '"1"') == 409


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"names": []}, "names"),
        ({"names": ["URI:spiffe://example.com/*"]}, "names"),
        ({"names": ["*"] * 21}, "names"),
        ({"challenges": []}, "challenges"),
        ({"source_cidrs": ["10.0.0.1/8"]}, "source_cidrs"),
        ({"max_accounts": 0}, "max_accounts"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"owner_id": "o-none"}, "owner_id"),
        ({"issuer_id": "iss-none"}, "issuer_id"),
        ({"profile_ids": ["none"]}, "profile_ids"),
        ({"renewal_policy_id": "rp-none"}, "renewal_policy_id"),
        ({"team_id": "t-other"}, "team_id"),
        ({"service_account_id": "sa-none"}, "service_account_id"),
        ({**OPEN, "source_cidrs": []}, "source_cidrs"),
        ({**OPEN, "source_cidrs": ["0.0.0.0/0"]}, "source_cidrs"),
        ({**OPEN, "max_accounts": None}, "max_accounts"),
        ({**OPEN, "names": ["*:*"]}, "names"),
        ({**OPEN, "names": ["DNS:**"]}, "names"),
        ({**OPEN, "authorization": "trusted"}, "authorization"),
    ],
)
def test_what_a_key_may_not_be_is_refused_by_field(
    acme: AcmeByHttp, changes: dict[str, Any], field: str
) -> None:
    answer = acme.admin.post(EAB_KEYS, acme.body(**changes))

    assert answer.status == 422, answer.text
    assert any(error["field"].startswith(field) for error in answer.body["errors"]), answer.text


def test_a_profile_with_approval_and_an_external_issuer_are_refused(acme: AcmeByHttp) -> None:
    catalog, account = CatalogByHttp(acme.stack), acme.service_account()
    approved = catalog.made(Kind.PROFILE, requires_approval=True)["id"]
    disabled = catalog.made(Kind.ISSUER, enabled=False)["id"]
    for changes in ({"profile_ids": ["server", approved]}, {"issuer_id": disabled}):
        answer = acme.admin.post(EAB_KEYS, acme.body(service_account_id=account, **changes))
        assert answer.status == 422, answer.text


def test_the_key_of_a_disabled_service_account_is_a_conflict(acme: AcmeByHttp) -> None:
    account = acme.service_account()
    path = f"{PATHS[Kind.SERVICE_ACCOUNT]}/{account}"
    record = acme.admin.get(path).body
    body = {name: record[name] for name in ("name", "grants", "team_id")} | {"enabled": False}
    assert acme.admin.put(path, body).status == 200

    assert acme.admin.post(EAB_KEYS, acme.body(service_account_id=account)).status == 409


def test_only_one_key_is_open(acme: AcmeByHttp) -> None:
    first = acme.made(**OPEN)

    assert acme.admin.post(EAB_KEYS, acme.body(**OPEN)).status == 409
    assert acme.admin.post(f"{EAB_KEYS}/{first['id']}/revoke").status == 200
    assert acme.admin.post(EAB_KEYS, acme.body(**OPEN)).status == 201


def test_a_team_admin_makes_keys_for_its_own_service_accounts(acme: AcmeByHttp) -> None:
    lead = acme.of_team(Role.TEAM_ADMIN)
    mine, foreign = acme.service_account(), acme.service_account(team="t-other")

    assert lead.post(EAB_KEYS, acme.body(service_account_id=mine)).status == 201
    assert lead.post(EAB_KEYS, acme.body(service_account_id=foreign)).status == 422
    assert lead.post(EAB_KEYS, acme.body(service_account_id=mine, **OPEN)).status == 403


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VIEWER, Role.AUDITOR])
def test_other_roles_make_none(acme: AcmeByHttp, role: Role) -> None:
    body = acme.body()

    assert acme.of_team(role).post(EAB_KEYS, body).status == 403


def test_an_operator_revokes_a_key_of_its_team(acme: AcmeByHttp) -> None:
    made = acme.made()

    assert acme.of_team(Role.VIEWER).post(f"{EAB_KEYS}/{made['id']}/revoke").status == 403
    assert acme.of_team(Role.OPERATOR, "t-other").post(f"{EAB_KEYS}/{made['id']}/revoke").status == 404
    revoked = acme.of_team(Role.OPERATOR).post(f"{EAB_KEYS}/{made['id']}/revoke")
    assert revoked.body["revoked_at"]
    assert acme.admin.post(f"{EAB_KEYS}/{made['id']}/rotate").status == 409


def test_keys_of_other_teams_do_not_exist(acme: AcmeByHttp) -> None:
    made, other = acme.made(), acme.of_team(Role.TEAM_ADMIN, "t-other")
    one = f"{EAB_KEYS}/{made['id']}"

    assert other.get(EAB_KEYS).body["data"] == []
    for answer in (
        other.get(one),
        other.put(one, {"name": "x", "names": ["DNS:x.example.com"]}),
        other.post(f"{one}/rotate"),
        other.post(f"{one}/revoke"),
        other.delete(one),
    ):
        assert answer.status == 404, answer.text


def test_a_child_of_a_key_writes_no_eab_keys(acme: AcmeByHttp) -> None:
    body = acme.body()
    child = acme.admin.post("/api/v1/api-keys", {"name": "child", "role": "admin"}).body["key"]
    client = acme.stack.client("catalog_api", child)

    assert client.post(EAB_KEYS, body).status == 403


def test_a_key_with_names_writes_none_beyond_them(acme: AcmeByHttp) -> None:
    account = acme.service_account()
    wanted = {
        "name": "narrow",
        "role": "admin",
        "owner_id": "o-narrow",
        "names": ["DNS:**.example.com"],
    }
    narrow = acme.stack.client("catalog_api", acme.admin.post("/api/v1/api-keys", wanted).body["key"])

    within = acme.body(service_account_id=account)
    assert narrow.post(EAB_KEYS, within).status == 201
    assert narrow.post(EAB_KEYS, within | {"names": ["DNS:**.example.org"]}).status == 403


def test_what_a_key_refers_to_stays_until_it_is_revoked(acme: AcmeByHttp) -> None:
    catalog = CatalogByHttp(acme.stack)
    owner = catalog.made(Kind.OWNER, team_id="t-default")
    made = acme.made(owner_id=owner["id"])
    account = f"{PATHS[Kind.SERVICE_ACCOUNT]}/{made['service_account_id']}"

    for path in (catalog.path_of(Kind.OWNER, owner), account, f"{PATHS[Kind.TEAM]}/{acme.team}"):
        refused = acme.admin.delete(path)
        assert refused.status == 409, refused.text
        assert "EAB key" in refused.body["detail"]
    assert acme.admin.post(f"{EAB_KEYS}/{made['id']}/revoke").status == 200
    assert acme.admin.delete(catalog.path_of(Kind.OWNER, owner)).status == 204
    assert acme.admin.delete(account).status == 204


def test_a_key_with_accounts_is_not_deleted(acme: AcmeByHttp) -> None:
    made = acme.made()
    acme.account(made)

    assert acme.admin.get(f"{EAB_KEYS}/{made['id']}").body["accounts"] == 1
    assert acme.admin.delete(f"{EAB_KEYS}/{made['id']}").status == 409


def test_the_keys_whose_secret_somebody_was_shown_are_listed_until_they_are_revoked(acme: AcmeByHttp) -> None:
    made, other = acme.made(), acme.made()

    def shown_to(seer_id: str) -> list[str]:
        return [each["id"] for each in acme.admin.get(EAB_KEYS, shown_to=seer_id).body["data"]]

    maker = made["made_by"]
    assert sorted(shown_to(maker)) == sorted([made["id"], other["id"]])
    assert shown_to("usr-nobody") == []
    assert acme.admin.post(f"{EAB_KEYS}/{made['id']}/revoke").status == 200
    assert shown_to(maker) == [other["id"]]


def test_lists_are_filtered_and_paged(acme: AcmeByHttp) -> None:
    account = acme.service_account()
    ids = [acme.made(service_account_id=account)["id"] for _ in range(3)]
    acme.made()

    first = acme.admin.get(EAB_KEYS, service_account_id=account, per_page="2").body
    second = acme.admin.get(
        EAB_KEYS, service_account_id=account, per_page="2", cursor=first["next_cursor"]
    ).body
    assert sorted(each["id"] for each in first["data"] + second["data"]) == sorted(ids)
    assert second["next_cursor"] is None


def test_a_stack_without_an_acme_server_makes_none(acme: AcmeByHttp, monkeypatch: pytest.MonkeyPatch) -> None:
    body = acme.body()
    monkeypatch.setenv("CERTCTL_ACME_BINDING_KEY_ARN", "")
    acme.stack.restart()

    assert acme.admin.post(EAB_KEYS, body).status == 409


def test_a_key_takes_no_profile_that_is_not_for_its_team(acme: AcmeByHttp) -> None:
    database, now = acme.stack.database, acme.stack.clock()
    store_entry(database, a_profile("of-others", now, teams=("t-pay",)))
    store_entry(database, a_profile("of-the-team", now, teams=("t-pay", acme.team)))

    refused = acme.admin.post(EAB_KEYS, acme.body(profile_ids=["server", "of-others"]))
    made = acme.made(profile_ids=["of-the-team"])

    assert refused.status == 422, refused.text
    said = "the profile of-others is not for the team t-web"
    assert [(each["field"], each["message"]) for each in refused.body["errors"]] == [("profile_ids", said)]
    assert made["profile_ids"] == ["of-the-team"]
