"""Records that the calls of `route_calls` name in paths, queries and bodies."""

from datetime import UTC, datetime, timedelta
from typing import Any

from certctl.crypto.fingerprints import spki_sha256
from certctl.crypto.inventory.facts import parse
from certctl.crypto.pem import load_certificate
from certctl.domain.access.permissions import Role
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.channels.records import ChannelRecord
from certctl.domain.ids import new_id, new_ulid
from certctl.domain.insights.attention import CSR_PATIENCE
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.routing import Route, RoutingRule
from certctl.domain.notifications.statuses import NotificationStatus
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
from tests.support.agents.agents import AgentByHttp, AgentsByHttp
from tests.support.agents.fleet import job
from tests.support.audit.seals import SealedTrail
from tests.support.aws.clients import client
from tests.support.catalog.catalog import PATHS, CatalogByHttp
from tests.support.identity.sessions import SESSION, SESSIONS_OF_USER, session_of
from tests.support.identity.sign_ins import signed_in, signed_in_as
from tests.support.inventory.importing import importer, sent
from tests.support.inventory.made import Maker
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.issuing import CERTIFICATES, Issuing

_CA = "/.well-known/pki"
_SLACK = {"url": "certctl/blue/channels/slack"}
_ROUTED = "routed"


def inventory_import(issuing: Issuing) -> dict[str, str]:
    """An import, and a certificate that another one brought."""
    found = importer(issuing.stack)
    leaf = Maker().leaf("www.example.com", begins=issuing.stack.clock() - timedelta(days=1))
    found.imported(sent("file:/etc/a.pem#0", leaf), name="other")
    return {"import_id": found.begun(), "fingerprint": parse(leaf).fingerprint, "number": "1"}


def import_chunk() -> dict[str, Any]:
    return {
        "certificates": [
            sent(
                "file:/etc/b.pem#0",
                Maker().leaf("new.example.com", begins=datetime.now(UTC) - timedelta(days=1)),
            )
        ]
    }


def active(issuing: Issuing) -> dict[str, str]:
    found = issuing.issued()
    ids = {"certificate_id": found["id"], "serial": found["serial_number"]}
    return ids | {"expires_at": found["expires_at"]}


def awaiting(issuing: Issuing) -> dict[str, str]:
    created = issuing.created(csr_pem=None).body
    return {"certificate_id": created["id"], "job_id": created["job_id"]}


def awaiting_for_long(issuing: Issuing) -> dict[str, str]:
    """Longer than an agent needs for its CSR."""
    ids = awaiting(issuing)
    issuing.stack.clock.advance(CSR_PATIENCE)
    return ids


def held(issuing: Issuing) -> dict[str, str]:
    ids = active(issuing)
    path = f"{CERTIFICATES}/{ids['certificate_id']}/revoke"
    assert issuing.api.post(path, {"reason": "certificateHold"}).status == 200
    return ids


def keyed(issuing: Issuing) -> dict[str, str]:
    """With the hash of the certificate's key."""
    ids = active(issuing)
    exported = issuing.api.get(f"{CERTIFICATES}/{ids['certificate_id']}/export/pem").text
    leaf = load_certificate(exported)
    return ids | {"spki_sha256": spki_sha256(leaf.public_key())}


CAMPAIGN = {"reason": "superseded", "selection": {"profile_id": "server"}}
_CAMPAIGNS = "/api/v1/campaigns"


def campaign(issuing: Issuing) -> dict[str, str]:
    """Whose one certificate is found, and which awaits its confirmation."""
    ids = active(issuing)
    selection = {"certificate_ids": [ids["certificate_id"]]}
    started = issuing.api.post(_CAMPAIGNS, CAMPAIGN | {"selection": selection})
    assert started.status == 202, started.text
    issuing.work()
    return ids | {"campaign_id": started.body["id"]}


ENDPOINT = {"host": "www.example.com", "team_id": "t-default"}


def endpoint(issuing: Issuing) -> dict[str, str]:
    ids = active(issuing)
    body = ENDPOINT | {"certificate_ids": [ids["certificate_id"]]}
    created = issuing.stack.admin("inventory_api").post("/api/v1/endpoints", body)
    assert created.status == 201, created.text
    return ids | {"endpoint_id": created.body["id"]}


def running_campaign(issuing: Issuing) -> dict[str, str]:
    ids = campaign(issuing)
    assert issuing.api.post(f"{_CAMPAIGNS}/{ids['campaign_id']}/confirm", {"confirm": 1}).status == 200
    issuing.work()
    return ids


def paused_campaign(issuing: Issuing) -> dict[str, str]:
    ids = running_campaign(issuing)
    assert issuing.api.post(f"{_CAMPAIGNS}/{ids['campaign_id']}/pause").status == 200
    return ids


def campaign_to_verify(issuing: Issuing) -> dict[str, str]:
    """Whose certificate has a new version."""
    ids = running_campaign(issuing)
    body = {"csr_pem": csr_pem("www.example.com", [], new_key())}
    assert issuing.api.post(f"{CERTIFICATES}/{ids['certificate_id']}/csr", body).status == 202
    issuing.work()
    path = f"{_CAMPAIGNS}/{ids['campaign_id']}"
    assert issuing.api.post(f"{path}/pause").status == issuing.api.post(f"{path}/resume").status == 200
    issuing.work()
    return ids


