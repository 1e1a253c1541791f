"""`certctl acme` against the stack: EAB keys, ACME accounts, orders."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.client.conftest import Certctl
from tests.support.acme.administered import AcmeByHttp
from tests.support.client.stack import BridgedStack


@pytest.fixture
def acme(stack: BridgedStack) -> AcmeByHttp:
    return AcmeByHttp(stack.issuing.stack)


def created(certctl: Certctl, acme: AcmeByHttp, *options: str) -> dict[str, Any]:
    ran = certctl(
        *("acme", "eab", "create", "--name", "web", "--account", acme.service_account()),
        *("--allow-name", "**.web.example.com", *options, "-o", "json"),
    )
    assert ran.code == 0, ran.err
    made: dict[str, Any] = json.loads(ran.out)
    return made


def test_a_new_key_is_shown_once_with_a_command_for_certbot(certctl: Certctl, acme: AcmeByHttp) -> None:
    ran = certctl(
        *("acme", "eab", "create", "--name", "web", "--account", acme.service_account()),
        *("--allow-name", "**.web.example.com", "--tag", "cost=42", "--max-accounts", "any"),
    )

    assert ran.code == 0, ran.err
    assert "only once" in ran.err
    assert "certbot register --server" in ran.err
    assert "--eab-hmac-key" in ran.err


def test_a_secret_in_a_file_shows_nowhere(certctl: Certctl, acme: AcmeByHttp, tmp_path: Path) -> None:
    file = tmp_path / "eab.key"

    made = created(certctl, acme, "--out", str(file))

    assert "hmac_key" not in made
    assert len(file.read_text().strip()) == 43
    assert file.stat().st_mode & 0o777 == 0o600


def test_an_edit_keeps_what_is_not_named(certctl: Certctl, acme: AcmeByHttp) -> None:
    made = created(certctl, acme, "--source-cidr", "10.0.0.0/8", "--authorization", "trusted")

    ran = certctl("acme", "eab", "edit", made["id"], "--wildcards", "--max-accounts", "any", "-o", "json")

    assert ran.code == 0, ran.err
    edited = json.loads(ran.out)
    assert (edited["wildcards"], edited["max_accounts"], edited["version"]) == (True, None, 2)
    assert edited["source_cidrs"] == ["10.0.0.0/8"]
    assert edited["names"] == made["names"]


def test_a_rotated_revoked_and_deleted_key(certctl: Certctl, acme: AcmeByHttp) -> None:
    made = created(certctl, acme)

    rotated = certctl("acme", "eab", "rotate", made["id"], "--yes", "-o", "json")
    assert json.loads(rotated.out)["hmac_key"] != made["hmac_key"]
    assert certctl("acme", "eab", "revoke", made["id"], "--yes").code == 0
    shown = certctl("acme", "eab", "show", made["id"], "-o", "json")
    assert json.loads(shown.out)["revoked_at"]
    assert certctl("acme", "eab", "delete", made["id"], "--yes").code == 0
    assert certctl("acme", "eab", "show", made["id"]).code != 0


def test_the_keys_whose_secret_somebody_was_shown_are_revoked_at_once(
    certctl: Certctl, acme: AcmeByHttp
) -> None:
    first, second = created(certctl, acme), created(certctl, acme)
    maker = first["made_by"]
    listed = json.loads(certctl("acme", "eab", "list", "--shown-to", maker, "-o", "json").out)
    assert {first["id"], second["id"]} <= {each["id"] for each in listed}  # others share the stack
    assert certctl("acme", "eab", "revoke", "--shown-to", "usr-nobody").out == ""
    ran = certctl("acme", "eab", "revoke", "--shown-to", maker, "--yes")
    assert ran.code == 0, ran.err
    assert all(each["id"] in ran.err for each in (first, second))
    assert json.loads(certctl("acme", "eab", "list", "--shown-to", maker, "-o", "json").out) == []


@pytest.mark.parametrize("options", [(), ("eab-1", "--shown-to", "usr-1")])
def test_a_revocation_is_of_one_key_or_of_those_that_somebody_was_shown(
    certctl: Certctl, options: tuple[str, ...]
) -> None:
    assert "or --shown-to" in certctl("acme", "eab", "revoke", *options, "--yes").err


def test_accounts_and_orders_of_a_key(certctl: Certctl, acme: AcmeByHttp) -> None:
    made = created(certctl, acme)
    account = acme.account(made)
    order = acme.order(account)

    listed = certctl("acme", "accounts", "list", "--eab-key", made["id"], "-o", "json")
    assert [each["id"] for each in json.loads(listed.out)] == [account.id]
    orders = certctl("acme", "orders", "list", "--account", account.id, "--limit", "200", "-o", "json")
    assert [each["id"] for each in json.loads(orders.out)] == [order.id]
    revoked = certctl("acme", "accounts", "revoke", account.id, "--yes")
    assert revoked.code == 0
    assert f"{account.id} is revoked" in revoked.err


def test_a_number_of_accounts_that_is_none_is_refused(certctl: Certctl, acme: AcmeByHttp) -> None:
    made = created(certctl, acme)

    refused = certctl("acme", "eab", "edit", made["id"], "--max-accounts", "many")

    assert refused.code != 0
    assert "or any" in refused.err
