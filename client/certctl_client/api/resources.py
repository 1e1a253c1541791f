"""The API as typed methods. Lists are iterators that read page by page. All raise CommandError."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from certctl_client.api import catalog_operations, operations
from certctl_client.api.acme import Acme
from certctl_client.api.alerting import Channels, Digests, Mutes, Routing
from certctl_client.api.catalog_operations import CatalogOperations
from certctl_client.api.certificates import Campaigns, Certificates, KeyUses
from certctl_client.api.inventory import Endpoints, Inventory
from certctl_client.api.paths import Parameters
from certctl_client.api.schema import (
    AccessPreviewBody,
    AccessPreviewView,
    ApiKeyView,
    AttentionView,
    AuditEventView,
    AuthorityDetailsView,
    AuthorityView,
    BootstrapTokenBody,
    BootstrapTokenView,
    BulkRequeueBody,
    BulkRequeuedView,
    CertificateView,
    GetAuthorityUsesQuery,
    GetRevocationRecordQuery,
    IssuerTypeView,
    JobDetailsView,
    JobView,
    ListApiKeysQuery,
    ListAuditEventsQuery,
    ListBootstrapTokensQuery,
    ListCertificatesOfTargetQuery,
    ListJobsQuery,
    ListNotificationsQuery,
    ListRevocationRecordsQuery,
    ListViolationsQuery,
    LiveTokenView,
    MintedKeyView,
    NamesPreviewBody,
    NamesPreviewView,
    NewApiKeyBody,
    NotificationView,
    OfferedProviderView,
    OwnKeyView,
    PolicyPreviewBody,
    PolicyPreviewView,
    RevocationBody,
    RevocationRecordDetailsView,
    RevocationRecordView,
    RevokeApiKeyQuery,
    SessionView,
    SummaryView,
    TargetTypeView,
    TestView,
    TokenRequestBody,
    TokenView,
    TrustPreviewBody,
    TrustPreviewView,
    UserSessionView,
    ViolationView,
)

if TYPE_CHECKING:
    from certctl_client.api.transport import Api


@dataclass(frozen=True)
class Jobs:
    api: "Api"

    def all(self, filters: ListJobsQuery) -> Iterator[JobView]:
        """Newest records first."""
        return self.api.listed(operations.LIST_JOBS, query=filters)

    def get(self, job_id: str) -> JobDetailsView:
        return self.api.call(operations.GET_JOB, job_id)

    def approve(self, job_id: str) -> JobView:
        """Raises RequestFailed (403), also if the caller requested the job."""
        return self.api.call(operations.APPROVE_JOB, job_id)

    def reject(self, job_id: str) -> JobView:
        return self.api.call(operations.REJECT_JOB, job_id)

    def cancel(self, job_id: str) -> JobView:
        return self.api.call(operations.CANCEL_JOB, job_id)


@dataclass(frozen=True)
class Notifications:
    api: "Api"

    def all(self, filters: ListNotificationsQuery) -> Iterator[NotificationView]:
        """Newest records first."""
        return self.api.listed(operations.LIST_NOTIFICATIONS, query=filters)

    def get(self, notification_id: str) -> NotificationView:
        return self.api.call(operations.GET_NOTIFICATION, notification_id)

    def mark_read(self, notification_id: str) -> None:
        self.api.call(operations.MARK_NOTIFICATION_READ, notification_id)

    def requeue(self, notification_id: str) -> None:
        self.api.call(operations.REQUEUE_NOTIFICATION, notification_id)

    def requeue_many(self, body: BulkRequeueBody) -> BulkRequeuedView:
        """Requeues up to 500 notifications; continue with the cursor of the response."""
        return self.api.call(operations.BULK_REQUEUE, body=body)


@dataclass(frozen=True)
class Keys:
    api: "Api"

    def all(self, page: ListApiKeysQuery) -> Iterator[ApiKeyView]:
        """Lists the caller's own keys, or all for an administrator, newest first."""
        return self.api.listed(operations.LIST_API_KEYS, query=page)

    def create(self, body: NewApiKeyBody, idempotency_key: str) -> MintedKeyView:
        return self.api.call(operations.CREATE_API_KEY, body=body, idempotency_key=idempotency_key)

    def own(self) -> OwnKeyView:
        """The caller's own key."""
        return self.api.call(operations.GET_OWN_API_KEY)

    def caller(self) -> OwnKeyView | SessionView:
        """The caller's own key, or its session if that was started without one."""
        session = self.session()
        return self.own() if session["key_id"] else session

    def sessions_of(self, user_id: str) -> Sequence[UserSessionView]:
        """Live sessions of a user, newest first."""
        return self.api.call(operations.LIST_USER_SESSIONS, user_id)["data"]

    def end_session_of(self, user_id: str, session_id: str) -> None:
        self.api.call(operations.END_USER_SESSION, user_id, session_id)

    def exchanged(self, rule_id: str, token: str) -> TokenView:
        """Exchanges a token of an identity provider for a credential of a service account."""
        body: TokenRequestBody = {
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "client_id": rule_id,
            "assertion": token,
        }
        return self.api.call(operations.EXCHANGE_TOKEN, body=body)

    def of_code(self, code: str, verifier: str, redirect_uri: str | None) -> TokenView:
        """Exchanges the code of a consent for a session."""
        body: TokenRequestBody = {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": verifier,
        }
        if redirect_uri is not None:
            body["redirect_uri"] = redirect_uri
        return self.api.call(operations.EXCHANGE_TOKEN, body=body)

    def child_of(self, credential: str, scope: str) -> TokenView:
        """Exchanges a key or session for a token that ends with it."""
        body: TokenRequestBody = {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token": credential,
            "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
            "scope": scope,
        }
        return self.api.call(operations.EXCHANGE_TOKEN, body=body)

    def providers(self) -> Sequence[OfferedProviderView]:
        """The identity providers that people sign in with."""
        return self.api.call(operations.LIST_SIGN_IN_PROVIDERS)["data"]

    def session(self) -> SessionView:
        """Who the caller is, and until when its credential works."""
        return self.api.call(operations.GET_SESSION)

    def end_session(self) -> None:
        """Ends the session or token that the caller uses."""
        self.api.call(operations.END_SESSION)

    def revoke(self, key_id: str, reason: RevokeApiKeyQuery) -> None:
        """Revokes a key; repeating it changes nothing."""
        self.api.call(operations.REVOKE_API_KEY, key_id, query=reason)

    def revoke_text(self, text: str, leaked: bool) -> None:
        """Ends the credential with this text if it is live; `leaked` as in `revoke`."""
        body: RevocationBody = {"token": text, "reason": "leaked" if leaked else None}
        self.api.call(operations.REVOKE_CREDENTIAL, body=body)


