"""The deployed functions with CAs that issue: KMS in memory, queues that tests drain."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from certctl import config
from certctl.domain.access.permissions import Role
from functions.signing_worker.app import lambda_handler as signing_worker
from tests.support.api.http import Answer, Client
from tests.support.authorities.pki import Pki
from tests.support.aws.clients import client
from tests.support.aws.local_kms import LocalKms
from tests.support.catalog.entries import store_referred, store_teams
from tests.support.functions.deployed import Deployed
from tests.support.functions.lambda_context import Context
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.prepared import prepared_pki

CERTIFICATES = "/api/v1/certificates"


@dataclass(frozen=True)
class Issuing:
    """`api` is certificates_api, called as an administrator."""

    stack: Deployed
    pki: Pki

    @property
    def api(self) -> Client:
        return self.stack.admin("certificates_api")

    def as_role(self, role: Role, *teams: str) -> Client:
        store_teams(self.stack.database, self.stack.clock(), *teams)
        return self.stack.client("certificates_api", self.stack.new_key(role, teams or ("*",)))

    def created(self, common_name: str = "www.example.com", **fields: Any) -> Answer:
        """With a new CSR, unless `csr_pem` is given; None omits it."""
        fields.setdefault("csr_pem", csr_pem(common_name, [], new_key()))
        store_referred(self.stack.database, self.stack.clock(), fields)
        body = {name: value for name, value in fields.items() if value is not None}
        answer = self.api.post(CERTIFICATES, {"common_name": common_name, **body})
        assert answer.status == 201, answer.text
        return answer

    def issued(self, common_name: str = "www.example.com", **fields: Any) -> Any:
        """The body of the certificate once it is Active."""
        certificate_id = self.created(common_name, **fields).body["id"]
        self.work()
        return self.read(certificate_id)

    def rekeyed(self, certificate_id: str) -> Any:
        pem = csr_pem(self.read(certificate_id)["common_name"], [], new_key())
        renewed = self.api.post(f"{CERTIFICATES}/{certificate_id}/renew", {"csr_pem": pem})
        assert renewed.status == 202, renewed.text
        self.work()
        return self.read(certificate_id)

    def read(self, certificate_id: str) -> Any:
        answer = self.api.get(f"{CERTIFICATES}/{certificate_id}")
        assert answer.status == 200, answer.text
        return answer.body

    def work(self) -> None:
        """Runs the signing worker until its queue is empty."""
        worker = self.stack.privileges.of("signing_worker", signing_worker)
        while records := received("jobs"):
            assert worker({"Records": records}, Context()) == {"batchItemFailures": []}


def received(queue: str) -> list[dict[str, str]]:
    """Takes up to ten messages, as an event source mapping does; [] if there are none."""
    sqs, url = client("sqs"), config.queue_url(queue)
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    for message in messages:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [{"messageId": message["MessageId"], "body": message["Body"]} for message in messages]


def bodies(queue: str) -> list[Any]:
    """The bodies of all messages that wait."""
    found = []
    while records := received(queue):
        found += [json.loads(record["body"]) for record in records]
    return found


@contextmanager
def issuing(stack: Deployed) -> Iterator[Issuing]:
    """CAs made and empty CRLs published, as the deploy does."""
    pki = prepared_pki(stack.database, stack.clock)
    stack.clients["kms"] = LocalKms(pki.keys)
    yield Issuing(stack, pki)
