"""The handler of stack_admin: hourly upkeep, a custom PKI host, the dashboard's URL, restored keys."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from certctl.compose.rooms.base import Overrides, utc_now
from certctl.compose.stack_admin import StackAdmin
from certctl.domain.access.api_keys import NewApiKey
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.errors import InvalidInput, NotServed
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.certificates.search_progress import SearchProgress
from certctl.store.notifications.public_url import PublicUrlStore
from functions.stack_admin.app import lambda_handler as stack_admin
from tests.support.authorities.pki import Pki
from tests.support.aws.local_kms import LocalKms
from tests.support.aws.point_in_time import go_back, snapshot
from tests.support.channels.receivers import Receiver
from tests.support.functions.deployed import compose
from tests.support.functions.lambda_context import Context
from tests.support.functions.stack_admin import deployment, issuing_id

NOTHING_TO_DO: dict[str, Any] = {
    "root_crls": [],
    "waiting": [],
    "ocsp_waiting": [],
    "keys_given_subjects": 0,
    "all_keys_have_subjects": True,
    "revocations_given_ends": 0,
    "all_revocations_have_ends": True,
    "crl_shards_opened": 0,
    "root_responders": [],
    "serials_stored": 0,
}


def _later(pki: Pki, days: int) -> None:
    """Moves the functions' clock, which ages everything that they created."""
    moment = utc_now() + timedelta(days=days)
    compose(Overrides(now=lambda: moment, database=pki.database, crl_spacing=timedelta(0)))