@dataclass(frozen=True)
class Audit:
    api: "Api"

    def all(self, filters: ListAuditEventsQuery) -> Iterator[AuditEventView]:
        """Newest records first."""
        return self.api.listed(operations.LIST_AUDIT_EVENTS, query=filters)

    def get(self, event_id: str) -> AuditEventView:
        return self.api.call(operations.GET_AUDIT_EVENT, event_id)


@dataclass(frozen=True)
class Authorities:
    api: "Api"

    def all(self) -> list[AuthorityView]:
        """Lists the CAs, issuing ones first."""
        return self.api.call(operations.LIST_AUTHORITIES)["data"]

    def get(self, ca_id: str) -> AuthorityDetailsView:
        return self.api.call(operations.GET_AUTHORITY, ca_id)

    def uses(self, ca_id: str) -> tuple[int, list[str]]:
        """The number of certificates in force whose current version the CA issued, and their targets."""
        query: GetAuthorityUsesQuery = {"per_page": 500}
        certificates, targets = 0, set[str]()
        while True:
            part = self.api.call(operations.GET_AUTHORITY_USES, ca_id, query=query)
            certificates += part["certificates"]
            targets.update(part["target_ids"])
            if part["next_cursor"] is None:
                return certificates, sorted(targets)
            query["cursor"] = part["next_cursor"]


@dataclass(frozen=True)
class Revocations:
    api: "Api"

    def all(self, filters: ListRevocationRecordsQuery) -> Iterator[RevocationRecordView]:
        """Lists the stored revocations, in order of CA, shard and serial number, external issuers last."""
        return self.api.listed(operations.LIST_REVOCATION_RECORDS, query=filters)

    def get(self, serial: str, issuer_id: str | None = None) -> RevocationRecordDetailsView:
        """`issuer_id` is needed for the serial of an external issuer that a CA of the stack has used too."""
        body = GetRevocationRecordQuery(issuer_id=issuer_id) if issuer_id else None
        return self.api.call(operations.GET_REVOCATION_RECORD, serial, query=body)


@dataclass(frozen=True)
class Insights:
    api: "Api"

    def health(self) -> str:
        """`ok`."""
        return self.api.call(operations.HEALTH)["status"]

    def readiness(self) -> str:
        """`ready`. Raises RequestFailed (503) while no CA can issue."""
        return self.api.call(operations.READY)["status"]

    def summary(self) -> SummaryView:
        return self.api.call(operations.GET_SUMMARY)

    def attention(self) -> AttentionView:
        return self.api.call(operations.GET_ATTENTION)


