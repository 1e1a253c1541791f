"""A stack's functions in this process, composed as they are deployed, over tables of DynamoDB Local: an
inventory, CAs, agents, alerts. Runs with the modules of this tree or of an earlier commit."""

import json
import logging
import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import redirect_stdout
from datetime import timedelta
from importlib import import_module
from io import StringIO
from itertools import batched
from typing import Any
from uuid import uuid4

from certctl import config
from certctl.domain.access.permissions import Role
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.insights.recounts import LAYOUT, Recount
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.certificates.search_progress import SearchProgress
from certctl.store.certificates.search_rows import text_entries
from certctl.store.database import Database
from certctl.store.insights.recounts import RecountStore, StoredRecount, stored
from certctl.store.writes import Write
from tests.support.agents.agents import HOST, AgentsByHttp
from tests.support.agents.fleet import live
from tests.support.api.http import event
from tests.support.aws.dynamodb_local import REGION, credentials, new_database, open_patient_database
from tests.support.aws.least_privilege import Privileges
from tests.support.aws.local_kms import LocalKms
from tests.support.catalog.catalog import CatalogByHttp
from tests.support.clock import Clock
from tests.support.functions.deployed import Deployed
from tests.support.functions.lambda_context import Context
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.issuing import Issuing
from tests.support.prepared import pki_on, prepare

CERTIFICATES = "/api/v1/certificates"
_INVENTORY = 1000
_AT_ONCE, _THREADS = 25, 8
_ISSUED = 60
_ENVIRONMENT = {
    "CERTCTL_STACK": "bench",
    "AWS_REGION": REGION,
    "POWERTOOLS_SERVICE_NAME": "bench",
    "POWERTOOLS_METRICS_NAMESPACE": "certctl",
    "CERTCTL_AUDIT_BUCKET": "bench",
    "CERTCTL_SEAL_KEY_ARN": "arn:seal",
    "CERTCTL_OCSP_KEY_ARN": "arn:ocsp",
    "CERTCTL_ACME_BINDING_KEY_ARN": "arn:acme-binding",
    "CERTCTL_CHANNELS": "Webhook.url=certctl/bench/channels/webhook",
}
_QUEUES = (
    "jobs",
    "external_jobs",
    "crl_nudges",
    "status_checks",
    "notifications",
    "acme_validations",
    "dead_letter",
)


class _Sqs:
    """Takes messages, by the name of their queue."""

    def __init__(self) -> None:
        self.waiting: dict[str, list[str]] = {name: [] for name in _QUEUES}

    def send_message(self, QueueUrl: str, MessageBody: str, **_: Any) -> dict[str, Any]:
        self.waiting[QueueUrl.rpartition("/")[2]].append(MessageBody)
        return {}

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, str]]) -> dict[str, Any]:
        for entry in Entries:
            self.send_message(QueueUrl, entry["MessageBody"])
        return {}

    def taken(self, queue: str) -> list[str]:
        """Everything that waits, which then waits no more."""
        waiting, self.waiting[queue] = self.waiting[queue], []
        return waiting