def test_upkeep_renews_the_root_crl_when_a_quarter_of_its_time_is_over(
    pki: Pki, kms: LocalKms, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack_admin({"action": "initialize"}, Context())
    _later(pki, 14)
    assert stack_admin({"action": "upkeep"}, Context())["root_crls"] == []
    assert stack_admin({"action": "upkeep"}, Context()) == NOTHING_TO_DO
    _later(pki, 16)
    kms.signed_with.clear()
    (published,) = stack_admin({"action": "upkeep"}, Context())["root_crls"]
    assert published["crl_number"] == 2
    assert kms.signed_with == ["arn:root"] * 2, "the CRL, and the responder"
    assert stack_admin({"action": "upkeep"}, Context())["root_crls"] == []


def test_the_search_of_a_new_stack_is_complete_at_once(pki: Pki, kms: LocalKms) -> None:
    stack_admin({"action": "initialize"}, Context())
    assert SearchProgress(pki.database).is_done()


def test_a_stack_that_is_older_than_search_is_indexed_by_its_maintenance(pki: Pki, kms: LocalKms) -> None:
    pki.authority().initialize()
    stack_admin({"action": "initialize"}, Context())
    assert SearchProgress(pki.database).read() is None


def test_a_recount_is_asked_for_once_and_then_shows_its_progress(pki: Pki, kms: LocalKms) -> None:
    asked = stack_admin({"action": "recount"}, Context())
    assert (asked["shards_left"], asked["last_finished_at"]) == (16, None)
    assert stack_admin({"action": "recount"}, Context()) == asked


def test_a_retention_that_ends_before_deliveries_do_is_refused_at_the_deploy(
    pki: Pki, kms: LocalKms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTCTL_NOTIFICATION_RETENTION_DAYS", "35")
    monkeypatch.setenv("CERTCTL_ENGINE_SETTINGS", "NotificationMaxAge=40d")
    with pytest.raises(InvalidInput) as refused:
        stack_admin({"action": "initialize"}, Context())
    (problem,) = refused.value.problems
    assert (problem.field, problem.message) == (
        "NotificationRetentionDays",
        "must be 41 at least with these EngineSettings",
    )


def test_upkeep_before_the_first_deploy_has_ended_is_no_failure(pki: Pki, kms: LocalKms) -> None:
    assert stack_admin({"action": "upkeep"}, Context()) == NOTHING_TO_DO


def _with_own_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing listens at this address."""
    monkeypatch.setenv("CERTCTL_PKI_HOST", "127.0.0.1:1")
    monkeypatch.setenv("CERTCTL_PKI_DISTRIBUTION", "d1.cloudfront.net")


def test_a_host_of_one_s_own_without_dns_does_not_fail_the_deploy(
    pki: Pki, kms: LocalKms, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with_own_host(monkeypatch)
    with Receiver().running() as receiver:
        stack_admin(deployment(receiver, "Create"), Context())
    answer = json.loads(receiver.received[0].body)
    assert answer["Status"] == "SUCCESS"
    assert "CNAME record of 127.0.0.1:1 to d1.cloudfront.net" in answer["Data"]["waits_for"]
    assert answer["Data"]["waits_for"] in answer["Reason"]
    assert not any(shard.open for shard in pki.authorities.shards(issuing_id(pki)))
    with pytest.raises(NotServed, match="Point a CNAME record"):
        stack_admin({"action": "activate"}, Context())
    (waiting,) = stack_admin({"action": "upkeep"}, Context())["waiting"]
    assert "d1.cloudfront.net" in waiting


@pytest.mark.parametrize(
    ("variable", "value"), [("CERTCTL_PKI_HOST", "d1.cloudfront.net"), ("CERTCTL_LOCAL", "1")]
)
def test_the_distribution_s_own_name_and_the_local_stack_need_no_proof(
    pki: Pki, kms: LocalKms, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    _with_own_host(monkeypatch)
    monkeypatch.setenv(variable, value)
    assert stack_admin({"action": "initialize"}, Context())["waits_for"] == "nothing"
    answer = stack_admin({"action": "activate"}, Context())
    assert answer == {"waits_for": "nothing", "ocsp_waiting": []}


def test_a_deploy_stores_where_the_dashboard_is(pki: Pki, kms: LocalKms) -> None:
    properties = {"DashboardUrl": "https://certctl.example/"}
    with Receiver().running() as receiver:
        stack_admin(deployment(receiver, "Create") | {"ResourceProperties": properties}, Context())
    assert json.loads(receiver.received[0].body)["Status"] == "SUCCESS"
    assert PublicUrlStore(pki.database).get() == "https://certctl.example"


def test_the_url_of_the_dashboard_is_https_but_locally(
    pki: Pki, kms: LocalKms, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = {"action": "set_public_url", "url": "http://127.0.0.1:8080"}
    with pytest.raises(InvalidInput, match="https"):
        stack_admin(event, Context())
    monkeypatch.setenv("CERTCTL_LOCAL", "1")
    stack_admin(event, Context())
    assert PublicUrlStore(pki.database).get() == "http://127.0.0.1:8080"


def test_an_update_that_replaced_the_keys_is_refused_and_publishes_nothing(
    pki: Pki, kms: LocalKms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So does an update that takes MultiRegion from keys that have it: CloudFormation then rolls back."""
    stack_admin({"action": "initialize"}, Context())
    pki.keys["arn:new-root"] = pki.keys["arn:root"]
    monkeypatch.setenv("CERTCTL_ROOT_KEY_ARN", "arn:new-root")
    compose(Overrides(database=pki.database, crl_spacing=timedelta(0)))
    with Receiver().running() as receiver:
        stack_admin(deployment(receiver, "Update", PhysicalResourceId="as-before"), Context())
    answer = json.loads(receiver.received[0].body)
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", "as-before")
    assert "was made with arn:root; the stack has arn:new-root" in answer["Reason"]


def _lives(pki: Pki, key_id: str) -> bool:
    store = ApiKeyStore(pki.database)
    key = store.get(key_id)
    assert key
    return key.is_live(utc_now()) and store.find_credential(key.key_hash) is not None


def _goes_back(pki: Pki, keeping: tuple[str, ...], act: Callable[[], object]) -> None:
    before = snapshot(pki.database.client)
    act()
    go_back(pki.database.client, before, keeping=keeping)


@pytest.mark.parametrize("keeping", [("audit",), ("audit", "catalog")])
def test_a_restore_revokes_the_keys_again_that_the_trail_or_their_record_knows(
    pki: Pki, kms: LocalKms, keeping: tuple[str, ...]
) -> None:
    stack_admin({"action": "initialize"}, Context())
    admin = stack_admin({"action": "first_admin_key"}, Context())["key_id"]
    caller = Principal(admin, Role.ADMIN, ("*",))
    keys = StackAdmin(Overrides(database=pki.database)).api_keys
    stolen = keys.create(caller, NewApiKey("stolen", Role.VIEWER)).key.id
    _goes_back(pki, keeping, lambda: keys.revoke(caller, stolen))
    assert stack_admin({"action": "restore"}, Context())["api_keys_revoked"] == 1
    assert not _lives(pki, stolen)
    assert _lives(pki, admin)
    assert stack_admin({"action": "restore"}, Context())["api_keys_revoked"] == 0


def test_a_restore_without_a_trail_revokes_every_key_and_the_first_admin_key_is_made_again(
    pki: Pki, kms: LocalKms
) -> None:
    stack_admin({"action": "initialize"}, Context())
    admin = stack_admin({"action": "first_admin_key"}, Context())["key_id"]
    assert stack_admin({"action": "restore", "keys": "revoke_all"}, Context())["api_keys_revoked"] == 1
    assert not _lives(pki, admin)
    assert _lives(pki, stack_admin({"action": "first_admin_key"}, Context())["key_id"])


def test_what_becomes_of_keys_is_one_of_two_things(pki: Pki, kms: LocalKms) -> None:
    with pytest.raises(InvalidInput, match="keys"):
        stack_admin({"action": "restore", "keys": "keep"}, Context())
