"""The handlers of stack_admin and crl_publisher, composed as in production."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from certctl.compose.rooms.base import Overrides
from certctl.crypto.authorities.facts import facts_of
from certctl.crypto.pem import load_certificate
from certctl.crypto.status.crl import inspect_crl
from certctl.domain.authorities.authorities import object_key
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import Conflict, InvalidInput, NotFound, Unavailable
from certctl.domain.kinds import IssuerType
from certctl.domain.status.editions import SPACING
from certctl.store.catalog.records import CatalogStore
from certctl.store.inventory.restore_windows import RestoreWindowStore
from certctl.store.status.ocsp_responders import ResponderStore
from functions.crl_publisher.app import lambda_handler as crl_publisher
from functions.stack_admin.app import lambda_handler as stack_admin
from tests.support.authorities.pki import BUCKET, Pki
from tests.support.aws.clients import client
from tests.support.aws.least_privilege import Privileges
from tests.support.aws.local_kms import LocalKms
from tests.support.channels.receivers import Receiver, answers
from tests.support.functions.deployed import compose
from tests.support.functions.lambda_context import Context
from tests.support.functions.stack_admin import deployment, issuing_id

# together they take ten seconds on a slow machine
pytestmark = pytest.mark.slow

CHOSEN = "certctl_" + "k" * 43


def _nudge(message_id: str, body: str) -> dict[str, str]:
    return {"messageId": message_id, "body": body}


def test_a_deploy_creates_the_cas_and_gets_a_success(pki: Pki, kms: LocalKms) -> None:
    with Receiver().running() as receiver:
        stack_admin(deployment(receiver, "Create"), Context())
    (request,) = receiver.received
    answer = json.loads(request.body)
    assert answer["Status"] == "SUCCESS"
    assert answer["RequestId"] == "request-1"
    assert answer["Data"]["issuing_ca_id"] == issuing_id(pki)
    assert request.path == "/answer?signature=x"
    assert request.headers["content-type"] == ""
    assert pki.objects.get(object_key(answer["Data"]["crl_url"]))


def test_an_update_changes_nothing_and_keeps_its_physical_id(pki: Pki, kms: LocalKms) -> None:
    first = stack_admin({"action": "initialize"}, Context())
    with Receiver().running() as receiver:
        stack_admin(deployment(receiver, "Update", PhysicalResourceId="as-before"), Context())
    answer = json.loads(receiver.received[0].body)
    assert answer["Data"] == first
    assert answer["PhysicalResourceId"] == "as-before"


def test_a_failure_is_reported_to_the_deploy(
    pki: Pki, kms: LocalKms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTCTL_CA_ROOT_SUBJECT", "no name")
    with Receiver().running() as receiver:
        stack_admin(deployment(receiver, "Create"), Context())
    answer = json.loads(receiver.received[0].body)
    assert answer["Status"] == "FAILED"
    assert "distinguished name" in answer["Reason"]


def test_a_missing_setting_is_reported_to_the_deploy_too(
    pki: Pki, kms: LocalKms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CERTCTL_PKI_HOST")
    with Receiver().running() as receiver:
        stack_admin(deployment(receiver, "Create"), Context())
    assert json.loads(receiver.received[0].body)["Status"] == "FAILED"


@pytest.mark.parametrize("cidrs", ["10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/8,intranet", "10.0.0.0-10.0.0.9"])
def test_an_invalid_network_fails_the_deploy_and_is_named(
    pki: Pki, kms: LocalKms, monkeypatch: pytest.MonkeyPatch, cidrs: str
) -> None:
    monkeypatch.setenv("CERTCTL_ALLOWED_PRIVATE_CIDRS", cidrs)
    with Receiver().running() as receiver:
        stack_admin(deployment(receiver, "Update", PhysicalResourceId="as-before"), Context())
    answer = json.loads(receiver.received[0].body)
    assert answer["Status"] == "FAILED"
    assert "AllowedPrivateCidrs" in answer["Reason"]
    assert cidrs.rsplit(",", 1)[-1] in answer["Reason"]


@pytest.mark.parametrize(
    ("variable", "parameter", "text"),
    [
        ("CERTCTL_ACME_VALIDATION_CIDRS", "AcmeValidationCidrs", "10.0.0.1/8"),
        ("CERTCTL_ACME_DNS_SERVERS", "AcmeDnsServers", "ns.example.com"),
    ],
)
def test_what_no_validation_could_use_fails_the_deploy(
    pki: Pki, kms: LocalKms, monkeypatch: pytest.MonkeyPatch, variable: str, parameter: str, text: str
) -> None:
    monkeypatch.setenv(variable, text)
    with Receiver().running() as receiver:
        stack_admin(deployment(receiver, "Update", PhysicalResourceId="as-before"), Context())
    answer = json.loads(receiver.received[0].body)
    assert (answer["Status"], parameter in answer["Reason"]) == ("FAILED", True)
    assert text in answer["Reason"]


def test_good_networks_pass_the_deploy(pki: Pki, kms: LocalKms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTCTL_ALLOWED_PRIVATE_CIDRS", "10.0.0.0/8, fd12::/16,192.168.1.7")
    with Receiver().running() as receiver:
        stack_admin(deployment(receiver, "Create"), Context())
    assert json.loads(receiver.received[0].body)["Status"] == "SUCCESS"


def test_deleting_the_stack_succeeds_and_keeps_the_cas(pki: Pki, kms: LocalKms) -> None:
    stack_admin({"action": "initialize"}, Context())
    with Receiver().running() as receiver:
        stack_admin(deployment(receiver, "Delete", PhysicalResourceId="as-before"), Context())
    answer = json.loads(receiver.received[0].body)
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", "as-before")
    assert len(pki.authorities.all()) == 2


def test_an_answer_is_sent_again_where_the_first_was_not_taken(pki: Pki, kms: LocalKms) -> None:
    from certctl.connectors.aws.cloudformation import answer_deployment

    waits: list[float] = []
    with Receiver(answers(503), answers(200)).running() as receiver:
        answer_deployment(receiver.url(), {"Status": "SUCCESS"}, waits.append)
    assert len(receiver.received) == 2
    assert len(waits) == 1


def test_an_answer_that_is_never_taken_fails_after_four_tries() -> None:
    from certctl.connectors.aws.cloudformation import answer_deployment

    waits: list[float] = []
    behaviour = answers(301, b"", {"Location": "/elsewhere"})
    with Receiver(behaviour).running() as receiver, pytest.raises(OSError, match="accepted no response"):
        answer_deployment(receiver.url("/a%7Cb?sig=x%2Fy"), {"Status": "SUCCESS"}, waits.append)
    assert [request.path for request in receiver.received] == ["/a%7Cb?sig=x%2Fy"] * 4
    assert receiver.received[0].headers["content-type"] == ""
    assert len(waits) == 3


def test_an_answer_goes_nowhere_but_to_https_or_the_local_stack() -> None:
    from certctl.connectors.aws.cloudformation import answer_deployment

    for url in ("http://example.com/x", "file:///etc/passwd", "http://127.0.0.1.example.com/"):
        with pytest.raises(ValueError, match="https"):
            answer_deployment(url, {})


def test_the_first_admin_key_is_shown_once(pki: Pki, kms: LocalKms) -> None:
    assert stack_admin({"action": "first_admin_key"}, Context())["api_key"].startswith("certctl_")
    with pytest.raises(Conflict):
        stack_admin({"action": "first_admin_key"}, Context())


def test_only_the_local_stack_lets_the_caller_choose_the_key(
    pki: Pki, kms: LocalKms, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidInput, match="local stack"):
        stack_admin({"action": "first_admin_key", "key": CHOSEN}, Context())
    monkeypatch.setenv("CERTCTL_LOCAL", "1")
    assert stack_admin({"action": "first_admin_key", "key": CHOSEN}, Context())["api_key"] == CHOSEN


def test_a_ca_is_revoked_with_the_root_key_once_it_issues_no_more(
    pki: Pki, kms: LocalKms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTCTL_CHANNELS", "Webhook.url=certctl/blue/channels/webhook")
    first = stack_admin({"action": "initialize"}, Context())["issuing_ca_id"]
    made = pki.authorities.get(first)
    assert made
    serial = facts_of(made.certificate_pem).serial_number
    event = {"action": "revoke_ca", "ca_id": first, "reason": "caCompromise", "confirm": serial}
    with pytest.raises(Conflict, match="rotate it first"):
        stack_admin(event, Context())
    pki.new_key(SECOND_KEY)
    stack_admin({"action": "rotate", "key_arn": SECOND_KEY}, Context())
    kms.signed_with.clear()

    privileges = Privileges()
    answer = privileges.of("stack_admin", stack_admin)(event, Context())

    assert not privileges.refused, privileges.refused
    assert len(pki.database.client.scan(TableName="notifications")["Items"]) == 1
    assert (answer["ca_id"], answer["reason"], answer["root_crl_number"]) == (first, "caCompromise", 2)
    assert (answer["state"], answer["to_be_revoked_by"]) == ("retiring", None)
    assert kms.signed_with == ["arn:root"]
    crl = pki.objects.get(object_key(answer["root_crl_url"]))
    root = next(a for a in pki.authorities.all() if a.role == "root")
    assert crl
    assert inspect_crl(crl.body, load_certificate(root.certificate_pem)).serials == {answer["serial_number"]}


@pytest.mark.parametrize("action", ["destroy", None])
def test_what_is_not_there_is_refused_and_not_pretended(pki: Pki, kms: LocalKms, action: str | None) -> None:
    with pytest.raises(InvalidInput, match="action"):
        stack_admin({"action": action}, Context())


def test_a_restore_restores_published_revocations_and_reports_them(pki: Pki, kms: LocalKms) -> None:
    ca_id = stack_admin({"action": "initialize"}, Context())["issuing_ca_id"]
    gone = pki.revoke(_found(pki, ca_id), "0a01", "keyCompromise")
    crl_publisher({}, Context())
    key = pki.revocations.remove_step(gone).request["Key"]
    pki.database.client.delete_item(TableName="revocations", Key=key)
    assert stack_admin({"action": "restore"}, Context()) == {
        "complete": True,
        "crls": 3,
        "revocations": 1,
        "of_unknown_certificates": 1,
        "certificates_revoked": 0,
        "certificates_held": 0,
        "api_keys_revoked": 0,
        "api_keys_ended": [],
        "serials_of_cas": 0,
        "serials_of_revocations": 0,
        "accounts_disabled": [],
        "accounts_changed": [],
        "agents_retired": [],
    }
    assert pki.revocations.find(ca_id, 0, "0a01")
    assert len(crl_publisher({}, Context())["published"]) == 2


def test_a_restore_leaves_which_time_is_missing_also_if_it_is_repeated(pki: Pki, kms: LocalKms) -> None:
    stack_admin({"action": "initialize"}, Context())
    for _ in range(2):
        stack_admin({"action": "restore", "backup_at": "2026-11-20T10:00:00Z"}, Context())
    (window,) = RestoreWindowStore(pki.database).newest()
    assert window.backup_at == datetime(2026, 11, 20, 10, tzinfo=UTC) < window.ended_at


@pytest.mark.parametrize("backup_at", ["yesterday", "2099-01-01T00:00:00Z"])
def test_a_restore_of_an_impossible_time_is_refused(pki: Pki, kms: LocalKms, backup_at: str) -> None:
    with pytest.raises(InvalidInput, match="backup_at"):
        stack_admin({"action": "restore", "backup_at": backup_at}, Context())


def test_a_restore_that_cannot_read_a_crl_fails_after_the_others(pki: Pki, kms: LocalKms) -> None:
    stack_admin({"action": "initialize"}, Context())
    url = _found(pki, issuing_id(pki)).crl_url
    pki.s3.delete_object(Bucket=BUCKET, Key=object_key(url))
    with pytest.raises(Conflict, match=url):
        stack_admin({"action": "restore"}, Context())


SECOND_KEY = "arn:aws:kms:eu-central-1:111122223333:key/second"


def test_a_rotation_is_an_action_with_a_key(pki: Pki, kms: LocalKms) -> None:
    first = stack_admin({"action": "initialize"}, Context())["issuing_ca_id"]
    pki.new_key(SECOND_KEY)
    answer = stack_admin({"action": "rotate", "key_arn": SECOND_KEY}, Context())
    assert (answer["state"], answer["replaces"]) == ("active", first)
    assert answer["ca_id"] == issuing_id(pki)
    assert stack_admin({"action": "initialize"}, Context())["issuing_ca_id"] == answer["ca_id"]


def test_a_signing_request_for_an_outside_root_is_answered_and_nothing_is_rotated(
    pki: Pki, kms: LocalKms
) -> None:
    first = stack_admin({"action": "initialize"}, Context())["issuing_ca_id"]
    pki.new_key(SECOND_KEY)
    event = {"action": "rotate", "key_arn": SECOND_KEY, "subject": "CN=Sub CA", "csr_only": True}
    answer = stack_admin(event, Context())
    assert answer["csr_pem"].startswith("-----BEGIN CERTIFICATE REQUEST-----")
    assert issuing_id(pki) == first
    with pytest.raises(InvalidInput, match="is required"):
        stack_admin({"action": "install_ca_certificate", "certificate_pem": "x"}, Context())
    with pytest.raises(InvalidInput, match="PEM certificate"):
        stack_admin({"action": "install_ca_certificate", "certificate_pem": "x", "chain_pem": "x"}, Context())


def test_a_further_issuer_gets_its_catalog_record(pki: Pki, kms: LocalKms) -> None:
    stack_admin({"action": "initialize"}, Context())
    pki.new_key(SECOND_KEY)
    event = {
        "action": "create_issuer",
        "issuer_id": "iss-office",
        "name": "Office",
        "subject": "CN=Office CA 1",
        "permitted_domains": ["example.org"],
        "key_arn": SECOND_KEY,
    }
    answer = stack_admin(event, Context())
    assert stack_admin(event, Context()) == answer
    record = CatalogStore(pki.database).get(Kind.ISSUER, "iss-office")
    assert record
    assert (record.name, record.content.type) == ("Office", IssuerType.GENERIC_CA)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key_arn", None),
        ("key_arn", "arn:aws:kms:eu-central-1:111122223333:alias/ca"),
        ("key_arn", "arn:aws:kms:eu-central-1:111122223333:key/p521"),
        ("subject", 7),
        ("subject", "no name"),
        ("permitted_domains", "example.org"),
        ("permitted_domains", ["*.example.org"]),
    ],
)
def test_what_is_wrong_with_a_rotation_is_said(pki: Pki, kms: LocalKms, field: str, value: object) -> None:
    stack_admin({"action": "initialize"}, Context())
    pki.new_key(SECOND_KEY)
    p521: Any = SimpleNamespace(public_key=ec.generate_private_key(ec.SECP521R1()).public_key)
    pki.keys["arn:aws:kms:eu-central-1:111122223333:key/p521"] = p521
    with pytest.raises(InvalidInput, match=field):
        stack_admin({"action": "rotate", "key_arn": SECOND_KEY, field: value}, Context())
    assert len(pki.authorities.all()) == 2


def test_the_publisher_signs_with_the_issuing_key_only(pki: Pki, kms: LocalKms) -> None:
    ca_id = stack_admin({"action": "initialize"}, Context())["issuing_ca_id"]
    kms.signed_with.clear()
    pki.revoke(_found(pki, ca_id), "0a01")
    answer = crl_publisher({"action": "publish", "ca_id": ca_id}, Context())
    assert [(p["shard"], p["crl_number"]) for p in answer["published"]] == [("0", 2), ("all", 2)]
    assert set(kms.signed_with) == {"arn:issuing"}


def _found(pki: Pki, ca_id: str) -> Any:
    return pki.authorities.get(ca_id)


def test_the_schedule_publishes_what_is_due(pki: Pki, kms: LocalKms) -> None:
    ca_id = stack_admin({"action": "initialize"}, Context())["issuing_ca_id"]
    assert ResponderStore(pki.database).get(ca_id)  # with the CA, which may wait for it
    assert crl_publisher({"detail-type": "Scheduled Event"}, Context()) == {"published": [], "responders": []}
    pki.revoke(_found(pki, ca_id), "0a01")
    assert len(crl_publisher({"detail-type": "Scheduled Event"}, Context())["published"]) == 2


def test_a_batch_of_nudges_is_one_publication(pki: Pki, kms: LocalKms) -> None:
    ca_id = stack_admin({"action": "initialize"}, Context())["issuing_ca_id"]
    pki.revoke(_found(pki, ca_id), "0a01")
    kms.signed_with.clear()
    body = json.dumps({"ca_id": ca_id, "shard": 0})
    records = [_nudge("m-1", body), _nudge("m-2", body), _nudge("m-3", "no JSON")]
    assert crl_publisher({"Records": records}, Context()) == {"batchItemFailures": []}
    assert len(kms.signed_with) == 2


def test_an_early_nudge_is_sent_again_delayed(
    pki: Pki, kms: LocalKms, monkeypatch: pytest.MonkeyPatch
) -> None:
    compose(Overrides(database=pki.database, now=pki.clock))
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="crl_nudges")["QueueUrl"]
    monkeypatch.setenv("CERTCTL_QUEUE_CRL_NUDGES", url)
    ca_id = stack_admin({"action": "initialize"}, Context())["issuing_ca_id"]
    pki.revoke(_found(pki, ca_id), "0a01")
    record = _nudge("m-1", json.dumps({"ca_id": ca_id, "shard": 0}))
    assert crl_publisher({"Records": [record]}, Context()) == {"batchItemFailures": []}
    delayed = "ApproximateNumberOfMessagesDelayed"
    assert sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[delayed])["Attributes"] == {delayed: "1"}
    pki.clock.advance(SPACING)
    crl_publisher({"Records": [record]}, Context())
    shard = pki.authorities.shard(ca_id, "0")
    assert shard
    assert shard.crl_number == 2


def test_nudges_of_a_ca_that_failed_come_back_and_the_schedule_fails(pki: Pki, kms: LocalKms) -> None:
    ca_id = stack_admin({"action": "initialize"}, Context())["issuing_ca_id"]
    pki.revoke(_found(pki, ca_id), "0a01")
    pki.keys["arn:issuing"] = pki.keys["arn:root"]
    records = [_nudge("m-1", json.dumps({"ca_id": ca_id, "shard": 0})), _nudge("m-2", '{"ca_id": "ca-x"}')]
    assert crl_publisher({"Records": records}, Context()) == {
        "batchItemFailures": [{"itemIdentifier": "m-1"}]
    }
    with pytest.raises(Unavailable, match=ca_id):
        crl_publisher({}, Context())


def test_an_unknown_ca_is_refused(pki: Pki, kms: LocalKms) -> None:
    with pytest.raises(NotFound):
        crl_publisher({"action": "publish", "ca_id": "ca-x"}, Context())
    with pytest.raises(InvalidInput):
        crl_publisher({"action": "revoke"}, Context())