def authority(issuing: Issuing) -> dict[str, str]:
    active_ca = issuing.pki.authorities.active_issuing("iss-local")
    assert active_ca
    return {"ca_id": active_ca.ca_id}


def used_authority(issuing: Issuing) -> dict[str, str]:
    """One that has issued a certificate."""
    issuing.issued()
    return authority(issuing)


def listed(issuing: Issuing) -> dict[str, str]:
    """The process remembers for 60 s which CA is active: the first call reads that too."""
    ids = held(issuing)
    assert issuing.api.get("/api/v1/crl").status == 200
    return ids


def recorded(issuing: Issuing) -> dict[str, str]:
    """Like `listed`, for the revocations of all CAs."""
    ids = held(issuing)
    assert issuing.api.get("/api/v1/revocations").status == 200
    return ids


def awaiting_approval(issuing: Issuing) -> dict[str, str]:
    ids = awaiting(issuing)
    waiting = job(ids["certificate_id"], issuing.stack.clock(), status=JobStatus.AWAITING_APPROVAL)
    issuing.stack.database.write(JobStore(issuing.stack.database).create_step(waiting))
    return {"job_id": waiting.id}


def key(issuing: Issuing) -> dict[str, str]:
    return {"key_id": issuing.stack.new_key_and_id(Role.VIEWER)[1]}


def used_key(issuing: Issuing) -> dict[str, str]:
    """A key whose last use is recorded, once an hour."""
    key = issuing.stack.new_key(Role.VIEWER)
    assert issuing.stack.client("identity_api", key).get(SESSION).status == 200
    return {"key": key}


def session(issuing: Issuing) -> dict[str, str]:
    return {"key": session_of(issuing.stack, issuing.stack.new_key(Role.VIEWER))}


def user_session(issuing: Issuing) -> dict[str, str]:
    user = signed_in_as(CatalogByHttp(issuing.stack), Role.VIEWER)
    signed_in(issuing.stack, user)
    path = SESSIONS_OF_USER.replace("<user_id>", user.id)
    (found,) = issuing.stack.admin("identity_api").get(path).body["data"]
    return {"user_id": user.id, "session_id": found["id"]}


def event(issuing: Issuing) -> dict[str, str]:
    awaiting(issuing)
    listed = issuing.stack.admin("insights_api").get("/api/v1/audit").body["data"]
    return {"event_id": listed[0]["id"]}


def sealed(issuing: Issuing) -> dict[str, str]:
    """An event in the newest seal."""
    ids = event(issuing)
    issuing.stack.clock.advance(timedelta(minutes=2))
    sealed = SealedTrail(issuing.stack.database, client("s3"), issuing.stack.clock)
    sealed.seal()
    return ids | {"seq": str(sealed.seals[-1].head.seq)}


def issuer(_: Issuing) -> dict[str, str]:
    return {"issuer_id": "iss-local"}


def built_in_issuer(issuing: Issuing) -> dict[str, str]:
    """The record of the built-in issuer, which a deployment makes; the CA behind `issuer` needs none."""
    CatalogByHttp(issuing.stack).with_defaults()
    return issuer(issuing)


def serial(issuing: Issuing) -> dict[str, str]:
    """The serial of a CA that is remembered, as for `listed`."""
    ids = {**issuer(issuing), "serial_number": "0a"}
    assert issuing.stack.client("public_api").get(f"{_CA}/crls/{ids['issuer_id']}").status == 200
    return ids


def acme_token(issuing: Issuing) -> dict[str, str]:
    AcmeStore(issuing.stack.database, issuing.stack.clock).publish_token("token-1", "token-1.thumbprint")
    return {"token": "token-1"}


def notification(issuing: Issuing) -> dict[str, str]:
    return {"notification_id": MAKERS["notification_id"](issuing.stack)}


def dead_notification(issuing: Issuing) -> dict[str, str]:
    ids = notification(issuing)
    row = NotificationItem(ids["notification_id"])
    dead = [NotificationItem.status.set(NotificationStatus.DEAD)]
    issuing.stack.database.write(update(row, dead, NotificationItem.notification_id.exists()))
    return ids


def channel(issuing: Issuing) -> dict[str, str]:
    return {"channel_id": MAKERS["channel_id"](issuing.stack)}


def gone_channel(issuing: Issuing) -> dict[str, str]:
    """A change is its repair, and writes most."""
    ids = channel(issuing)
    gone = [ChannelStateItem.disabled_at.set(issuing.stack.clock()), ChannelStateItem.error.set("HTTP 410")]
    issuing.stack.database.write(update(ChannelStateItem(CHANNEL_STATE, ids["channel_id"]), gone))
    return ids


def new_channel() -> dict[str, Any]:
    return {"id": new_ulid(datetime.now(UTC)), "kind": "Slack", "settings": _SLACK}


