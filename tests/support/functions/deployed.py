"""The stack's functions on moto, with the environment that template.yaml gives them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any

import pytest

from certctl import config
from certctl.compose.rooms.base import DEPLOYED, Overrides
from certctl.connectors.aws.clients import make_client
from certctl.connectors.aws.services import Service
from certctl.connectors.issuers import Factories
from certctl.connectors.notifiers import Factory
from certctl.domain.access.api_keys import ApiKey
from certctl.domain.access.credentials import CredentialKind, key_hash, new_credential_text
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Grant
from certctl.domain.access.subjects import SubjectKind, new_subject
from certctl.domain.catalog.kinds import BUILT_IN_KINDS, CatalogKinds
from certctl.domain.channels.kinds.definitions import ChannelKinds
from certctl.domain.channels.kinds.registry import CHANNEL_KINDS
from certctl.domain.ids import new_id
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.access.subjects import SubjectStore
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.catalog.records import CatalogStore
from certctl.store.database import Database
from tests.support.api.http import Client
from tests.support.audit.seals import AUDIT_BUCKET, LOCKED_DAYS
from tests.support.aws.clients import REGION, local_aws, new_database
from tests.support.aws.in_process.laid_down import lay_down_locked_bucket, lay_down_queue
from tests.support.aws.least_privilege import Privileges, submit_in_context
from tests.support.aws.local_kms import LocalKms, LocalLambda
from tests.support.clock import Clock
from tests.support.functions.composition import FOLDERS
from tests.support.functions.functions import api_modules

_INVOKED = ("notification_worker", "external_issuer_worker")
_QUEUES = (
    "jobs",
    "external_jobs",
    "crl_nudges",
    "status_checks",
    "notifications",
    "acme_validations",
    "dead_letter",
)


@dataclass
class Deployed:
    """`client` calls a function by its folder's name, with that function's permissions. `clients` replaces
    clients of AWS, by service. `kinds` are those of the catalog, `issuers` connectors of further ones;
    `channel_kinds` and `notifiers` likewise."""

    database: Database
    clock: Clock
    privileges: Privileges
    clients: dict[str, Any] = field(default_factory=dict)
    admin_key: str = field(default="")
    kinds: CatalogKinds = BUILT_IN_KINDS
    issuers: Factories = field(default_factory=dict)
    channel_kinds: ChannelKinds = CHANNEL_KINDS
    notifiers: Mapping[str, Factory] = field(default_factory=dict)
    overrides: Overrides = field(init=False)
    cached_catalog: CachedCatalog = field(init=False)

    def __post_init__(self) -> None:
        self.clients["lambda"] = LocalLambda(
            {folder: _invoked(self.privileges, folder) for folder in _INVOKED}
        )
        self.clients.setdefault("kms", LocalKms({}))
        self.restart()

    def restart(self) -> None:
        """Starts new processes: the caches of catalog and channels are empty."""
        self.cached_catalog = CachedCatalog(CatalogStore(self.database, self.kinds), self.clock)
        self.overrides = Overrides(
            now=self.clock,
            database=self.database,
            client=self._client,
            cached_catalog=self.cached_catalog,
            catalog_kinds=self.kinds,
            issuer_factories=self.issuers,
            channel_kinds=self.channel_kinds,
            notifier_factories=self.notifiers,
        )
        compose(self.overrides)

    def _client(self, service: Service, **options: Any) -> Any:
        return self.clients.get(service) or make_client(service, REGION, **options)

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
        now = self.clock()
        subject = new_subject(SubjectKind.SERVICE_ACCOUNT, [Grant(role, tuple(teams))], now)
        text = new_credential_text(CredentialKind.KEY, subject.ulid)
        key = ApiKey(
            id=new_id("key", now),
            name=f"{role} of {', '.join(teams)}",
            role=role,
            teams=tuple(teams),
            key_hash=key_hash(text),
            created_at=now,
            owner_id=owner_id,
            expires_at=expires_at,
            subject_id=subject.id,
        )
        rows = ApiKeyStore(self.database).create_steps(key)
        self.database.transact([SubjectStore(self.database).create_step(subject), *rows])
        return text, key.id


@contextmanager
def deployed(clock: Clock) -> Iterator[Deployed]:
    """At the end, fails if a function made a call that its own policy does not allow."""
    privileges = Privileges()
    with local_aws(), pytest.MonkeyPatch.context() as patch:
        _set_environment(patch)
        patch.setattr(ThreadPoolExecutor, "submit", submit_in_context)
        database = new_database()
        lay_down_locked_bucket(AUDIT_BUCKET, LOCKED_DAYS)
        yield Deployed(database, clock, privileges)
        compose(DEPLOYED)
    assert not privileges.refused, privileges.refused


def _invoked(privileges: Privileges, folder: str) -> Callable[..., Any]:
    return privileges.of(folder, import_module(f"functions.{folder}.app").lambda_handler)


def _set_environment(patch: pytest.MonkeyPatch) -> None:
    patch.setenv("CERTCTL_STACK", "blue")
    patch.setenv("AWS_REGION", REGION)
    patch.setenv("POWERTOOLS_SERVICE_NAME", "tests")
    patch.setenv("POWERTOOLS_METRICS_NAMESPACE", "certctl")
    patch.setenv("CERTCTL_AUDIT_BUCKET", AUDIT_BUCKET)
    patch.setenv("CERTCTL_SEAL_KEY_ARN", "arn:seal")
    patch.setenv("CERTCTL_OCSP_KEY_ARN", "arn:ocsp")
    patch.setenv("CERTCTL_ACME_BINDING_KEY_ARN", "arn:acme-binding")
    patch.setenv("CERTCTL_RATE_RETRY_SWEEP_SCHEDULE", "rate(2 minutes)")
    patch.setenv("CERTCTL_RATE_RENEWAL_SCHEDULE", "rate(1 hour)")
    for folder in _INVOKED:
        patch.setenv(f"CERTCTL_FUNCTION_{folder.upper()}", folder)
    for table in config.TABLES:
        patch.setenv(f"CERTCTL_TABLE_{table.upper()}", table)
    for queue in _QUEUES:
        patch.setenv(f"CERTCTL_QUEUE_{queue.upper()}", lay_down_queue(queue))


def compose(overrides: Overrides) -> None:
    """Composes every function, as at the start of its process."""
    for folder in FOLDERS:
        app: Any = import_module(f"functions.{folder}.app")
        app.services = type(app.services)(overrides)
