"""The stack's functions on moto, with the environment that template.yaml gives them."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any

import pytest

from certctl import (
    bootstrap,
    bootstrap_agents,
    bootstrap_audit,
    bootstrap_authority,
    bootstrap_catalog,
    bootstrap_certificates,
    bootstrap_deliveries,
    bootstrap_external,
    bootstrap_insights,
    bootstrap_jobs,
    bootstrap_notifications,
    bootstrap_public,
    bootstrap_renewal,
    bootstrap_routing,
    config,
)
from certctl.connectors.aws import clients
from certctl.domain.access.api_keys import ApiKey, key_hash, new_key_text
from certctl.domain.access.permissions import Role
from certctl.domain.ids import new_id
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.database import Database
from tests.support.api.http import Client
from tests.support.audit.seals import AUDIT_BUCKET, new_audit_bucket
from tests.support.aws.clients import REGION, client, local_aws, new_database
from tests.support.aws.least_privilege import Privileges, submit_in_context
from tests.support.aws.local_kms import LocalLambda
from tests.support.clock import Clock
from tests.support.functions.functions import api_modules

_ROOTS = (
    bootstrap,
    bootstrap_agents,
    bootstrap_audit,
    bootstrap_authority,
    bootstrap_catalog,
    bootstrap_certificates,
    bootstrap_deliveries,
    bootstrap_external,
    bootstrap_insights,
    bootstrap_jobs,
    bootstrap_notifications,
    bootstrap_public,
    bootstrap_renewal,
    bootstrap_routing,
)
_INVOKED = ("notification_worker", "external_issuer_worker")
_QUEUES = ("jobs", "external_jobs", "crl_nudges", "notifications", "dead_letter")


@dataclass
class Deployed:
    """`client` calls a function by its folder's name, with that function's permissions."""

    database: Database
    clock: Clock
    privileges: Privileges
    admin_key: str = field(default="")

    def client(self, folder: str, key: str | None = None) -> Client:
        return Client(self.privileges.of(folder, api_modules()[folder].lambda_handler), key)

    def admin(self, folder: str) -> Client:
        if not self.admin_key:
            self.admin_key = self.new_key(Role.ADMIN)
        return self.client(folder, self.admin_key)

    def new_key(
        self,
        role: Role,
        teams: Sequence[str] = ("*",),
        owner_id: str | None = None,
        expires_at: datetime | None = None,
    ) -> str:
        """The text of a key that is in the tables."""
        return self.new_key_and_id(role, teams, owner_id, expires_at)[0]

    def new_key_and_id(
        self,
        role: Role,
        teams: Sequence[str] = ("*",),
        owner_id: str | None = None,
        expires_at: datetime | None = None,
    ) -> tuple[str, str]:
        text, now = new_key_text(), self.clock()
        key = ApiKey(
            id=new_id("key", now),
            name=f"{role} of {', '.join(teams)}",
            role=role,
            teams=tuple(teams),
            key_hash=key_hash(text),
            created_at=now,
            owner_id=owner_id,
            expires_at=expires_at,
        )
        self.database.transact(ApiKeyStore(self.database).create_steps(key))
        return text, key.id


@contextmanager
def deployed(clock: Clock) -> Iterator[Deployed]:
    """In the end nothing may have been asked that a function's own policy does not allow."""
    privileges = Privileges()
    with local_aws(), pytest.MonkeyPatch.context() as patch:
        _set_environment(patch)
        patch.setattr(bootstrap, "now", clock)
        patch.setattr(ThreadPoolExecutor, "submit", submit_in_context)
        patch.setattr(clients, "make_client", _make_client(clients.make_client, privileges))
        new_database()
        new_audit_bucket(client("s3"))
        _forget_made_objects()
        database = bootstrap.database()
        yield Deployed(database, clock, privileges)
        _forget_made_objects()
    assert not privileges.refused, privileges.refused


def _make_client(real: Callable[..., Any], privileges: Privileges) -> Callable[..., Any]:
    """Lambda of moto runs containers: functions that others invoke run in process."""

    def make_client(service: str, *arguments: Any, **options: Any) -> Any:
        if service != "lambda":
            return real(service, *arguments, **options)
        return LocalLambda({folder: _invoked(privileges, folder) for folder in _INVOKED})

    return make_client


def _invoked(privileges: Privileges, folder: str) -> Callable[..., Any]:
    return privileges.of(folder, import_module(f"functions.{folder}.app").lambda_handler)


def _set_environment(patch: pytest.MonkeyPatch) -> None:
    patch.setenv("CERTCTL_STACK", "blue")
    patch.setenv("AWS_REGION", REGION)
    patch.setenv("POWERTOOLS_SERVICE_NAME", "tests")
    patch.setenv("POWERTOOLS_METRICS_NAMESPACE", "certctl")
    patch.setenv("CERTCTL_AUDIT_BUCKET", AUDIT_BUCKET)
    patch.setenv("CERTCTL_SEAL_KEY_ARN", "arn:seal")
    for folder in _INVOKED:
        patch.setenv(f"CERTCTL_FUNCTION_{folder.upper()}", folder)
    for table in config.TABLES:
        patch.setenv(f"CERTCTL_TABLE_{table.upper()}", table)
    for queue in _QUEUES:
        url = client("sqs").create_queue(QueueName=queue)["QueueUrl"]
        patch.setenv(f"CERTCTL_QUEUE_{queue.upper()}", url)


def _forget_made_objects() -> None:
    for root in _ROOTS:
        for made in vars(root).values():
            if hasattr(made, "cache_clear"):
                made.cache_clear()