def routed(issuing: Issuing) -> dict[str, str]:
    """The channel that a rule may name."""
    store, now = ChannelRecordStore(issuing.stack.database), issuing.stack.clock()
    if store.get(_ROUTED) is None:
        record = ChannelRecord(_ROUTED, ChannelKind.SLACK, {"url": "certctl/blue/channels/slack"}, now, now)
        issuing.stack.database.write(store.create_step(record))
    return {}


def rule(issuing: Issuing) -> dict[str, str]:
    """The id of an owner that no other call uses."""
    store, now = RoutingRuleStore(issuing.stack.database), issuing.stack.clock()
    rule = RoutingRule(f"owner:{new_id('o', now)}", (Route((_ROUTED,)),), now, now)
    issuing.stack.database.write(store.create_step(rule))
    return routed(issuing) | {"rule_id": rule.id}


def routes() -> dict[str, Any]:
    return {"routes": [{"severities": ["critical"], "channels": [_ROUTED]}]}


def previewed() -> dict[str, Any]:
    return {"type": "RenewalFailure", "severity": "critical", "team_id": "t-default"}


def policy_draft() -> dict[str, Any]:
    return {"type": "CertificateLifetime", "config": {"max_days": 47}}


def names_draft() -> dict[str, Any]:
    return {"allowed_names": ["DNS:**.example.com"]}


def team(issuing: Issuing) -> dict[str, str]:
    return {"team_id": CatalogByHttp(issuing.stack).with_defaults().made(Kind.TEAM)["id"]}


def muting() -> dict[str, Any]:
    ends_at = datetime.now(UTC) + timedelta(hours=1)
    return {"ends_at": ends_at.isoformat(), "reason": "maintenance"}


def mute(issuing: Issuing) -> dict[str, str]:
    return {"mute_id": MAKERS["mute_id"](issuing.stack)}


def registered(issuing: Issuing) -> dict[str, str]:
    return {"agent_id": CatalogByHttp(issuing.stack).with_defaults().made(Kind.AGENT)["id"]}


def in_use(issuing: Issuing) -> dict[str, str]:
    """An agent with a target."""
    ids = registered(issuing)
    target = CatalogByHttp(issuing.stack).made(Kind.TARGET, agent_id=ids["agent_id"])
    return ids | {"target_id": target["id"]}


def mapped(issuing: Issuing) -> dict[str, str]:
    """A target with a certificate."""
    ids, store = active(issuing) | in_use(issuing), CatalogStore(issuing.stack.database)
    step = store.refer_step(Kind.TARGET, ids["target_id"], f"certificate#{ids['certificate_id']}")
    issuing.stack.database.write(step)
    return ids


def csr() -> dict[str, str]:
    return {"csr_pem": csr_pem("www.example.com", [], new_key())}


def many(owner_id: str, *, dry_run: bool) -> dict[str, Any]:
    """A bulk revocation whose job runs among other tests, so it must match nothing."""
    return {"reason": "superseded", "owner_id": owner_id, "dry_run": dry_run}


def token_wish() -> dict[str, str]:
    return {"hostname_pattern": "*.example.com"}


def token_id(issuing: Issuing) -> dict[str, str]:
    admin = AgentsByHttp(issuing).with_defaults().catalog.admin
    return {"token_id": admin.post(f"{PATHS[Kind.AGENT]}/bootstrap-tokens", token_wish()).body["id"]}


def token(issuing: Issuing) -> dict[str, str]:
    return {"key": AgentsByHttp(issuing).with_defaults().token()}


def new_agent(issuing: Issuing) -> AgentByHttp:
    return (
        AgentsByHttp(issuing).with_defaults().enrolled(hostname=f"{new_ulid(datetime.now(UTC))}.example.com")
    )


def enrolled(issuing: Issuing) -> dict[str, str]:
    return {"key": str(new_agent(issuing).client.key)}


def to_request(issuing: Issuing) -> dict[str, str]:
    agent, agents = new_agent(issuing), AgentsByHttp(issuing)
    asked = agents.asked(agents.target(agent))
    return {"key": str(agent.client.key), "job_id": asked["job_id"]}


def to_deploy(issuing: Issuing) -> dict[str, str]:
    """The process remembers targets for 60 s: the first call reads them too."""
    agent, agents = new_agent(issuing), AgentsByHttp(issuing)
    issued = agents.issued(agent, agents.target(agent))
    (work,) = agent.work()
    ids = {"certificate_id": issued["id"], "serial": issued["serial_number"], "job_id": work["job_id"]}
    return ids | {"key": str(agent.client.key)}


def begun(issuing: Issuing) -> dict[str, str]:
    ids = to_deploy(issuing)
    started = AgentByHttp("", issuing.stack.client("agents_api", ids["key"])).start(ids["job_id"])
    assert started.body["attempt"] == 1
    return ids


def deployed(issuing: Issuing) -> dict[str, str]:
    agent, agents = new_agent(issuing), AgentsByHttp(issuing)
    issued = agents.issued(agent, agents.target(agent))
    agent.deployed(agent.work()[0])
    return {"certificate_id": issued["id"]}