class World:
    """`call` is a request to a function's handler, as the gateway passes it on."""

    def __init__(self, endpoint: str, size: int = _INVENTORY) -> None:
        self._size = size
        _set_environment()
        prepare()
        os.environ.update(credentials(uuid4().hex))
        new_database(endpoint)
        self.clock, self.sqs = Clock(), _Sqs()
        database = open_patient_database(endpoint)
        pki = pki_on(database, self.clock)
        clients = {"sqs": self.sqs, "kms": LocalKms(pki.keys)}
        self.stack = Deployed(database, self.clock, Privileges(), clients)
        self.admin = self.stack.new_key(Role.ADMIN)
        self._issuing = Issuing(self.stack, pki)
        CatalogByHttp(self.stack).with_defaults()
        self._fill()
        self.agent = str(AgentsByHttp(self._issuing).enrolled().client.key)

    def call(self, folder: str, method: str, path: str, body: Any = None, **query: str) -> Any:
        sent = self.event(method, path, body, **query)
        return self.handle(folder, sent)

    def event(self, method: str, path: str, body: Any = None, key: str = "", **query: str) -> dict[str, Any]:
        text = None if body is None else json.dumps(body)
        return event(method, path, key=key or self.admin, body=text, query=query or None)

    def handle(self, folder: str, sent: dict[str, Any]) -> Any:
        """The answer, which has to be a good one."""
        with redirect_stdout(StringIO()):  # metrics are printed
            answer = import_module(f"functions.{folder}.app").lambda_handler(sent, Context())
        if answer.get("statusCode", 200) >= 400 or answer.get("batchItemFailures"):
            raise SystemExit(f"{folder} refused {sent.get('rawPath')}: {answer}")
        return answer

    def new_certificate(self, number: int) -> dict[str, Any]:
        """The event that asks for one, with a CSR."""
        name = f"host-{number}.example.com"
        return self.event(
            "POST", CERTIFICATES, {"common_name": name, "csr_pem": csr_pem(name, [], new_key())}
        )

    def jobs(self) -> dict[str, Any]:
        """The event of all nudges that wait for the signing worker."""
        bodies = enumerate(self.sqs.taken("jobs"))
        return {"Records": [{"messageId": str(number), "body": body} for number, body in bodies]}

    def issued(self, number: int) -> str:
        """The identifier of a new certificate, signed."""
        made = json.loads(self.handle("certificates_api", self.new_certificate(number))["body"])
        self.handle("signing_worker", self.jobs())
        return str(made["id"])

    def heartbeat(self) -> dict[str, Any]:
        sent = self.event("POST", "/api/v1/agent/heartbeat", HOST, key=self.agent)
        sent["headers"]["certctl-max-poll-seconds"] = "3600"
        return sent

    def _fill(self) -> None:
        self._write_inventory()
        SearchProgress(self.stack.database).end(self.clock())
        self._end_recount()
        for number in range(_ISSUED):
            identifier = self.issued(number)
            if number % 3 == 0:
                self.call(
                    "certificates_api",
                    "POST",
                    f"{CERTIFICATES}/{identifier}/revoke",
                    {"reason": "superseded"},
                )

    def _end_recount(self) -> None:
        """Stores what a stack has that has run for an hour."""
        database, done = self.stack.database, stored(Recount(LAYOUT, finished_at=self.clock()))
        database.write(RecountStore(database).save_step(StoredRecount(Recount()), done))

    def _write_inventory(self) -> None:
        database = self.stack.database
        store_all(
            database,
            (
                step
                for each in self.inventory()
                for step in (
                    *CertificateStore(database).create_steps(each, each.search_names),
                    *text_entries(each),
                )
            ),
        )

    def inventory(self) -> Iterator[Certificate]:
        """A quarter expires within the month, and is renewed by nobody. All were made within 17 hours."""
        now, apart = self.clock(), timedelta(minutes=_INVENTORY / self._size)
        for number in range(self._size):
            days = number % 29 + 1 if number < self._size // 4 else 60 + number % 100
            name = f"svc-{number:05}"
            created = now - timedelta(minutes=5) - number * apart
            yield live(f"mc-{name}", created, now + timedelta(days=days), name=name)


def store_all(database: Database, steps: Iterable[Write]) -> None:
    """Puts, not in transactions: these take DynamoDB Local ten times as long."""
    with ThreadPoolExecutor(_THREADS) as pool:
        parts = batched((step.request for step in steps if step.operation == "Put"), _AT_ONCE, strict=False)
        waiting: deque[Future[None]] = deque()
        for part in parts:
            waiting.append(pool.submit(_put, database, part))
            if len(waiting) > 2 * _THREADS:
                waiting.popleft().result()
        for each in waiting:
            each.result()


def _put(database: Database, requests: Sequence[Mapping[str, Any]]) -> None:
    wanted: dict[str, list[Any]] = {}
    for request in requests:
        wanted.setdefault(request["TableName"], []).append({"PutRequest": {"Item": request["Item"]}})
    database.client.batch_write_item(RequestItems=wanted)  # DynamoDB Local leaves none of them


def _set_environment() -> None:
    logging.disable()
    os.environ.update(_ENVIRONMENT)
    os.environ.update({f"CERTCTL_TABLE_{table.upper()}": table for table in config.TABLES})
    os.environ.update({f"CERTCTL_QUEUE_{queue.upper()}": f"https://sqs.test/1/{queue}" for queue in _QUEUES})
    for folder in ("notification_worker", "external_issuer_worker"):
        os.environ[f"CERTCTL_FUNCTION_{folder.upper()}"] = folder
