"""Each alert makes the rows that it has always made: they are stored, programs read them, and the resolve of
an incident finds them by their key."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from certctl.domain.access.api_keys import ApiKey
from certctl.domain.access.break_glass import made_alert, used_alert
from certctl.domain.access.permissions import Role
from certctl.domain.agents.crl_alerts import renewed_alert, run_out_alert
from certctl.domain.agents.crl_reports import CrlReport
from certctl.domain.authorities.revoked_cas import ca_revoked_alert
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Target
from certctl.domain.insights import margin_alerts
from certctl.domain.insights.margins import Cause
from certctl.domain.notifications.alerts import notifications_for
from certctl.domain.notifications.notifications import Notification
from certctl.domain.policies.alerts import evaluation_alert
from certctl.domain.policies.name_alerts import ending_alert, exempted_alert, for_team, regained_alert
from certctl.domain.policies.policies import Policy
from certctl.domain.policies.policy_types import PolicyType
from certctl.domain.policies.statuses import PolicySeverity
from certctl.domain.revocation import campaign_alerts
from certctl.domain.revocation.alerts import other_reason_alert, revocation_alert, stopped_alert
from certctl.domain.revocation.bulk import BulkRevocation, Selection
from certctl.domain.revocation.campaign_requests import CampaignSelection
from certctl.domain.revocation.campaigns import Campaign
from certctl.domain.revocation.reasons import KEY_COMPROMISE
from certctl.domain.revocation.requests import RevocationRequest
from certctl.domain.revocation.revocations import Revocation
from certctl.domain.revocation.states import OnDeadline
from certctl.domain.status import delay_alerts
from certctl.domain.status.looks import Way
from certctl.domain.status.propagation import Overdue
from certctl.domain.times import to_wire
from tests.contract.test_alert_texts import FACTS, NOW, ROWS, SHOP, VERSION
from tests.support.authorities.authorities import an_authority
from tests.support.golden import require_golden

CAUSE = Cause("jobs", 1.0, "Jobs are due, and no worker takes them")
KEY = ApiKey(
    "key-1",
    "break-glass",
    Role.ADMIN,
    ("*",),
    "00",
    NOW,
    expires_at=NOW + timedelta(hours=1),
    last_used_at=NOW,
)
TARGET = Entry(Kind.TARGET, "tgt-1", "Web 1", Target("CRLBundle", {}), NOW, NOW, team_id="t-web")
REPORT = CrlReport("tgt-1", "agt-1", (), "no route to host", NOW)
POLICY = Entry(
    Kind.POLICY, "pol-1", "Only ours", Policy(PolicyType.ALLOWED_DOMAINS, PolicySeverity.ERROR, {}), NOW, NOW
)
BULK = BulkRevocation(Selection(team_id="t-web"), RevocationRequest(KEY_COMPROMISE))
CAMPAIGN = Campaign(
    "cmp-1",
    CampaignSelection(certificate_ids=("mc-1",)),
    KEY_COMPROMISE,
    OnDeadline.ALERT,
    24,
    "key-1",
    NOW,
    NOW,
)
MARK = Revocation(
    "rev-1", "ext", 0, "77aa", SHOP.id, SHOP.issuer_id, KEY_COMPROMISE, "key-1", NOW, NOW + timedelta(days=1)
)
REVOKED_CA = an_authority(NOW, revocation_reason="cACompromise", parent_id="ca-root", ocsp_revokes_all=True)
LATE, IN_TIME = Overdue("ca-1", Way.CRL, 3, 2, NOW), Overdue("ca-1", Way.CRL, 0, 0)
EXEMPTED = exempted_alert(SHOP, "t-other", NOW)
OTHER_ALERTS = (
    made_alert(KEY),
    used_alert(KEY),
    run_out_alert(REPORT, TARGET),
    renewed_alert(REPORT, TARGET),
    ca_revoked_alert(REVOKED_CA, "CN=root"),
    margin_alerts.begin_alert(CAUSE, NOW),
    margin_alerts.end_alert(CAUSE),
    evaluation_alert(POLICY, 2, 3),
    EXEMPTED,
    for_team(EXEMPTED, "t-other"),
    ending_alert(SHOP, NOW),
    regained_alert(SHOP, SHOP.team_id),
    stopped_alert("job-1", BULK, "the key was revoked"),
    campaign_alerts.deadline_alert(CAMPAIGN),
    campaign_alerts.failure_alert(CAMPAIGN),
    delay_alerts.delay_alert(LATE),
    delay_alerts.end_alert(IN_TIME),
    other_reason_alert(SHOP, "Vault", MARK, None),
    revocation_alert(SHOP, [VERSION], RevocationRequest(KEY_COMPROMISE, job_id="job-1"), "77aa"),
)


def _row(row: Notification) -> dict[str, Any]:
    """The row without its random id, and with times as text."""
    return {name: _plain(value) for name, value in asdict(row).items() if name != "id"}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return to_wire(value) if hasattr(value, "isoformat") else value


def test_alerts_make_the_rows_that_they_made() -> None:
    others = (row for alert in OTHER_ALERTS for row in notifications_for(alert, FACTS, NOW))
    require_golden("alert_rows", [_row(row) for row in (*ROWS, *others)])
