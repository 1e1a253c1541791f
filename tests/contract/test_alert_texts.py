"""What people read of each alert: names where there are names, times and lengths as people write them."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from certctl.connectors.notifiers.texts import facts_of, heading
from certctl.crypto.inventory.facts import parse
from certctl.domain.agents import deployment_alerts
from certctl.domain.agents.deployments import Place
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.certificates.statuses import VersionState
from certctl.domain.certificates.subjects import subject_of
from certctl.domain.certificates.versions import Version
from certctl.domain.channels.channels import ChannelConfig, ChannelState
from certctl.domain.channels.kinds.registry import CHANNEL_KINDS
from certctl.domain.inventory.ca_warnings import ended_ca_alert, ending_ca_alert, warning_of
from certctl.domain.inventory.census.figures import EndingCa
from certctl.domain.inventory.endpoints.alerts import problem_alert, solved_alert
from certctl.domain.inventory.endpoints.findings import Finding
from certctl.domain.inventory.endpoints.incidents import Affected, Incident
from certctl.domain.inventory.observed_alerts import (
    ended_expiry_alert,
    lost_issuances_alert,
    unknown_issuance_alert,
    unmanaged_expiry_alert,
)
from certctl.domain.inventory.restores import RestoreWindow
from certctl.domain.inventory.scopes import Scope
from certctl.domain.inventory.source_alerts import back_alert, silence_alert
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications import channel_alerts as channel_alarms
from certctl.domain.notifications.alerts import notifications_for, notifications_to
from certctl.domain.notifications.digests.content import Addressee, Digest, DigestRow, DigestSection
from certctl.domain.notifications.digests.routes import digest_channels
from certctl.domain.notifications.digests.settings import DigestList
from certctl.domain.notifications.digests.texts import DigestText
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.routing import Route, RoutingFacts, RoutingRule
from certctl.domain.notifications.statuses import NotificationType, Severity
from certctl.domain.policies.alerts import violation_alert
from certctl.domain.policies.policies import Violation
from certctl.domain.policies.statuses import PolicySeverity
from certctl.domain.renewal import alerts as renewals
from certctl.domain.renewal.planning import ExpiryAlert
from certctl.domain.revocation import alerts as revocations
from certctl.domain.revocation import campaign_alerts
from certctl.domain.revocation.campaign_requests import CampaignSelection
from certctl.domain.revocation.campaigns import Campaign
from certctl.domain.revocation.reasons import HOLD, KEY_COMPROMISE
from certctl.domain.revocation.requests import RevocationRequest
from certctl.domain.revocation.states import OnDeadline
from certctl.services.notifications.delivery import message_of
from tests.support.agents.fleet import live
from tests.support.inventory.made import Maker, observed

NOW = datetime(2026, 11, 24, 13, tzinfo=UTC)
FOR_MACHINES = ("All: ", "Command: ")
"""Addresses and commands have ids and times as the API takes them."""
ULID = re.compile(r"\b[a-z]+-[0-9a-hjkmnp-tv-z]{26}\b")
TIMEDELTA = re.compile(r"\d+ days?, |\b\d+:\d\d:\d\d|timedelta|\d\d\+00:00|\d{4}-\d\d-\d\dT|\b1 [a-z]+s\b")
SLACK = ChannelConfig("slack-payments", ChannelKind.SLACK, {})
SHOP = live(
    "mc-01kav3q4s00000000000000001",
    NOW,
    NOW + timedelta(days=3),
    name="shop.example.com",
    common_name="shop.example.com",
    serial_number="4f2a",
    owner_id="o-01kav3q4s00000000000000002",
    team_id="t-01kav3q4s00000000000000003",
    issuer_id="iss-01kav3q4s00000000000000004",
)
VERSION = Version(SHOP.id, "4f2a", "ca-1", 0, "job-1", VersionState.ISSUED, NOW, NOW, NOW)
TARGET = Place("tgt-01kav3q4s00000000000000005", "Web 1")
AGENT = Place("agt-01kav3q4s00000000000000006", "idp-1.example.com")
ALL_TYPES = Route(("slack-payments",), types=tuple(NotificationType))
RULE = RoutingRule("stack", (ALL_TYPES,), NOW, NOW)
FACTS = RoutingFacts(CHANNEL_KINDS, [SLACK], {"stack": RULE}, owner_name="Lars", team_name="Platform")
FAILED = SHOP.failed(NOW, JobStatus.AWAITING_CSR.timed_out)
WARNED = FAILED.with_alerted(7)
REFUSED = Violation(
    id="pv-01kav3q4s00000000000000007",
    policy_id="pol-01kav3q4s00000000000000008",
    policy_name="Only example.com",
    certificate_id=SHOP.id,
    common_name=SHOP.common_name,
    team_id=SHOP.team_id,
    severity=PolicySeverity.ERROR,
    message="shop.example.net is in none of the allowed domains: example.com",
    refused=True,
    created_at=NOW,
    last_seen_at=NOW,
)
CAMPAIGN = Campaign(
    "cmp-01kav3q4s00000000000000009",
    CampaignSelection(certificate_ids=(SHOP.id,)),
    KEY_COMPROMISE,
    OnDeadline.REVOKE,
    24,
    "key-1",
    NOW,
    NOW,
    confirmed_at=NOW,
)
INCIDENTS = [
    Incident(SHOP.id, finding, NOW, Severity.WARNING).joined(
        Affected("ep-01kav3q4s0000000000000000a", "shop.example.com:443", Severity.WARNING), NOW, "t-web"
    )
    for finding in Finding
]
ALERTS = (
    renewals.expiry_alert(SHOP, ExpiryAlert(7, NOW - timedelta(hours=5), is_late=True), NOW),
    renewals.expiry_alert(SHOP, ExpiryAlert(0, NOW, is_late=False), NOW + timedelta(days=4)),
    *(renewals.issuance_failure_alert(FAILED, status.timed_out) for status in JobStatus if status.timeout),
    *renewals.issuance_alerts(WARNED, WARNED.issued(VERSION, NOW)),
    *renewals.failure_resolves(FAILED, "was archived"),
    revocations.revocation_alert(SHOP, [VERSION], RevocationRequest(KEY_COMPROMISE)),
    revocations.revocation_alert(SHOP, [VERSION], RevocationRequest(HOLD)),
    revocations.unheld_alert(SHOP),
    revocations.issuer_revocation_alert(SHOP, "Let's Encrypt", "the issuer refused: no"),
    revocations.unknown_order_alert(SHOP, "Vault", "no response to the signing call"),
    deployment_alerts.success_alert(SHOP, TARGET, "4f2a"),
    deployment_alerts.failure_alert(SHOP, TARGET, "4f2a", "nginx -t ended with 1", leaves_former=True),
    deployment_alerts.ended_failure_alert(SHOP, TARGET, "4f2a"),
    deployment_alerts.undeployed_alert(SHOP, TARGET, "it is disabled"),
    *deployment_alerts.ended_incidents(SHOP, [TARGET], "was archived"),
    deployment_alerts.silent_agent_alert(SHOP, AGENT, NOW - timedelta(hours=3), 2),
    deployment_alerts.agent_back_alert(SHOP, AGENT),
    violation_alert(SHOP, REFUSED),
    campaign_alerts.replacement_alert(CAMPAIGN, SHOP),
    campaign_alerts.replaced_alert(CAMPAIGN, SHOP),
    *(problem_alert(incident, subject_of(SHOP)) for incident in INCIDENTS),
    solved_alert(INCIDENTS[0], subject_of(SHOP)),
)
PARSED = parse(Maker().leaf("www.example.com", begins=NOW - timedelta(days=1)))
FOUND = replace(
    observed(PARSED),
    fingerprint="5f" * 32,  # the certificate is another one in each run
    facts=replace(PARSED.facts, serial_number="77aa"),
    sightings=2,
    alerted=("30", "7"),
    gone_at=NOW,
)
SCOPE = Scope("sc-01kav3q4s0000000000000000b", "src-1", "t-web", "files of web", NOW, timedelta(days=1))
ENDING = EndingCa(
    "ca" * 32, "CN=Their CA", NOW + timedelta(days=60), 3, NOW + timedelta(days=85), SHOP.team_id
)
WARNING = warning_of(ENDING, NOW)
OF_THE_INVENTORY = (
    ending_ca_alert(WARNING, ENDING, NOW),
    ended_ca_alert(WARNING),
    unmanaged_expiry_alert(FOUND, ExpiryAlert(7, NOW - timedelta(hours=5), is_late=True), NOW),
    ended_expiry_alert(FOUND),
    unknown_issuance_alert(FOUND),
    lost_issuances_alert(RestoreWindow(NOW - timedelta(hours=3), NOW), FOUND),
    silence_alert(SCOPE),
    back_alert(SCOPE),
)
DIGEST = DigestText(
    Digest(
        Addressee(Kind.TEAM, "t-web", "Web", "t-web"),
        NOW,
        (
            DigestSection(
                DigestList.EXPIRING,
                21,
                (DigestRow("mc-1", "shop", NOW + timedelta(days=3), "", SHOP.owner_id, "t-web"),),
            ),
            DigestSection(DigestList.SOURCES, 1, (DigestRow("src-1", "web-1", NOW, "it refused"),)),
        ),
    ),
    {(Kind.OWNER, SHOP.owner_id): "Lars"},
    "https://certctl.example",
).alert("2026-W49")
ROWS = (
    *(row for alert in ALERTS for row in notifications_for(alert, FACTS, NOW)),
    *(row for alert in OF_THE_INVENTORY for row in notifications_for(alert, FACTS, NOW)),
    *notifications_to(digest_channels(DIGEST.subject, FACTS), DIGEST, FACTS, NOW),
    channel_alarms.channel_gone_alert("teams-ops", ChannelState(), "HTTP 410", SLACK, NOW),
    channel_alarms.channel_failing_alert("teams-ops", NOW - timedelta(minutes=20), "HTTP 503", SLACK, NOW),
    channel_alarms.dead_rows_alert("teams-ops", "HTTP 400", SLACK, NOW),
    channel_alarms.all_clear("teams-ops", "ChannelFailure/teams-ops/1", SLACK, NOW),
)


def _read_by_people(row: Notification) -> str:
    message = message_of(row, "")
    facts = "\n".join(f"{label}: {value}" for label, value in facts_of(message))
    body = [line for line in message.body.splitlines() if not line.startswith(FOR_MACHINES)]
    return "\n".join([heading(message), *body, facts])


def test_every_type_is_rendered_but_that_of_test_messages() -> None:
    assert len(ROWS) == len(ALERTS) + len(OF_THE_INVENTORY) + 5
    assert {row.type for row in ROWS} == set(NotificationType) - {NotificationType.TEST}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.subject)
def test_people_read_names_and_no_ids_nor_lengths_of_time_as_python_prints_them(row: Notification) -> None:
    text = _read_by_people(row)
    assert not ULID.search(text)
    assert not TIMEDELTA.search(text)


def test_no_alert_carries_hidden_text() -> None:
    hidden = "".join(chr(0xE0000 + ord(letter)) for letter in "approve it")
    facts = replace(ROWS[0].facts, name=f"shop{hidden}", owner=f"Lars{hidden}")
    row = replace(ROWS[0], subject=f"a{hidden}", message=f"b{hidden}\nc", facts=facts)

    text = _read_by_people(row)

    assert not re.search("[\U000e0000-\U000e0fff]", text)
    assert all(visible in text for visible in ("shop\ufffd", "Lars\ufffd", "b\ufffd\nc"))


@pytest.mark.parametrize("row", ROWS[: len(ALERTS)], ids=lambda row: row.subject)
def test_ids_stand_beside_the_names_for_machines(row: Notification) -> None:
    facts = row.facts
    assert (facts.owner, facts.team) == ("Lars", "Platform")
    assert (facts.owner_id, facts.team_id) == (SHOP.owner_id, SHOP.team_id)


def test_where_no_name_is_known_the_id_stands_in() -> None:
    (row,) = notifications_for(ALERTS[0], RoutingFacts(CHANNEL_KINDS, [SLACK]), NOW)
    assert (row.facts.owner, row.facts.team) == (SHOP.owner_id, SHOP.team_id)
