"""A good call of every route of the stack, on a deployed stack with CAs: what budgets are measured with."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from certctl.domain.access.permissions import Role
from certctl.domain.catalog.records import Kind
from certctl.domain.channels.channels import ChannelKind
from certctl.domain.channels.records import ChannelRecord
from certctl.domain.ids import new_id, new_ulid
from certctl.domain.jobs import JobStatus
from certctl.domain.notifications.notifications import NotificationStatus
from certctl.domain.notifications.routing import Route, RoutingRule
from certctl.store.catalog.records import CatalogStore
from certctl.store.channels.items import ChannelStateItem
from certctl.store.channels.records import ChannelRecordStore
from certctl.store.issuing.acme import AcmeStore
from certctl.store.jobs.jobs import JobStore
from certctl.store.keys import CHANNEL_STATE
from certctl.store.notifications.items import NotificationItem
from certctl.store.notifications.routing import RoutingRuleStore
from certctl.store.writes import update
from tests.support.access.foreign import MAKERS
from tests.support.agents.agents import AGENT, HOST, AgentByHttp, AgentsByHttp
from tests.support.agents.fleet import job
from tests.support.api.http import Answer, Client
from tests.support.audit.seals import SealedTrail
from tests.support.aws.clients import client
from tests.support.catalog.catalog import PATHS, CatalogByHttp, a_body
from tests.support.costs.round_trips import Recording, recorded
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.issuing import CERTIFICATES, Issuing

_CA = "/.well-known/pki"
_SLACK = {"url": "certctl/blue/channels/slack"}
_ROUTED = "routed"


_MORE_STEPS: Mapping[tuple[str, str, str], int] = {
    ("GET", PATHS[Kind.AGENT], "by name"): 1,
    ("GET", PATHS[Kind.TARGET], "by name"): 1,
    ("DELETE", f"{PATHS[Kind.AGENT]}/<agent_id>", ""): 2,
    ("DELETE", f"{PATHS[Kind.AGENT]}/<agent_id>", "forced"): 2,
}


@dataclass(frozen=True)
class RouteCall:
    """`ids` makes what path and query name as `<name>`, before anything is measured."""

    folder: str
    method: str
    path: str
    ids: Callable[[Issuing], Mapping[str, str]] = lambda _: {}
    body: Callable[[], Any] = lambda: None
    query: Mapping[str, str] | None = None
    note: str = ""

    @property
    def label(self) -> str:
        parts = [self.method, self.path.removeprefix("/api/v1"), self.note]
        return " ".join(part for part in parts if part)

    @property
    def bound(self) -> int:
        """DynamoDB steps in sequence (design.md section 9). An agent's key goes with a read of the agent's
        record; what was found by name goes with a read of consents; a retirement has a turn behind its
        write."""
        usual = 2 if self.method == "GET" else 4
        return usual + (self.folder == "agents_api") + _MORE_STEPS.get((self.method, self.path, self.note), 0)

    def prepared(self, issuing: Issuing, headers: Mapping[str, str] | None = None) -> Callable[[], Answer]:
        ids, body = self.ids(issuing), self.body()
        path, client = _filled(self.path, ids), self._client(issuing, ids)
        query = {name: _filled(value, ids) for name, value in (self.query or {}).items()}
        return lambda: client.send(self.method, path, body, query=query, headers=headers)

    def _client(self, issuing: Issuing, ids: Mapping[str, str]) -> Client:
        """An administrator, unless `ids` has a `key`."""
        key = ids.get("key")
        return issuing.stack.client(self.folder, key) if key else issuing.stack.admin(self.folder)


def measured(issuing: Issuing, call: RouteCall) -> Recording:
    """Raises AssertionError where the call fails."""
    run = call.prepared(issuing)
    with recorded(issuing.stack.database.client) as recording:
        answer = run()
    assert answer.status < 400, f"{call.label}: {answer.text}"
    return recording


def _filled(template: str, ids: Mapping[str, str]) -> str:
    return re.sub(r"<(\w+)>", lambda name: ids[name[1]], template)


def _active(issuing: Issuing) -> dict[str, str]:
    found = issuing.issued()
    ids = {"certificate_id": found["id"], "serial": found["serial_number"]}
    return ids | {"expires_at": found["expires_at"]}


def _awaiting(issuing: Issuing) -> dict[str, str]:
    created = issuing.created(csr_pem=None).body
    return {"certificate_id": created["id"], "job_id": created["job_id"]}


def _held(issuing: Issuing) -> dict[str, str]:
    ids = _active(issuing)
    path = f"{CERTIFICATES}/{ids['certificate_id']}/revoke"
    assert issuing.api.post(path, {"reason": "certificateHold"}).status == 200
    return ids


def _listed(issuing: Issuing) -> dict[str, str]:
    """The process remembers for 60 s which CA is active: the first call reads that too."""
    ids = _held(issuing)
    assert issuing.api.get("/api/v1/crl").status == 200
    return ids


def _awaiting_approval(issuing: Issuing) -> dict[str, str]:
    ids = _awaiting(issuing)
    waiting = job(ids["certificate_id"], issuing.stack.clock(), status=JobStatus.AWAITING_APPROVAL)
    issuing.stack.database.write(JobStore(issuing.stack.database).create_step(waiting))
    return {"job_id": waiting.id}


def _key(issuing: Issuing) -> dict[str, str]:
    return {"key_id": issuing.stack.new_key_and_id(Role.VIEWER)[1]}


def _event(issuing: Issuing) -> dict[str, str]:
    _awaiting(issuing)
    listed = issuing.stack.admin("insights_api").get("/api/v1/audit").body["data"]
    return {"event_id": listed[0]["id"]}


def _sealed(issuing: Issuing) -> dict[str, str]:
    """An event in the newest seal."""
    ids = _event(issuing)
    issuing.stack.clock.advance(timedelta(minutes=2))
    sealed = SealedTrail(issuing.stack.database, client("s3"), issuing.stack.clock)
    sealed.seal()
    return ids | {"seq": str(sealed.seals[-1].head.seq)}


def _issuer(_: Issuing) -> dict[str, str]:
    return {"issuer_id": "iss-local"}


def _serial(issuing: Issuing) -> dict[str, str]:
    """As `_listed`: which CAs there are is remembered."""
    ids = {**_issuer(issuing), "serial_number": "0a"}
    assert issuing.stack.client("public_api").get(_filled(f"{_CA}/crls/<issuer_id>", ids)).status == 200
    return ids


def _acme_token(issuing: Issuing) -> dict[str, str]:
    AcmeStore(issuing.stack.database, issuing.stack.clock).publish_token("token-1", "token-1.thumbprint")
    return {"token": "token-1"}


def _notification(issuing: Issuing) -> dict[str, str]:
    return {"notification_id": MAKERS["notification_id"](issuing.stack)}


def _dead_notification(issuing: Issuing) -> dict[str, str]:
    ids = _notification(issuing)
    row = NotificationItem(ids["notification_id"])
    dead = [NotificationItem.status.set(NotificationStatus.DEAD)]
    issuing.stack.database.write(update(row, dead, NotificationItem.notification_id.exists()))
    return ids


def _channel(issuing: Issuing) -> dict[str, str]:
    return {"channel_id": MAKERS["channel_id"](issuing.stack)}


def _gone_channel(issuing: Issuing) -> dict[str, str]:
    """A change is its repair, and writes most."""
    ids = _channel(issuing)
    gone = [ChannelStateItem.disabled_at.set(issuing.stack.clock()), ChannelStateItem.error.set("HTTP 410")]
    issuing.stack.database.write(update(ChannelStateItem(CHANNEL_STATE, ids["channel_id"]), gone))
    return ids


def _new_channel() -> dict[str, Any]:
    return {"id": new_ulid(datetime.now(UTC)), "kind": "Slack", "settings": _SLACK}


def _routed(issuing: Issuing) -> dict[str, str]:
    """The channel that a rule may name."""
    store, now = ChannelRecordStore(issuing.stack.database), issuing.stack.clock()
    if store.get(_ROUTED) is None:
        record = ChannelRecord(_ROUTED, ChannelKind.SLACK, {"url": "certctl/blue/channels/slack"}, now, now)
        issuing.stack.database.write(store.create_step(record))
    return {}


def _rule(issuing: Issuing) -> dict[str, str]:
    """That of an owner whom no other call has."""
    store, now = RoutingRuleStore(issuing.stack.database), issuing.stack.clock()
    rule = RoutingRule(f"owner:{new_id('o', now)}", (Route((_ROUTED,)),), now, now)
    issuing.stack.database.write(store.create_step(rule))
    return _routed(issuing) | {"rule_id": rule.id}


def _routes() -> dict[str, Any]:
    return {"routes": [{"severities": ["critical"], "channels": [_ROUTED]}]}


def _muting() -> dict[str, Any]:
    ends_at = datetime.now(UTC) + timedelta(hours=1)
    return {"ends_at": ends_at.isoformat(), "reason": "maintenance"}


def _mute(issuing: Issuing) -> dict[str, str]:
    return {"mute_id": MAKERS["mute_id"](issuing.stack)}


def _registered(issuing: Issuing) -> dict[str, str]:
    return {"agent_id": CatalogByHttp(issuing.stack).with_defaults().made(Kind.AGENT)["id"]}


def _in_use(issuing: Issuing) -> dict[str, str]:
    """An agent with a target."""
    ids = _registered(issuing)
    target = CatalogByHttp(issuing.stack).made(Kind.TARGET, agent_id=ids["agent_id"])
    return ids | {"target_id": target["id"]}


def _mapped(issuing: Issuing) -> dict[str, str]:
    """A target with a certificate."""
    ids, store = _active(issuing) | _in_use(issuing), CatalogStore(issuing.stack.database)
    step = store.refer_step(Kind.TARGET, ids["target_id"], f"certificate#{ids['certificate_id']}")
    issuing.stack.database.write(step)
    return ids


def _of_kind(kind: Kind) -> Iterator[RouteCall]:
    """What all kinds have in common, with as many references as each can have."""
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


def _csr() -> dict[str, str]:
    return {"csr_pem": csr_pem("www.example.com", [], new_key())}


def _many(owner_id: str, *, dry_run: bool) -> dict[str, Any]:
    """Its job runs among other tests: it is to find nothing."""
    return {"reason": "superseded", "owner_id": owner_id, "dry_run": dry_run}


def _token_wish() -> dict[str, str]:
    return {"hostname_pattern": "*.example.com"}


def _token_id(issuing: Issuing) -> dict[str, str]:
    admin = AgentsByHttp(issuing).with_defaults().catalog.admin
    return {"token_id": admin.post(f"{PATHS[Kind.AGENT]}/bootstrap-tokens", _token_wish()).body["id"]}


def _token(issuing: Issuing) -> dict[str, str]:
    return {"key": AgentsByHttp(issuing).with_defaults().token()}


def _new_agent(issuing: Issuing) -> AgentByHttp:
    return (
        AgentsByHttp(issuing).with_defaults().enrolled(hostname=f"{new_ulid(datetime.now(UTC))}.example.com")
    )


def _enrolled(issuing: Issuing) -> dict[str, str]:
    return {"key": str(_new_agent(issuing).client.key)}


def _to_request(issuing: Issuing) -> dict[str, str]:
    agent, agents = _new_agent(issuing), AgentsByHttp(issuing)
    asked = agents.asked(agents.target(agent))
    return {"key": str(agent.client.key), "job_id": asked["job_id"]}


def _to_deploy(issuing: Issuing) -> dict[str, str]:
    """The process remembers targets for 60 s: the first call reads them too."""
    agent, agents = _new_agent(issuing), AgentsByHttp(issuing)
    issued = agents.issued(agent, agents.target(agent))
    (work,) = agent.work()
    ids = {"certificate_id": issued["id"], "serial": issued["serial_number"], "job_id": work["job_id"]}
    return ids | {"key": str(agent.client.key)}


def _begun(issuing: Issuing) -> dict[str, str]:
    ids = _to_deploy(issuing)
    started = AgentByHttp("", issuing.stack.client("agents_api", ids["key"])).start(ids["job_id"])
    assert started.body["attempt"] == 1
    return ids


def _deployed(issuing: Issuing) -> dict[str, str]:
    agent, agents = _new_agent(issuing), AgentsByHttp(issuing)
    issued = agents.issued(agent, agents.target(agent))
    agent.deployed(agent.work()[0])
    return {"certificate_id": issued["id"]}


def _agent(method: str, suffix: str, *more: Any, **fields: Any) -> RouteCall:
    return RouteCall("agents_api", method, AGENT + suffix, *more, **fields)


def _certificates(method: str, suffix: str, *more: Any, **fields: Any) -> RouteCall:
    return RouteCall("certificates_api", method, CERTIFICATES + suffix, *more, **fields)


def _notifications(method: str, suffix: str, *more: Any, **fields: Any) -> RouteCall:
    return RouteCall("notifications_api", method, f"/api/v1/notifications{suffix}", *more, **fields)


def _channels(method: str, suffix: str, *more: Any, **fields: Any) -> RouteCall:
    return RouteCall("notifications_api", method, f"/api/v1/channels{suffix}", *more, **fields)


def _insights(path: str, *more: Any, **fields: Any) -> RouteCall:
    return RouteCall("insights_api", "GET", f"/api/v1{path}", *more, **fields)


_OF_ONE = {"resource_type": "certificate", "resource_id": "<certificate_id>"}
_ONE = "/<certificate_id>"
_VERSION = f"{_ONE}/versions/<serial>/revoke"
CALLS = (
    _certificates("POST", "", body=lambda: {"common_name": "www.example.com"} | _csr(), note="with a CSR"),
    _certificates("POST", "", body=lambda: {"common_name": "www.example.com"}, note="without"),
    _certificates("GET", "", _active),
    _certificates("GET", "", _active, query={"status": "Active"}, note="by status"),
    _certificates("GET", "", _active, query={"name": "example.com"}, note="by name"),
    _certificates("GET", "", _active, query={"expires_after": "<expires_at>"}, note="by expiry"),
    _certificates("GET", "", _active, query={"sort": "created_at"}, note="oldest first"),
    _certificates("GET", "", _active, query={"sort": "-expires_at"}, note="last to expire first"),
    _certificates("GET", _ONE, _active),
    _certificates("PUT", _ONE, _active, body=lambda: {"environment": "staging"}),
    _certificates("DELETE", _ONE, _awaiting),
    _certificates("DELETE", _ONE, _active, query={"keep_valid": "true"}, note="keep_valid"),
    _certificates("DELETE", _ONE, _active, query={"revoke": "superseded"}, note="revoke"),
    _certificates("GET", f"{_ONE}/versions", _active),
    _certificates("POST", f"{_ONE}/renew", _active, body=_csr, note="with a CSR"),
    _certificates("POST", f"{_ONE}/renew", _active, note="without"),
    _certificates("POST", f"{_ONE}/csr", _awaiting, body=_csr),
    _certificates("POST", f"{_ONE}/revoke", _active),
    _certificates("POST", f"{_ONE}/revoke", _active, body=lambda: {"reason": "keyCompromise"}, note="key"),
    _certificates("POST", f"{_ONE}/revoke", _active, body=lambda: {"reason": "certificateHold"}, note="hold"),
    _certificates("POST", _VERSION, _active),
    _certificates("POST", _VERSION, _active, body=lambda: {"reason": "keyCompromise"}, note="key"),
    _certificates("POST", f"{_ONE}/unhold", _held),
    _certificates("POST", "/bulk-revoke", body=lambda: _many("o-nobody", dry_run=False)),
    _certificates("POST", "/bulk-revoke", _active, body=lambda: _many("o-default", dry_run=True), note="dry"),
    _certificates("GET", f"{_ONE}/export/pem", _active),
    RouteCall("certificates_api", "GET", "/api/v1/crl", _listed, note="within its minute"),
    _insights("/audit", _event),
    _insights("/audit", _active, query=_OF_ONE, note="of one"),
    _insights("/audit/<event_id>", _event),
    _insights("/audit/export", _sealed),
    _insights("/audit/seals", _sealed),
    _insights("/audit/seals/<seq>", _sealed),
    _insights("/audit/seals/<seq>/events", _sealed),
    _insights("/audit/key", _sealed),
    _insights("/audit/verify", _sealed),
    _insights("/jobs", _active),
    _insights("/jobs", _awaiting, query={"status": "AwaitingCSR"}, note="by status"),
    _insights("/jobs", _active, query={"sort": "created_at"}, note="oldest first"),
    _insights("/jobs/<job_id>", _awaiting),
    RouteCall("insights_api", "POST", "/api/v1/jobs/<job_id>/cancel", _awaiting),
    RouteCall("insights_api", "POST", "/api/v1/jobs/<job_id>/approve", _awaiting_approval),
    RouteCall("insights_api", "POST", "/api/v1/jobs/<job_id>/reject", _awaiting_approval),
    *(
        _insights(path, _active)
        for path in (
            "/stats/summary",
            "/stats/certificates-by-status",
            "/stats/expiration-timeline",
            "/stats/job-trends",
            "/stats/issuance-rate",
            "/metrics",
            "/metrics/prometheus",
            "/openapi.json",
        )
    ),
    _notifications("GET", "", _notification),
    _notifications("GET", "", _notification, query={"status": "pending"}, note="by status"),
    _notifications("GET", "", _notification, query={"sort": "created_at"}, note="oldest first"),
    _notifications("GET", "/<notification_id>", _notification),
    _notifications("POST", "/<notification_id>/read", _notification),
    _notifications("POST", "/<notification_id>/requeue", _dead_notification),
    _channels("GET", "", _channel),
    _channels("POST", "", body=_new_channel),
    _channels("GET", "/<channel_id>", _channel),
    _channels("PUT", "/<channel_id>", _gone_channel, body=lambda: {"settings": _SLACK}),
    _channels("DELETE", "/<channel_id>", _gone_channel),
    _channels("POST", "/<channel_id>/test", _channel),
    _notifications("GET", "/routing", _rule),
    _notifications("GET", "/routing/<rule_id>", _rule),
    _notifications("PUT", "/routing/<rule_id>", _rule, body=_routes),
    _notifications("PUT", "/routing/stack", _routed, body=_routes, note="a new one"),
    _notifications("DELETE", "/routing/<rule_id>", _rule),
    _notifications("GET", "/mutes", _mute),
    _notifications("POST", "/mutes", body=lambda: _muting() | {"team_id": "t-default"}, note="of a team"),
    _notifications("DELETE", "/mutes/<mute_id>", _mute),
    *(call for kind in PATHS for call in _of_kind(kind)),
    RouteCall("catalog_api", "POST", PATHS[Kind.AGENT], body=lambda: a_body(Kind.AGENT)),
    RouteCall("catalog_api", "DELETE", f"{PATHS[Kind.AGENT]}/<agent_id>", _registered),
    RouteCall(
        "catalog_api",
        "DELETE",
        f"{PATHS[Kind.AGENT]}/<agent_id>",
        _in_use,
        query={"force": "true", "reason": "replaced"},
        note="forced",
    ),
    RouteCall("catalog_api", "POST", f"{PATHS[Kind.ISSUER]}/<issuer_id>/test", _issuer),
    RouteCall("catalog_api", "POST", f"{PATHS[Kind.TARGET]}/<target_id>/test", _in_use),
    RouteCall("catalog_api", "GET", f"{PATHS[Kind.TARGET]}/<target_id>/certificates", _mapped),
    RouteCall("catalog_api", "GET", "/api/v1/issuer-types"),
    RouteCall("catalog_api", "GET", "/api/v1/target-types"),
    RouteCall("catalog_api", "GET", "/api/v1/api-keys/self"),
    RouteCall("catalog_api", "GET", "/api/v1/violations"),
    RouteCall(
        "catalog_api", "GET", "/api/v1/policies/<policy_id>/violations", lambda _: {"policy_id": "pol-1"}
    ),
    RouteCall("catalog_api", "GET", "/api/v1/api-keys", _key),
    RouteCall("catalog_api", "POST", "/api/v1/api-keys", body=lambda: {"name": "ci", "role": "viewer"}),
    RouteCall("catalog_api", "GET", "/api/v1/api-keys/<key_id>", _key),
    RouteCall("catalog_api", "DELETE", "/api/v1/api-keys/<key_id>", _key),
    _certificates("POST", f"{_ONE}/deploy", _deployed),
    _certificates("GET", f"{_ONE}/deployments", _deployed),
    RouteCall("catalog_api", "POST", f"{PATHS[Kind.AGENT]}/bootstrap-tokens", body=_token_wish),
    RouteCall("catalog_api", "GET", f"{PATHS[Kind.AGENT]}/bootstrap-tokens", _token_id),
    RouteCall("catalog_api", "DELETE", f"{PATHS[Kind.AGENT]}/bootstrap-tokens/<token_id>", _token_id),
    _agent("POST", "/register", _token, body=lambda: HOST),
    _agent("POST", "/heartbeat", _enrolled, body=lambda: HOST),
    _agent("POST", "/key/rotate", _enrolled),
    _agent("GET", "/work", _to_deploy),
    _agent("POST", "/jobs/<job_id>/csr", _to_request, body=_csr),
    _agent("POST", "/jobs/<job_id>/start", _to_deploy, body=dict),
    _agent("POST", "/jobs/<job_id>/result", _begun, body=lambda: {"attempt": 1, "outcome": "failed"}),
    _agent("GET", "/certificates/<certificate_id>/versions/<serial>", _to_deploy),
    RouteCall("public_api", "GET", "/health"),
    RouteCall("public_api", "GET", "/ready"),
    RouteCall("public_api", "GET", f"{_CA}/ca/<issuer_id>", _issuer),
    RouteCall("public_api", "GET", f"{_CA}/crl/<issuer_id>", _issuer),
    RouteCall("public_api", "GET", f"{_CA}/crls/<issuer_id>", _issuer),
    RouteCall(
        "public_api",
        "GET",
        f"{_CA}/status/<issuer_id>/<serial_number>",
        _serial,
        note="within its minute",
    ),
    RouteCall("public_api", "GET", "/.well-known/acme-challenge/<token>", _acme_token),
)
