"""A valid call of every route, on a deployed stack with CAs, with which budgets are measured."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from certctl.domain.catalog.record_kinds import Kind
from tests.support.access.earlier_keys import earlier_key_text
from tests.support.agents.agents import AGENT, HOST
from tests.support.api import acme_route_ids as acme
from tests.support.api import route_ids as of
from tests.support.api.http import Answer, Client
from tests.support.api.route_steps import MORE_STEPS
from tests.support.catalog.catalog import PATHS, CatalogByHttp, a_body
from tests.support.costs.round_trips import Recording, recorded
from tests.support.identity.sessions import OWN_PAGE, SESSION, SESSIONS_OF_USER
from tests.support.issuing.issuing import CERTIFICATES, Issuing

_CA = "/.well-known/pki"
_SLACK = {"url": "certctl/blue/channels/slack"}


_REVOCATIONS = "/api/v1/revocations"
_EAB_KEYS = "/api/v1/acme/eab-keys"
_EAB_KEY = f"{_EAB_KEYS}/<eab_key_id>"
_ACME_ACCOUNT = "/api/v1/acme/accounts/<account_id>"
_LATELY = {"since": "2026-01-01T00:00:00Z", "reason": "certificateHold"}


@dataclass(frozen=True)
class RouteCall:
    """`ids` creates the records that path and query name as `<name>`, before the measurement."""

    folder: str
    method: str
    path: str
    ids: Callable[[Issuing], Mapping[str, str]] = lambda _: {}
    body: Callable[[], Any] = lambda: None
    query: Mapping[str, str] | None = None
    note: str = ""
    headers: Mapping[str, str] | None = None

    @property
    def label(self) -> str:
        parts = [self.method, self.path.removeprefix("/api/v1"), self.note]
        return " ".join(part for part in parts if part)

    @property
    def bound(self) -> int:
        """DynamoDB steps in sequence (CONTRIBUTING.md#tests). An agent's key needs a read of the agent's
        record, targets and agents a read of consents, and a retirement a step after its write."""
        usual = 2 if self.method == "GET" else 4
        return usual + (self.folder == "agents_api") + MORE_STEPS.get((self.method, self.path, self.note), 0)

    def prepared(self, issuing: Issuing, headers: Mapping[str, str] | None = None) -> Callable[[], Answer]:
        ids, body = self.ids(issuing), self.body()
        path, client = _filled(self.path, ids), self._client(issuing, ids)
        query = {name: _filled(value, ids) for name, value in (self.query or {}).items()}
        sent = {**(self.headers or {}), **(headers or {})}
        return lambda: client.send(self.method, path, body, query=query, headers=sent)

    def _client(self, issuing: Issuing, ids: Mapping[str, str]) -> Client:
        """An administrator, unless `ids` has a `key`."""
        key = ids.get("key")
        return issuing.stack.client(self.folder, key) if key else issuing.stack.admin(self.folder)


def measured(issuing: Issuing, call: RouteCall) -> Recording:
    """Raises AssertionError if the call fails."""
    run = call.prepared(issuing)
    with recorded(issuing.stack.database.client) as recording:
        answer = run()
    assert answer.status < 400, f"{call.label}: {answer.text}"
    return recording


def _filled(template: str, ids: Mapping[str, str]) -> str:
    return re.sub(r"<(\w+)>", lambda name: ids[name[1]], template)


def _of_kind(kind: Kind) -> Iterator[RouteCall]:
    """The calls that all kinds share, with as many references as each can have."""
    parameter, path = f"{kind.label}_id", PATHS[kind]
    one = f"{path}/<{parameter}>"

    def made(issuing: Issuing) -> dict[str, str]:
        return {parameter: CatalogByHttp(issuing.stack).with_defaults().made(kind)["id"]}

    yield RouteCall("catalog_api", "GET", path, made)
    yield RouteCall("catalog_api", "GET", path, made, query={"name": kind.value}, note="by name")
    yield RouteCall("catalog_api", "GET", one, made)
    yield RouteCall("catalog_api", "PUT", one, made, body=lambda: a_body(kind))
    if kind is not Kind.AGENT:
        yield RouteCall("catalog_api", "POST", path, made, body=lambda: a_body(kind))
        yield RouteCall("catalog_api", "DELETE", one, made)


def _agent(method: str, suffix: str, *more: Any, **fields: Any) -> RouteCall:
    return RouteCall("agents_api", method, AGENT + suffix, *more, **fields)


def _certificates(method: str, suffix: str, *more: Any, **fields: Any) -> RouteCall:
    return RouteCall("certificates_api", method, CERTIFICATES + suffix, *more, **fields)


def _campaigns(method: str, suffix: str, *more: Any, **fields: Any) -> RouteCall:
    return RouteCall("certificates_api", method, f"/api/v1/campaigns{suffix}", *more, **fields)


def _notifications(method: str, suffix: str, *more: Any, **fields: Any) -> RouteCall:
    return RouteCall("notifications_api", method, f"/api/v1/notifications{suffix}", *more, **fields)


def _channels(method: str, suffix: str, *more: Any, **fields: Any) -> RouteCall:
    return RouteCall("notifications_api", method, f"/api/v1/channels{suffix}", *more, **fields)


def _endpoints(method: str, suffix: str, *more: Any, **fields: Any) -> RouteCall:
    return RouteCall("inventory_api", method, f"/api/v1/endpoints{suffix}", *more, **fields)


def _inventory(method: str, suffix: str, *more: Any, **fields: Any) -> RouteCall:
    return RouteCall("inventory_api", method, f"/api/v1/inventory{suffix}", *more, **fields)


def _insights(path: str, *more: Any, **fields: Any) -> RouteCall:
    return RouteCall("insights_api", "GET", f"/api/v1{path}", *more, **fields)


_OF_ONE = {"resource_type": "certificate", "resource_id": "<certificate_id>"}
_ONE = "/<certificate_id>"
_CAMPAIGN = "/<campaign_id>"
_VERSION = f"{_ONE}/versions/<serial>/revoke"
CALLS = (
    _certificates("POST", "", body=lambda: {"common_name": "www.example.com"} | of.csr(), note="with a CSR"),
    _certificates("POST", "", body=lambda: {"common_name": "www.example.com"}, note="without"),
    _certificates("GET", "", of.active),
    _certificates("GET", "", of.active, query={"status": "Active"}, note="by status"),
    _certificates("GET", "", of.active, query={"name": "example.com"}, note="by name"),
    _certificates("GET", "", of.active, query={"expires_after": "<expires_at>"}, note="by expiry"),
    _certificates("GET", "", of.active, query={"sort": "created_at"}, note="oldest first"),
    _certificates("GET", "", of.active, query={"sort": "-expires_at"}, note="last to expire first"),
    _certificates("GET", _ONE, of.active),
    _certificates("GET", _ONE, of.held, note="on hold"),
    _certificates("PUT", _ONE, of.active, body=lambda: {"environment": "staging"}),
    _certificates("DELETE", _ONE, of.awaiting),
    _certificates("DELETE", _ONE, of.active, query={"keep_valid": "true"}, note="keep_valid"),
    _certificates("DELETE", _ONE, of.active, query={"revoke": "superseded"}, note="revoke"),
    _certificates("GET", f"{_ONE}/versions", of.active),
    _certificates("POST", f"{_ONE}/renew", of.active, body=of.csr, note="with a CSR"),
    _certificates("POST", f"{_ONE}/renew", of.active, note="without"),
    _certificates("POST", f"{_ONE}/csr", of.awaiting, body=of.csr),
    _certificates("POST", f"{_ONE}/revoke", of.active),
    _certificates("POST", f"{_ONE}/revoke", of.active, body=lambda: {"reason": "keyCompromise"}, note="key"),
    _certificates(
        "POST", f"{_ONE}/revoke", of.active, body=lambda: {"reason": "certificateHold"}, note="hold"
    ),
    _certificates("POST", _VERSION, of.active),
    _certificates("POST", _VERSION, of.active, body=lambda: {"reason": "keyCompromise"}, note="key"),
    _certificates("POST", f"{_ONE}/unhold", of.held),
    _certificates("POST", "/bulk-revoke", body=lambda: of.many("o-nobody", dry_run=False)),
    _certificates(
        "POST", "/bulk-revoke", of.active, body=lambda: of.many("o-default", dry_run=True), note="dry"
    ),
    _certificates("GET", f"{_ONE}/export/pem", of.active),
    RouteCall("certificates_api", "GET", "/api/v1/crl", of.listed, note="within its minute"),
    RouteCall("certificates_api", "GET", "/api/v1/keys/<spki_sha256>", of.keyed),
    _campaigns("GET", "", of.campaign),
    _campaigns("POST", "", body=lambda: of.CAMPAIGN),
    _campaigns("GET", _CAMPAIGN, of.campaign),
    _campaigns("GET", f"{_CAMPAIGN}/items", of.campaign),
    _campaigns("POST", f"{_CAMPAIGN}/confirm", of.campaign, body=lambda: {"confirm": 1}),
    _campaigns("POST", f"{_CAMPAIGN}/pause", of.running_campaign),
    _campaigns("POST", f"{_CAMPAIGN}/resume", of.paused_campaign),
    _campaigns("POST", f"{_CAMPAIGN}/cancel", of.running_campaign),
    _campaigns("POST", f"{_CAMPAIGN}/items/<certificate_id>/verify", of.campaign_to_verify),
    RouteCall("certificates_api", "GET", _REVOCATIONS, of.recorded, note="within its minute"),
    RouteCall("certificates_api", "GET", _REVOCATIONS, of.recorded, query=_LATELY, note="by time"),
    RouteCall("certificates_api", "GET", f"{_REVOCATIONS}/<serial>", of.recorded, note="within its minute"),
    _insights("/audit", of.event),
    _insights("/audit", of.active, query=_OF_ONE, note="of one"),
    _insights("/audit/<event_id>", of.event),
    _insights("/audit/export", of.sealed),
    _insights("/audit/seals", of.sealed),
    _insights("/audit/seals/<seq>", of.sealed),
    _insights("/audit/seals/<seq>/events", of.sealed),
    _insights("/audit/key", of.sealed),
    _insights("/audit/verify", of.sealed),
    _insights("/jobs", of.active),
    _insights("/jobs", of.awaiting, query={"status": "AwaitingCSR"}, note="by status"),
    _insights("/jobs", of.active, query={"sort": "created_at"}, note="oldest first"),
    _insights("/jobs", of.awaiting, query={"state": "open"}, note="open ones"),
    _insights("/jobs/<job_id>", of.awaiting),
    RouteCall("insights_api", "POST", "/api/v1/jobs/<job_id>/cancel", of.awaiting),
    RouteCall("insights_api", "POST", "/api/v1/jobs/<job_id>/approve", of.awaiting_approval),
    RouteCall("insights_api", "POST", "/api/v1/jobs/<job_id>/reject", of.awaiting_approval),
    _insights("/attention", of.awaiting_for_long),
    *(
        _insights(path, of.active)
        for path in (
            "/stats/summary",
            "/stats/overview",
            "/stats/certificates-by-status",
            "/stats/expiration-timeline",
            "/stats/job-trends",
            "/stats/issuance-rate",
            "/metrics",
            "/metrics/prometheus",
            "/openapi.json",
        )
    ),
    _notifications("GET", "", of.notification),
    _notifications("GET", "", of.notification, query={"status": "pending"}, note="by status"),
    _notifications("GET", "", of.notification, query={"sort": "created_at"}, note="oldest first"),
    _notifications("GET", "/groups", of.dead_notification, query={"state": "waiting"}),
    _notifications("GET", "/<notification_id>", of.notification),
    _notifications("POST", "/<notification_id>/read", of.notification),
    _notifications("POST", "/<notification_id>/requeue", of.dead_notification),
    _channels("GET", "", of.channel),
    _channels("POST", "", body=of.new_channel),
    _channels("GET", "/<channel_id>", of.channel),
    _channels("PUT", "/<channel_id>", of.gone_channel, body=lambda: {"settings": _SLACK}),
    _channels("DELETE", "/<channel_id>", of.gone_channel),
    _channels("POST", "/<channel_id>/test", of.channel),
    RouteCall("notifications_api", "GET", "/api/v1/channel-kinds"),
    _notifications("GET", "/routing", of.rule),
    _notifications("GET", "/routing/<rule_id>", of.rule),
    _notifications("PUT", "/routing/<rule_id>", of.rule, body=of.routes),
    _notifications("PUT", "/routing/stack", of.routed, body=of.routes, note="a new one"),
    _notifications("DELETE", "/routing/<rule_id>", of.rule),
    _notifications("POST", "/routing/preview", body=of.previewed),
    _notifications("GET", "/digest-preview", note="of the default owner"),
    _notifications("GET", "/mutes", of.mute),
    _notifications("POST", "/mutes", body=lambda: of.muting() | {"team_id": "t-default"}, note="of a team"),
    _notifications("DELETE", "/mutes/<mute_id>", of.mute),
    *(call for kind in PATHS for call in _of_kind(kind)),
    RouteCall("catalog_api", "POST", PATHS[Kind.AGENT], body=lambda: a_body(Kind.AGENT)),
    RouteCall("catalog_api", "DELETE", f"{PATHS[Kind.AGENT]}/<agent_id>", of.registered),
    RouteCall(
        "catalog_api",
        "DELETE",
        f"{PATHS[Kind.AGENT]}/<agent_id>",
        of.in_use,
        query={"force": "true", "reason": "replaced"},
        note="forced",
    ),
    RouteCall("catalog_api", "POST", f"{PATHS[Kind.ISSUER]}/<issuer_id>/test", of.built_in_issuer),
    RouteCall("catalog_api", "POST", f"{PATHS[Kind.TARGET]}/<target_id>/test", of.in_use),
    RouteCall("catalog_api", "GET", f"{PATHS[Kind.TARGET]}/<target_id>/certificates", of.mapped),
    RouteCall("catalog_api", "GET", "/api/v1/authorities"),
    RouteCall("catalog_api", "GET", "/api/v1/authorities/<ca_id>", of.authority),
    RouteCall("catalog_api", "GET", "/api/v1/authorities/<ca_id>/uses", of.used_authority),
    RouteCall("catalog_api", "GET", "/api/v1/issuer-types"),
    RouteCall("catalog_api", "GET", "/api/v1/target-types"),
    RouteCall("catalog_api", "GET", "/api/v1/api-keys/self"),
    RouteCall("catalog_api", "GET", "/api/v1/violations"),
    RouteCall(
        "catalog_api", "GET", "/api/v1/policies/<policy_id>/violations", lambda _: {"policy_id": "pol-1"}
    ),
    RouteCall("catalog_api", "POST", "/api/v1/policies/preview", body=of.policy_draft),
    RouteCall(
        "catalog_api", "POST", f"{PATHS[Kind.TEAM]}/<team_id>/names/preview", of.team, body=of.names_draft
    ),
    RouteCall("catalog_api", "GET", "/api/v1/api-keys", of.key),
    RouteCall("catalog_api", "POST", "/api/v1/api-keys", body=lambda: {"name": "ci", "role": "viewer"}),
    RouteCall("catalog_api", "GET", "/api/v1/api-keys/<key_id>", of.key),
    RouteCall("catalog_api", "DELETE", "/api/v1/api-keys/<key_id>", of.key),
    RouteCall("catalog_api", "GET", _EAB_KEYS, acme.eab_key),
    RouteCall("catalog_api", "POST", _EAB_KEYS, acme.eab_account, body=acme.eab_key_wish),
    RouteCall("catalog_api", "GET", _EAB_KEY, acme.eab_key),
    RouteCall("catalog_api", "PUT", _EAB_KEY, acme.eab_key, body=acme.eab_key_edit),
    RouteCall("catalog_api", "POST", f"{_EAB_KEY}/rotate", acme.eab_key),
    RouteCall("catalog_api", "POST", f"{_EAB_KEY}/revoke", acme.eab_key),
    RouteCall("catalog_api", "DELETE", _EAB_KEY, acme.eab_key),
    RouteCall("catalog_api", "GET", "/api/v1/acme/accounts", acme.acme_account),
    RouteCall(
        "catalog_api",
        "GET",
        "/api/v1/acme/accounts",
        acme.acme_account,
        query={"eab_key_id": "<eab_key_id>"},
        note="of one key",
    ),
    RouteCall("catalog_api", "GET", _ACME_ACCOUNT, acme.acme_account),
    RouteCall("catalog_api", "POST", f"{_ACME_ACCOUNT}/revoke", acme.acme_account),
    RouteCall(
        "catalog_api", "GET", "/api/v1/acme/orders", acme.acme_account, query={"account_id": "<account_id>"}
    ),
    _certificates("POST", f"{_ONE}/deploy", of.deployed),
    _certificates("GET", f"{_ONE}/deployments", of.deployed),
    RouteCall("catalog_api", "POST", f"{PATHS[Kind.AGENT]}/bootstrap-tokens", body=of.token_wish),
    RouteCall("catalog_api", "GET", f"{PATHS[Kind.AGENT]}/bootstrap-tokens", of.token_id),
    RouteCall("catalog_api", "DELETE", f"{PATHS[Kind.AGENT]}/bootstrap-tokens/<token_id>", of.token_id),
    _agent("POST", "/register", of.token, body=lambda: HOST),
    _agent("POST", "/heartbeat", of.enrolled, body=lambda: HOST),
    _agent("POST", "/key/rotate", of.enrolled),
    _agent("GET", "/work", of.to_deploy),
    _agent("POST", "/jobs/<job_id>/csr", of.to_request, body=of.csr),
    _agent("POST", "/jobs/<job_id>/start", of.to_deploy, body=dict),
    _agent("POST", "/jobs/<job_id>/result", of.begun, body=lambda: {"attempt": 1, "outcome": "failed"}),
    _agent("GET", "/certificates/<certificate_id>/versions/<serial>", of.to_deploy),
    RouteCall(
        "identity_api",
        "POST",
        "/api/v1/auth/trust-rules/<trust_rule_id>/preview",
        lambda issuing: {"trust_rule_id": CatalogByHttp(issuing.stack).made(Kind.TRUST_RULE)["id"]},
        body=lambda: {"claims": {"sub": "job"}},
    ),
    RouteCall(
        "identity_api",
        "POST",
        "/api/v1/auth/trust-rules/preview",
        lambda issuing: {"trust_rule_id": CatalogByHttp(issuing.stack).made(Kind.TRUST_RULE)["id"]},
        body=lambda: {"rule": a_body(Kind.TRUST_RULE), "claims": {"sub": "job"}},
    ),
    RouteCall(
        "identity_api",
        "POST",
        "/api/v1/auth/preview",
        lambda issuing: {"access_rule_id": CatalogByHttp(issuing.stack).made(Kind.ACCESS_RULE)["id"]},
        body=lambda: {"provider_id": "idp-trusted", "claims": {"groups": ["pki"]}},
    ),
    RouteCall("identity_api", "POST", SESSION, of.used_key, headers=OWN_PAGE),
    RouteCall("identity_api", "GET", SESSION, of.session),
    RouteCall("identity_api", "POST", "/api/v1/auth/revoke", body=lambda: {"token": earlier_key_text()}),
    RouteCall("identity_api", "DELETE", SESSION, of.session),
    RouteCall("identity_api", "GET", SESSIONS_OF_USER, of.user_session),
    RouteCall("identity_api", "DELETE", f"{SESSIONS_OF_USER}/<session_id>", of.user_session),
    RouteCall("identity_api", "GET", "/api/v1/auth/providers"),
    _endpoints("POST", "", body=lambda: of.ENDPOINT),
    _endpoints("GET", "", of.endpoint),
    _endpoints("GET", "", of.endpoint, query={"certificate": "<certificate_id>"}, note="of a certificate"),
    _endpoints("GET", "/<endpoint_id>", of.endpoint),
    _endpoints("PUT", "/<endpoint_id>/expectation", of.endpoint, body=lambda: {"expected": "any_valid"}),
    _endpoints("GET", "/<endpoint_id>/history", of.endpoint),
    _endpoints("GET", "/<endpoint_id>/incidents", of.endpoint),
    _endpoints("DELETE", "/<endpoint_id>", of.endpoint),
    _inventory("GET", "/certificates", of.inventory_import),
    _inventory("GET", "/certificates", of.inventory_import, query={"q": "example.com"}, note="by name"),
    _inventory("GET", "/certificates", of.inventory_import, query={"status": "Unmanaged"}, note="by status"),
    _inventory("GET", "/certificates/<fingerprint>", of.inventory_import),
    _inventory("GET", "/certificates/<fingerprint>/places", of.inventory_import),
    _inventory("PUT", "/certificates/<fingerprint>", of.inventory_import, body=lambda: {"tags": {"a": "b"}}),
    _inventory("GET", "/sources", of.inventory_import),
    _inventory("GET", "/summary", of.inventory_import),
    _inventory("GET", "/readiness", of.inventory_import),
    _inventory("POST", "/imports", body=lambda: {"name": "web-1"}),
    _inventory("GET", "/imports/<import_id>", of.inventory_import),
    _inventory("PUT", "/imports/<import_id>/chunks/<number>", of.inventory_import, body=of.import_chunk),
    _inventory("POST", "/imports/<import_id>/complete", of.inventory_import),
    RouteCall("public_api", "GET", "/health"),
    RouteCall("public_api", "GET", "/ready"),
    RouteCall("public_api", "GET", f"{_CA}/ca/<issuer_id>", of.issuer),
    RouteCall("public_api", "GET", f"{_CA}/crl/<issuer_id>", of.issuer),
    RouteCall("public_api", "GET", f"{_CA}/crls/<issuer_id>", of.issuer),
    RouteCall(
        "public_api",
        "GET",
        f"{_CA}/status/<issuer_id>/<serial_number>",
        of.serial,
        note="within its minute",
    ),
    RouteCall("public_api", "GET", "/.well-known/acme-challenge/<token>", of.acme_token),
)
