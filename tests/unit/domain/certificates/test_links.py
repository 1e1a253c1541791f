from certctl.domain.notifications.messages import link_of
from tests.support.clock import Clock
from tests.support.notifications.engine import a_notification

DASHBOARD = "https://certctl.example"


def test_an_alert_leads_to_its_certificate() -> None:
    row = a_notification(Clock()(), certificate_id="mc-shop")
    assert link_of(row, DASHBOARD) == "https://certctl.example/certificates/mc-shop"


def test_an_alert_about_no_certificate_leads_to_itself() -> None:
    row = a_notification(Clock()(), certificate_id=None)
    assert link_of(row, DASHBOARD) == f"https://certctl.example/notifications?open={row.id}"


def test_without_a_dashboard_there_is_no_link() -> None:
    assert link_of(a_notification(Clock()()), "") == ""
