"""The API as typed methods. Lists are iterators that read page by page. All raise CommandError."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from certctl_client.api import catalog_operations, operations
from certctl_client.api.catalog_operations import CatalogOperations
from certctl_client.api.catalog_records import BootstrapToken, LiveToken, Test, Violation
from certctl_client.api.catalog_requests import NewBootstrapToken, ViolationFilters
from certctl_client.api.certificates import Certificates
from certctl_client.api.job_records import Job
from certctl_client.api.records import (
    ApiKey,
    AuditEvent,
    BulkRequeued,
    Certificate,
    Channel,
    ChannelTest,
    MintedKey,
    Notification,
    OwnKey,
    Summary,
)
from certctl_client.api.requests import (
    AuditFilters,
    BulkRequeue,
    JobFilters,
    NewApiKey,
    NotificationFilters,
    PageQuery,
)
from certctl_client.api.transport import Api, Parameters


@dataclass(frozen=True)
class Jobs:
    api: Api

    def all(self, filters: JobFilters) -> Iterator[Job]:
        """Newest first."""
        return self.api.listed(operations.LIST_JOBS, query=filters)

    def get(self, job_id: str) -> Job:
        return self.api.call(operations.GET_JOB, job_id)

    def approve(self, job_id: str) -> Job:
        """Raises RequestFailed (403) for whoever asked for it, too."""
        return self.api.call(operations.APPROVE_JOB, job_id)

    def reject(self, job_id: str) -> Job:
        return self.api.call(operations.REJECT_JOB, job_id)

    def cancel(self, job_id: str) -> Job:
        return self.api.call(operations.CANCEL_JOB, job_id)


@dataclass(frozen=True)
class Notifications:
    api: Api

    def all(self, filters: NotificationFilters) -> Iterator[Notification]:
        """Newest first."""
        return self.api.listed(operations.LIST_NOTIFICATIONS, query=filters)

    def get(self, notification_id: str) -> Notification:
        return self.api.call(operations.GET_NOTIFICATION, notification_id)

    def mark_read(self, notification_id: str) -> None:
        self.api.call(operations.READ_NOTIFICATION, notification_id)

    def requeue(self, notification_id: str) -> None:
        self.api.call(operations.REQUEUE_NOTIFICATION, notification_id)

    def requeue_many(self, wanted: BulkRequeue) -> BulkRequeued:
        """500 are looked at in one call; go on with the answer's cursor."""
        return self.api.call(operations.REQUEUE_MANY, body=wanted)


@dataclass(frozen=True)
class Channels:
    api: Api

    def all(self, page: PageQuery) -> Iterator[Channel]:
        """By id."""
        return self.api.listed(operations.LIST_CHANNELS, query=page)

    def test(self, channel_id: str) -> ChannelTest:
        """Sends a real message."""
        return self.api.call(operations.TEST_CHANNEL, channel_id)


@dataclass(frozen=True)
class Keys:
    api: Api

    def all(self, page: PageQuery) -> Iterator[ApiKey]:
        """The caller's own, or all for an administrator. Newest first."""
        return self.api.listed(operations.LIST_KEYS, query=page)

    def create(self, wanted: NewApiKey, idempotency_key: str) -> MintedKey:
        return self.api.call(operations.CREATE_KEY, body=wanted, idempotency_key=idempotency_key)

    def own(self) -> OwnKey:
        """The one that asks."""
        return self.api.call(operations.OWN_KEY)

    def revoke(self, key_id: str) -> None:
        """A second time changes nothing."""
        self.api.call(operations.REVOKE_KEY, key_id)


@dataclass(frozen=True)
class Audit:
    api: Api

    def all(self, filters: AuditFilters) -> Iterator[AuditEvent]:
        """Newest first."""
        return self.api.listed(operations.LIST_AUDIT_EVENTS, query=filters)

    def get(self, event_id: str) -> AuditEvent:
        return self.api.call(operations.GET_AUDIT_EVENT, event_id)


@dataclass(frozen=True)
class Insights:
    api: Api

    def health(self) -> str:
        """`ok`."""
        return self.api.call(operations.HEALTH)["status"]

    def readiness(self) -> str:
        """`ready`. Raises RequestFailed (503) while there is no CA to issue with."""
        return self.api.call(operations.READY)["status"]

    def summary(self) -> Summary:
        return self.api.call(operations.SUMMARY)


@dataclass(frozen=True)
class Catalog:
    """The records of one kind."""

    api: Api
    operations: CatalogOperations

    def all(self, filters: Parameters) -> Iterator[Any]:
        """By id, or by name where one is asked for."""
        return self.api.listed(self.operations.list, query=filters)

    def get(self, entry_id: str) -> Any:
        return self.api.call(self.operations.get, entry_id)

    def create(self, wanted: Parameters, idempotency_key: str) -> Any:
        return self.api.call(self.operations.create, body=wanted, idempotency_key=idempotency_key)

    def edit(self, entry_id: str, wanted: Parameters, version: int) -> Any:
        """`wanted` is the whole record. Raises RequestFailed (409) where it is at another version."""
        return self.api.call(self.operations.edit, entry_id, body=wanted, version=version)

    def delete(self, entry_id: str, version: int | None = None, query: Parameters | None = None) -> None:
        """Raises RequestFailed (409) where it is in use, or at another version."""
        self.api.call(self.operations.delete, entry_id, query=query, version=version)


@dataclass(frozen=True)
class CatalogRelated:
    """What some kinds have beside their records."""

    api: Api

    def create_bootstrap_token(self, wanted: NewBootstrapToken, idempotency_key: str) -> BootstrapToken:
        """For one host that is to become an agent, within an hour."""
        return self.api.call(
            catalog_operations.CREATE_BOOTSTRAP_TOKEN, body=wanted, idempotency_key=idempotency_key
        )

    def test_issuer(self, issuer_id: str) -> Test:
        return self.api.call(catalog_operations.TEST_ISSUER, issuer_id)

    def test_target(self, target_id: str) -> Test:
        return self.api.call(catalog_operations.TEST_TARGET, target_id)

    def bootstrap_tokens(self, page: PageQuery) -> Iterator[LiveToken]:
        """Those that nobody has used yet, newest first."""
        return self.api.listed(catalog_operations.LIST_BOOTSTRAP_TOKENS, query=page)

    def end_bootstrap_token(self, token_id: str) -> None:
        self.api.call(catalog_operations.END_BOOTSTRAP_TOKEN, token_id)

    def certificates_of_target(self, target_id: str, page: PageQuery) -> Iterator[Certificate]:
        return self.api.listed(catalog_operations.LIST_CERTIFICATES_OF_TARGET, target_id, query=page)

    def violations(self, policy_id: str | None, filters: ViolationFilters) -> Iterator[Violation]:
        """Of one policy, or of all. Newest first, but for open ones."""
        if policy_id is None:
            return self.api.listed(catalog_operations.LIST_VIOLATIONS, query=filters)
        return self.api.listed(catalog_operations.LIST_VIOLATIONS_OF_POLICY, policy_id, query=filters)


class Stack:
    """One server, by what it has."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.certificates = Certificates(api)
        self.jobs = Jobs(api)
        self.notifications = Notifications(api)
        self.channels = Channels(api)
        self.keys = Keys(api)
        self.audit = Audit(api)
        self.insights = Insights(api)
        self.related = CatalogRelated(api)

    def catalog(self, path: str) -> Catalog:
        """By the kind's path: `renewal-policies`."""
        return Catalog(self.api, catalog_operations.OPERATIONS[path])
