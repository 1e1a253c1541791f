"""A stack whose functions start as they are built: one event for each, which it answers with 200."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from cryptography import x509

from bench.cold.served_aws import served_aws
from certctl.crypto.pem import load_certificate
from certctl.domain.access.permissions import Role
from certctl.store.notifications.notifications import NotificationStore
from tests.support.api.http import event
from tests.support.audit.seals import seal_key
from tests.support.authorities.pki import BUCKET
from tests.support.channels.receivers import Receiver, answers
from tests.support.clock import Clock
from tests.support.functions import artefacts
from tests.support.functions.deployed import Deployed, deployed
from tests.support.issuing.issuing import Issuing, issuing, received
from tests.support.notifications.rows import a_notification
from tests.support.status.ocsp import request_of

type Event = Mapping[str, Any]

# A read that each function's pages begin with.
_READS = {
    "catalog_api": "/api/v1/issuers",
    "identity_api": "/api/v1/auth/session",
    "insights_api": "/api/v1/stats/summary",
    "inventory_api": "/api/v1/inventory/certificates",
    "notifications_api": "/api/v1/channels",
}
_OPEN = {"public_api": "/health", "acme_api": "/acme/directory"}
_SCHEDULED = (
    "crl_publisher",
    "retry_sweep_schedule",
    "renewal_schedule",
    "maintenance_schedule",
    "status_watch",
    "endpoint_prober",
    "cloud_discovery",
)


@dataclass(frozen=True)
class World:
    """`environment` is that of a function's process."""

    issuing: Issuing
    certificate_id: str
    serial: int
    environment: Mapping[str, str]
    key: str
    agent_key: str

    def events(self) -> dict[str, Callable[[], Event]]:
        """Makes the event of a turn, by function: a worker has its work once."""
        reads = _READS | {"certificates_api": f"/api/v1/certificates/{self.certificate_id}"}
        return {
            **{folder: _read(path, self.key) for folder, path in reads.items()},
            "agents_api": _read("/api/v1/agent/work", self.agent_key),
            **{folder: _read(path, None) for folder, path in _OPEN.items()},
            **dict.fromkeys(_SCHEDULED, dict),
            "signing_worker": self._signing,
            "notification_worker": self._delivery,
            "ocsp_responder": self._question,
        }

    def _signing(self) -> Event:
        self.issuing.created("cold.example.com")
        return {"Records": received("jobs")}

    def _delivery(self) -> Event:
        row = a_notification(self.issuing.stack.clock())
        self.issuing.stack.database.write(NotificationStore(self.issuing.stack.database).create_step(row))
        return {"Records": [{"messageId": "1", "body": f'{{"id": "{row.id}", "epoch": 0}}'}]}

    @property
    def _issuer(self) -> x509.Certificate:
        issuing = self.issuing.pki.authorities.active_issuing("iss-local")
        if issuing is None:
            raise AssertionError("the stack has a CA")
        return load_certificate(issuing.certificate_pem)

    def _question(self) -> Event:
        return event("POST", "/ocsp/any", body=request_of(self._issuer, [self.serial]).der)


def _read(path: str, key: str | None) -> Callable[[], Event]:
    return lambda: event("GET", path, key=key)


@contextmanager
def world() -> Iterator[World]:
    with (
        Receiver(answers(200, b"ok")).running() as receiver,
        deployed(Clock()) as stack,
        issuing(stack) as made,
        served_aws(stack.clients["kms"]) as endpoint,
    ):
        made.pki.keys["arn:seal"] = seal_key()
        body = made.issued("cold.example.com")
        yield World(
            made,
            body["id"],
            int(body["serial_number"], 16),
            _environment(endpoint, receiver.port),
            stack.new_key(Role.ADMIN),
            _agent_key(stack),
        )


def _agent_key(stack: Deployed) -> str:
    agent = {"name": "web", "hostname": "web-1.example.com"}
    return str(stack.admin("catalog_api").post("/api/v1/agents", agent).body["key"])


def _environment(endpoint: str, receiver: int) -> dict[str, str]:
    theirs = {name: value for name, value in os.environ.items() if name.startswith("CERTCTL_")}
    return (
        artefacts.environment()
        | theirs
        | {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": os.environ["AWS_REGION"],
            "POWERTOOLS_METRICS_NAMESPACE": "certctl",
            "CERTCTL_PKI_BUCKET": BUCKET,
            "CERTCTL_LOCAL": "1",
            "CERTCTL_ALLOWED_PRIVATE_CIDRS": "127.0.0.0/8",
            "CERTCTL_CHANNELS": f"Webhook.url=http://127.0.0.1:{receiver}/secret-path",
        }
    )