@dataclass(frozen=True)
class Catalog:
    """Catalog records of one kind."""

    api: "Api"
    operations: CatalogOperations

    def all(self, filters: Parameters) -> Iterator[Any]:
        """Lists records by id, or by name if the filters have one."""
        return self.api.listed(self.operations.list, query=filters)

    def get(self, entry_id: str) -> Any:
        return self.api.call(self.operations.get, entry_id)

    def create(self, body: Parameters, idempotency_key: str) -> Any:
        return self.api.call(self.operations.create, body=body, idempotency_key=idempotency_key)

    def edit(self, entry_id: str, body: Parameters, version: int) -> Any:
        """Replaces the record with `body`. Raises RequestFailed (409) if it has another version."""
        return self.api.call(self.operations.edit, entry_id, body=body, version=version)

    def delete(self, entry_id: str, version: int | None = None, query: Parameters | None = None) -> None:
        """Raises RequestFailed (409) if the record is in use or has another version."""
        self.api.call(self.operations.delete, entry_id, query=query, version=version)


@dataclass(frozen=True)
class CatalogRelated:
    """Operations that some kinds have besides those on their records."""

    api: "Api"

    def create_bootstrap_token(self, body: BootstrapTokenBody, idempotency_key: str) -> BootstrapTokenView:
        """Creates a token with which one host may register as an agent within an hour."""
        return self.api.call(operations.CREATE_BOOTSTRAP_TOKEN, body=body, idempotency_key=idempotency_key)

    def issuer_types(self) -> Sequence[IssuerTypeView]:
        return self.api.call(operations.LIST_ISSUER_TYPES)["data"]

    def target_types(self) -> Sequence[TargetTypeView]:
        return self.api.call(operations.LIST_TARGET_TYPES)["data"]

    def test_issuer(self, issuer_id: str) -> TestView:
        return self.api.call(operations.TEST_ISSUER, issuer_id)

    def test_target(self, target_id: str) -> TestView:
        return self.api.call(operations.TEST_TARGET, target_id)

    def bootstrap_tokens(self, page: ListBootstrapTokensQuery) -> Iterator[LiveTokenView]:
        """Lists unused bootstrap tokens, newest first."""
        return self.api.listed(operations.LIST_BOOTSTRAP_TOKENS, query=page)

    def end_bootstrap_token(self, token_id: str) -> None:
        self.api.call(operations.END_BOOTSTRAP_TOKEN, token_id)

    def certificates_of_target(
        self, target_id: str, page: ListCertificatesOfTargetQuery
    ) -> Iterator[CertificateView]:
        return self.api.listed(operations.LIST_CERTIFICATES_OF_TARGET, target_id, query=page)

    def policy_preview(self, body: PolicyPreviewBody) -> Iterator[PolicyPreviewView]:
        """Evaluates a policy that is not stored: page after page, as they are asked for."""
        page = self.api.call(operations.PREVIEW_POLICY, body=body)
        yield page
        while (cursor := page["next_cursor"]) is not None:
            page = self.api.call(operations.PREVIEW_POLICY, body={**body, "cursor": cursor})
            yield page

    def names_preview(self, team_id: str, body: NamesPreviewBody) -> Iterator[NamesPreviewView]:
        """Tries names that are not stored: page after page, as they are asked for."""
        page = self.api.call(operations.PREVIEW_TEAM_NAMES, team_id, body=body)
        yield page
        while (cursor := page["next_cursor"]) is not None:
            body = {**body, "cursor": cursor}
            page = self.api.call(operations.PREVIEW_TEAM_NAMES, team_id, body=body)
            yield page

    def trust_preview(self, rule_id: str, body: TrustPreviewBody) -> TrustPreviewView:
        """Checks a token, or claims, against a trust rule."""
        return self.api.call(operations.PREVIEW_TRUST_RULE, rule_id, body=body)

    def access_preview(self, body: AccessPreviewBody) -> AccessPreviewView:
        """Checks a person's claims against the access rules of a provider."""
        return self.api.call(operations.PREVIEW_ACCESS, body=body)

    def violations(self, policy_id: str | None, filters: ListViolationsQuery) -> Iterator[ViolationView]:
        """Lists violations of one policy, or of all, newest first except open ones."""
        if policy_id is None:
            return self.api.listed(operations.LIST_VIOLATIONS, query=filters)
        return self.api.listed(operations.LIST_POLICY_VIOLATIONS, policy_id, query=filters)


class Stack:
    """One server's API by resource."""

    def __init__(self, api: "Api") -> None:
        self.api = api
        self.certificates = Certificates(api)
        self.jobs = Jobs(api)
        self.notifications = Notifications(api)
        self.channels = Channels(api)
        self.routing = Routing(api)
        self.mutes = Mutes(api)
        self.digests = Digests(api)
        self.keys = Keys(api)
        self.audit = Audit(api)
        self.authorities = Authorities(api)
        self.revocations = Revocations(api)
        self.campaigns = Campaigns(api)
        self.key_uses = KeyUses(api)
        self.inventory = Inventory(api)
        self.endpoints = Endpoints(api)
        self.acme = Acme(api)
        self.insights = Insights(api)
        self.related = CatalogRelated(api)

    def catalog(self, path: str) -> Catalog:
        """The records of a kind, by its path: `renewal-policies`."""
        return Catalog(self.api, catalog_operations.OPERATIONS[path])
