"""The confinement of use cases in these tests: it finds the functions of every service, and refuses."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from botocore.exceptions import ClientError

from certctl.domain.errors import AccessDenied
from certctl.services.agents.polling import AgentWork
from certctl.services.agents.registration import AgentRegistration
from certctl.services.authorities.roots.publication import RootPublication
from certctl.services.catalog.deletions import CatalogDeletions
from certctl.services.identity.authentication import Authentication
from certctl.services.issuing.health import IssuerHealth
from certctl.services.issuing.local import LocalIssuance
from certctl.services.notifications.delivery import Delivery
from certctl.services.revocation.bulk_worker import BulkRevocationWorker
from certctl.store.catalog.issuer_health import IssuerContactStore
from certctl.store.catalog.items import CatalogItem
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import LOCK
from certctl.store.writes import delete, put
from certctl.unit_of_work.access.key_endings import KeyEndings
from certctl.unit_of_work.status.crl_publishing import CrlPublication
from tests.support.aws.clients import client
from tests.support.aws.confinement import folders_of
from tests.support.aws.least_privilege import Folders, Privileges, acting_folders, unconfined
from tests.support.clock import Clock
from tests.support.functions.composition import FOLDERS


class Unwired:
    """A service that no function asks for."""

    def run(self) -> None:
        raise AssertionError("it is never called")


@pytest.mark.parametrize(
    ("service", "method", "folders"),
    [
        (CatalogDeletions, "run", {"maintenance_schedule"}),
        (AgentRegistration, "create_token", {"catalog_api"}),
        (AgentWork, "heartbeat", {"agents_api"}),
        (LocalIssuance, "attempt", {"signing_worker"}),
        (BulkRevocationWorker, "attempt", {"signing_worker"}),
        (RootPublication, "publish", {"stack_admin"}),
        (CrlPublication, "publish_now", {"crl_publisher", "stack_admin"}),
        (KeyEndings, "run", {"maintenance_schedule"}),
        (Delivery, "deliver", {"notification_worker"}),
        (
            Authentication,
            "authenticate",
            {f for f in FOLDERS if f.endswith("_api")} - {"acme_api", "public_api"},
        ),
    ],
)
def test_the_functions_of_a_use_case_are_those_that_are_wired_to_run_it(
    service: type, method: str, folders: set[str]
) -> None:
    assert folders_of(service, method) == folders


def test_a_service_that_no_function_runs_fails_the_test_run() -> None:
    with pytest.raises(LookupError, match="no function runs"):
        folders_of(Unwired, "run")


@pytest.fixture
def acting() -> Iterator[Privileges]:
    """Runs as two functions, only one of which may send to the queue of jobs and put seals."""
    privileges = Privileges()
    with privileges.acting_as(frozenset({"maintenance_schedule", "public_api"})):
        yield privileges


def test_what_two_functions_run_must_be_allowed_to_both(database: Database, acting: Privileges) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        client("sqs").send_message(QueueUrl="https://sqs.test/1/jobs", MessageBody="{}")
    assert acting.refused == ["public_api: sqs:SendMessage JobsQueue"]


_REVOCATION = {"TableName": "revocations", "Key": {"ca_shard": {"S": "ca-1#0"}, "serial": {"S": "0a01"}}}


def _setting(name: str) -> dict[str, object]:
    named = {"ExpressionAttributeNames": {"#0": name}, "ExpressionAttributeValues": {":0": {"S": "x"}}}
    return {**_REVOCATION, "UpdateExpression": "SET #0 = :0", **named}


_REVOKED_LATER, _UNASKED = _setting("revoked_at"), _setting("ocsp_sampled_out")
_RESPONDER = {
    **_setting("body"),
    "TableName": "state",
    "Key": {"kind": {"S": "ocsp_responder"}, "id": {"S": "ca-1"}},
}


@pytest.mark.parametrize(
    ("folder", "service", "operation", "parameters", "action"),
    [
        ("public_api", "s3", "put_object", {"Bucket": "pki-objects", "Key": "pki/x"}, "s3:PutObject"),
        ("crl_publisher", "s3", "put_object", {"Bucket": "pki-objects", "Key": "x"}, "s3:PutObject"),
        ("stack_admin", "s3", "delete_object", {"Bucket": "pki-objects", "Key": "pki/x"}, "s3:DeleteObject"),
        ("notification_worker", "ssm", "get_parameter", {"Name": "/certctl/blue/issuers/x"}, "ssm:Get"),
        (
            "external_issuer_worker",
            "secretsmanager",
            "get_secret_value",
            {"SecretId": "certctl/blue/channels/x"},
            "secretsmanager:Get",
        ),
        ("signing_worker", "kms", "sign", {"KeyId": "arn:root"}, "kms:Sign RootKey"),
        ("status_watch", "dynamodb", "update_item", _REVOKED_LATER, "dynamodb:UpdateItem RevocationsTable"),
        ("status_watch", "dynamodb", "update_item", _UNASKED, "dynamodb:UpdateItem RevocationsTable"),
        ("status_watch", "dynamodb", "delete_item", _REVOCATION, "dynamodb:DeleteItem RevocationsTable"),
        ("status_watch", "dynamodb", "update_item", _RESPONDER, "dynamodb:UpdateItem StateTable"),
        ("catalog_api", "lambda", "invoke", {"FunctionName": "signing_worker"}, "lambda:InvokeFunction"),
        (
            "signing_worker",
            "sns",
            "publish",
            {"TopicArn": "arn:aws:sns:x:1:t", "Message": "m"},
            "sns:Publish",
        ),
    ],
)
def test_what_a_function_may_not_ask_of_a_service_is_refused(
    database: Database, folder: str, service: str, operation: str, parameters: dict[str, object], action: str
) -> None:
    privileges = Privileges()
    about: dict[str, object] = dict(parameters)
    if operation == "sign":
        about |= {"Message": b"x", "MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_384"}
    with privileges.acting_as(frozenset({folder})), pytest.raises(ClientError, match="AccessDenied"):
        getattr(client(service), operation)(**about)
    assert len(privileges.refused) == 1
    assert privileges.refused[0].startswith(f"{folder}: {action}")


def test_a_service_that_a_test_calls_bare_runs_as_its_function(database: Database) -> None:
    seen: list[Folders] = []

    def now() -> datetime:
        seen.append(acting_folders())
        return Clock()()

    IssuerHealth(IssuerContactStore(database), now).record("iss-acme", None)

    assert seen == [frozenset({"external_issuer_worker"})]
    assert acting_folders() == frozenset()


def test_what_a_test_does_in_the_midst_of_a_use_case_is_its_own(database: Database) -> None:
    privileges = Privileges()
    row = put(StateItem(LOCK, "x"))
    with privileges.acting_as(frozenset({"insights_api"})):
        with unconfined():
            database.write(row)
        with pytest.raises(AccessDenied):
            database.write(delete(CatalogItem("team", "t-1")))
    assert privileges.refused == ["insights_api: dynamodb:DeleteItem CatalogTable dynamodb:LeadingKeys=team"]
