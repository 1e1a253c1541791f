"""The base of every composition: the clock, random numbers, the tables, the queues, clients of AWS.

Nothing is created before its first use, so a snapshot of an initialized function holds no connection. Imports
are inside the factories, so that a call loads only what it needs.
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from certctl import config

if TYPE_CHECKING:
    from certctl.connectors.aws.objects import Objects
    from certctl.connectors.aws.queue import Queue
    from certctl.connectors.aws.services import Service
    from certctl.connectors.issuers import Factories
    from certctl.crypto.ca_keys import CaPrivateKey
    from certctl.domain.audit.events import Actor
    from certctl.domain.authorities.authorities import Authority
    from certctl.domain.authorities.sharding import Sharding
    from certctl.domain.catalog.kinds import CatalogKinds
    from certctl.domain.channels.kinds.definitions import ChannelKinds
    from certctl.services.audit.exports import PageLimits
    from certctl.store.audit.events import AuditStore
    from certctl.store.catalog.cache import CachedCatalog
    from certctl.store.database import Database
    from certctl.unit_of_work.certificates.preconditions import IssuancePreconditions
    from certctl.unit_of_work.notifications.routing import AlertRouting
    from certctl.unit_of_work.nudges import Nudges
    from certctl.unit_of_work.revoking import Revoking


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, eq=False, repr=False)
class Overrides:
    """Replaces parts of the deployed stack, for tests and the demo's past. None keeps what is deployed."""

    now: Callable[[], datetime] = utc_now
    random: Callable[[], float] = random.random
    sleep: Callable[[float], None] = time.sleep
    database: "Database | None" = None
    audit: "AuditStore | None" = None
    queue: "Callable[[str], Queue] | None" = None
    """Takes the queue's short name."""
    client: Callable[..., Any] | None = None
    """Like `make_client`, but for the region."""
    cached_catalog: "CachedCatalog | None" = None
    """Shared by functions that run in one process, like the next."""
    alert_routing: "AlertRouting | None" = None
    preconditions: "IssuancePreconditions | None" = None
    revocation: "Revoking | None" = None
    catalog_kinds: "CatalogKinds | None" = None
    issuer_factories: "Factories | None" = None
    """Connectors, beside those that are deployed."""
    channel_kinds: "ChannelKinds | None" = None
    notifier_factories: Mapping[str, Callable[..., Any]] | None = None
    """Notifiers, beside those that are deployed. Their type is not imported: it leads to outbound HTTP."""
    ca_key: "Callable[[Authority], CaPrivateKey] | None" = None
    load_key: "Callable[[str], CaPrivateKey] | None" = None
    """Takes the ARN of a key in KMS."""
    pki_objects: "Objects | None" = None
    relying_party: Any | None = None
    """A client of PKI hosts. Its type is not imported: it leads to outbound HTTP."""
    max_writes: int | None = None
    """The most writes of one transaction."""
    export_limits: "PageLimits | None" = None
    """The most that a response with audit events holds."""
    sharding: "Sharding | None" = None
    """When the CRL of a CA is split, and into how many."""
    crl_spacing: timedelta | None = None
    """Between two editions of one CRL."""


DEPLOYED = Overrides()


class Base:
    def __init__(self, overrides: Overrides) -> None:
        self.overrides = overrides
        self.now = overrides.now
        self.random = overrides.random
        self._queues: dict[str, Queue] = {}
        self._clients: dict[str, Any] = {}

    @cached_property
    def database(self) -> "Database":
        if self.overrides.database is not None:
            return self.overrides.database
        from certctl.store.database import connect

        return connect(config.table_names(), config.stack().region)

    @cached_property
    def audit(self) -> "AuditStore":
        if self.overrides.audit is not None:
            return self.overrides.audit
        from certctl.store.audit.events import AuditStore, Retention

        kept = config.audit()
        return AuditStore(self.database, Retention(kept.api_call_days, kept.domain_event_days))

    @cached_property
    def channel_kinds(self) -> "ChannelKinds":
        if self.overrides.channel_kinds is not None:
            return self.overrides.channel_kinds
        from certctl.domain.channels.kinds.registry import CHANNEL_KINDS

        return CHANNEL_KINDS

    @cached_property
    def actor(self) -> "Actor":
        """The function itself, as the actor of what no caller requested."""
        from certctl.domain.audit.events import Actor, ActorType

        return Actor(f"system/{config.stack().function}", ActorType.SYSTEM)

    def client(self, service: "Service") -> Any:
        if service not in self._clients:
            self._clients[service] = self.new_client(service)
        return self._clients[service]

    def new_client(self, service: "Service", *, region: str | None = None, **options: Any) -> Any:
        """`options` as for `make_client`: patience and attempts that differ from the usual ones. Without a
        region, in the stack's."""
        if self.overrides.client is not None:
            return self.overrides.client(service, **options)
        from certctl.connectors.aws.clients import make_client

        return make_client(service, region or config.stack().region, **options)

    def queue(self, name: str) -> "Queue":
        """`jobs`, `crl_nudges`, ...: a queue whose URL the template passes to this function."""
        if name not in self._queues:
            self._queues[name] = (self.overrides.queue or self._deployed_queue)(name)
        return self._queues[name]

    def _deployed_queue(self, name: str) -> "Queue":
        from certctl.connectors.aws.queue import Queue

        return Queue(self.client("sqs"), config.queue_url(name))

    @cached_property
    def nudges(self) -> "Nudges":
        from certctl.unit_of_work.nudges import Nudges

        return Nudges(lambda name, body, seconds: self.queue(name).send_best_effort(body, seconds))
