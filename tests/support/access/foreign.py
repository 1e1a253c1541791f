"""Records of a team that the caller does not reach, one maker for each kind of id in a path."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from certctl.crypto.inventory.facts import parse
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Grant
from certctl.domain.acme.accounts import AcmeAccount
from certctl.domain.agents.agents import BootstrapToken
from certctl.domain.audit.events import Actor, AuditEvent
from certctl.domain.catalog.entries import AnyEntry, Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Agent, Issuer, Owner, Target, Team
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.channels.records import ChannelRecord
from certctl.domain.due_work import Due
from certctl.domain.identity.access_rules import AccessRule
from certctl.domain.identity.accounts import ServiceAccount, User
from certctl.domain.identity.identity_providers import IdentityProvider, ProviderType
from certctl.domain.identity.trust_rules import TrustRule
from certctl.domain.ids import new_id, new_ulid
from certctl.domain.inventory.endpoints.endpoints import PUBLIC, Endpoint
from certctl.domain.inventory.imports import Import
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus, JobType
from certctl.domain.kinds import ChannelKind, IssuerType, TargetType
from certctl.domain.notifications.mutes import Mute
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.statuses import Action, NotificationStatus, NotificationType, Severity
from certctl.domain.policies.policies import Policy
from certctl.domain.policies.policy_types import PolicyType
from certctl.domain.policies.profiles import BUILT_IN_PROFILES
from certctl.domain.policies.statuses import PolicySeverity
from certctl.domain.renewal.policies import RenewalPolicy
from certctl.store.acme.accounts import AcmeAccountStore
from certctl.store.acme.eab_keys import EabKeyStore
from certctl.store.agents.tokens import BootstrapTokenStore
from certctl.store.audit.events import AuditStore
from certctl.store.catalog.records import CatalogStore
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.channels.records import ChannelRecordStore
from certctl.store.inventory.endpoints import EndpointStore
from certctl.store.inventory.imports import ImportStore
from certctl.store.inventory.observed import ObservedStore
from certctl.store.jobs.jobs import JobStore
from certctl.store.notifications.mutes import MuteStore
from certctl.store.notifications.notifications import NotificationStore
from tests.support.acme.key_fields import an_eab_key
from tests.support.functions.deployed import Deployed
from tests.support.inventory.made import Maker as CertificateMaker
from tests.support.inventory.made import observed

TEAM = "t-foreign"
Maker = Callable[[Deployed], str]


def _certificate(stack: Deployed) -> str:
    now = stack.clock()
    certificate = Certificate(
        id=new_id("mc", now),
        name="foreign",
        common_name="www.example.org",
        sans=("DNS:www.example.org",),
        owner_id="o-foreign",
        team_id=TEAM,
        issuer_id="iss-local",
        renewal_policy_id="rp-default",
        created_at=now,
        updated_at=now,
    )
    stack.database.transact(CertificateStore(stack.database).create_steps(certificate, []))
    return certificate.id


def _job(stack: Deployed) -> str:
    now = stack.clock()
    job = Job(
        id=new_id("job", now),
        type=JobType.ISSUANCE,
        certificate_id=_certificate(stack),
        team_id=TEAM,
        status=JobStatus.AWAITING_CSR,
        created_at=now,
        scheduled_at=now,
        requested_by="key-foreign",
        due=Due(due_at=now + timedelta(hours=24)),
    )
    stack.database.write(JobStore(stack.database).create_step(job))
    return job.id


def _notification(stack: Deployed) -> str:
    now = stack.clock()
    notification = Notification(
        id=new_id("notif", now),
        type=NotificationType.REVOCATION,
        severity=Severity.WARNING,
        action=Action.TRIGGER,
        dedup_key="Revocation/mc-1/",
        channel="Webhook",
        channel_id="webhook-default",
        recipient="webhook-default",
        subject="subject",
        message="message",
        status=NotificationStatus.PENDING,
        created_at=now,
        queued_at=now,
        team_id=TEAM,
        due=Due(due_at=now),
    )
    stack.database.write(NotificationStore(stack.database).create_step(notification))
    return notification.id


def _channel(stack: Deployed) -> str:
    now = stack.clock()
    channel_id = new_ulid(now)
    settings = {"url": "certctl/blue/channels/foreign"}
    record = ChannelRecord(channel_id, ChannelKind.SLACK, settings, now, now, team_id=TEAM)
    stack.database.write(ChannelRecordStore(stack.database).create_step(record))
    return channel_id


def _event(stack: Deployed) -> str:
    now = stack.clock()
    event = AuditEvent(
        new_id("aud", now), Actor("key-foreign"), "certificate_created", "certificate", "mc-1", now, TEAM
    )
    AuditStore(stack.database).append(event)
    return event.id


def _mute(stack: Deployed) -> str:
    now = stack.clock()
    mute = Mute(
        id=new_id("mute", now),
        team_id=TEAM,
        starts_at=now,
        ends_at=now + timedelta(hours=1),
        reason="maintenance",
        created_by="key-foreign",
        created_at=now,
    )
    stack.database.write(MuteStore(stack.database).create_step(mute))
    return mute.id


def _bootstrap_token(stack: Deployed) -> str:
    now = stack.clock()
    token_id = new_id("boot", now)
    token = BootstrapToken(
        token_id, new_ulid(now), "*.example.org", TEAM, "key-foreign", now + timedelta(hours=1)
    )
    stack.database.transact(BootstrapTokenStore(stack.database).create_steps(token))
    return token_id


def _key(stack: Deployed) -> str:
    return stack.new_key_and_id(Role.VIEWER, [TEAM], owner_id="o-foreign")[1]


def _endpoint(stack: Deployed) -> str:
    now = stack.clock()
    endpoint = Endpoint(new_id("ep", now), "www.example.org", 443, PUBLIC, TEAM, "o-foreign", now)
    stack.database.transact(EndpointStore(stack.database).create_steps(endpoint))
    return endpoint.id


def _eab_key(stack: Deployed) -> str:
    """The key of a service account of the team."""
    now, account_id = stack.clock(), new_id("sa", stack.clock())
    account = ServiceAccount((Grant(Role.OPERATOR, (TEAM,)),))
    entry: AnyEntry = Entry(Kind.SERVICE_ACCOUNT, account_id, account_id, account, now, now, team_id=TEAM)
    belonging = {"service_account_id": account_id, "team_id": TEAM, "owner_id": "o-foreign"}
    key = an_eab_key(now, id=new_id("eab", now), name="foreign", **belonging)
    stack.database.transact(CatalogStore(stack.database).create_steps(entry))
    stack.database.transact(EabKeyStore(stack.database).create_steps(key))
    return key.id


def _acme_account(stack: Deployed) -> str:
    now, key_id = stack.clock(), _eab_key(stack)
    account = AcmeAccount(
        id=new_id("acct", now),
        eab_key_id=key_id,
        service_account_id=new_id("sa", now),
        team_id=TEAM,
        thumbprint=key_id,
        jwk={"kty": "EC", "crv": "P-256", "x": "x", "y": "y"},
        created_at=now,
        updated_at=now,
    )
    stack.database.transact(AcmeAccountStore(stack.database).create_steps(account))
    return account.id


def _observed(stack: Deployed) -> str:
    parsed, store = parse(CertificateMaker().leaf("www.example.org")), ObservedStore(stack.database)
    stack.database.transact([store.create_step(observed(parsed, team_id=TEAM)), store.der_step(parsed)])
    return parsed.fingerprint


def _import(stack: Deployed) -> str:
    now = stack.clock()
    record = Import(new_id("imp", now), "foreign", "sc-upload-foreign", TEAM, "key-foreign", now)
    stack.database.write(ImportStore(stack.database).create_step(record))
    return record.id


def _entry(kind: Kind, content: Callable[[Deployed], Any], team_id: str | None = None) -> Maker:
    def make(stack: Deployed) -> str:
        now = stack.clock()
        entry_id = new_ulid(now)
        entry: AnyEntry = Entry(kind, entry_id, entry_id, content(stack), now, now, team_id=team_id)
        stack.database.transact(CatalogStore(stack.database).create_steps(entry))
        return entry_id

    return make


def _policy(_: Deployed) -> Policy:
    return Policy(PolicyType.CERTIFICATE_LIFETIME, PolicySeverity.ERROR, {"max_days": 398})


MAKERS: dict[str, Maker] = {
    "certificate_id": _certificate,
    "job_id": _job,
    "notification_id": _notification,
    "channel_id": _channel,
    "campaign_id": lambda _: "cmp-foreign",
    "event_id": _event,
    "mute_id": _mute,
    "token_id": _bootstrap_token,
    "rule_id": lambda _: "team:t-foreign",
    "ca_id": lambda _: "ca-foreign",
    "key_id": _key,
    "spki_sha256": lambda _: "0" * 64,
    "serial": lambda _: "0a1b",
    "seq": lambda _: "1",
    "number": lambda _: "1",
    "endpoint_id": _endpoint,
    "eab_key_id": _eab_key,
    "account_id": _acme_account,
    "fingerprint": _observed,
    "import_id": _import,
    "issuer_id": _entry(Kind.ISSUER, lambda _: Issuer(IssuerType.GENERIC_CA, {})),
    "target_id": _entry(Kind.TARGET, lambda _: Target(TargetType.NGINX, {}), TEAM),
    "owner_id": _entry(Kind.OWNER, lambda _: Owner(), TEAM),
    "team_id": _entry(Kind.TEAM, lambda _: Team()),
    "policy_id": _entry(Kind.POLICY, _policy),
    "profile_id": _entry(Kind.PROFILE, lambda _: BUILT_IN_PROFILES["server"]),
    "renewal_policy_id": _entry(Kind.RENEWAL_POLICY, lambda _: RenewalPolicy()),
    "agent_id": _entry(Kind.AGENT, lambda stack: Agent("web-1", "key-1", stack.clock()), TEAM),
    "identity_provider_id": _entry(
        Kind.IDENTITY_PROVIDER, lambda _: IdentityProvider(ProviderType.OIDC, "https://issuer.example")
    ),
    "service_account_id": _entry(
        Kind.SERVICE_ACCOUNT, lambda _: ServiceAccount((Grant(Role.VIEWER, (TEAM,)),)), TEAM
    ),
    "user_id": _entry(Kind.USER, lambda _: User((Grant(Role.VIEWER, (TEAM,)),))),
    "session_id": lambda _: "ses-foreign",
    "trust_rule_id": _entry(Kind.TRUST_RULE, lambda _: TrustRule("idp-1", "sa-1", ())),
    "access_rule_id": _entry(
        Kind.ACCESS_RULE, lambda _: AccessRule("idp-1", ("groups",), ("pki",), Role.VIEWER, ("*",))
    ),
}
