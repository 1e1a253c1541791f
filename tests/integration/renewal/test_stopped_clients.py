"""ACME clients that stop renewing: their owners are alerted once, until a client renews again."""

from datetime import timedelta

import pytest

from certctl.domain.certificates.filters import CertificateFilter, RenewalFilter
from certctl.domain.certificates.statuses import RenewalState
from certctl.domain.errors import Conflict
from certctl.domain.insights.attention import AttentionKind
from certctl.domain.notifications.statuses import Action, NotificationType, Severity
from certctl.services.certificates.lists import CertificateLists
from certctl.services.insights.attention.certificates import CertificateAttention
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.insights.recounts import RecountStore
from tests.support.functions.control_plane import ADMIN, ControlPlane
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.renewal.clients import CLIENT, add_account, issued_to_client, renewed_by_client
from tests.support.renewal.renewals import alerts_of

DUE = timedelta(days=171)
"""The renewal of 200 days is due after 170, and overdue six days later."""
OVERDUE = timedelta(days=177)


def test_the_schedule_opens_no_job_for_a_certificate_that_a_client_renews(plane: ControlPlane) -> None:
    record = issued_to_client(plane)
    plane.pki.clock.advance(DUE)
    assert plane.renew() == {}
    assert plane.certificate(record.id).open_job_id is None
    assert alerts_of(plane, record.id) == []


def test_a_renewal_by_the_api_is_refused_and_says_who_renews(plane: ControlPlane) -> None:
    record = issued_to_client(plane)
    with pytest.raises(Conflict, match="An ACME client renews this certificate"):
        plane.issuance.renew(ADMIN, record.id, csr_pem("www.example.com", [], new_key()))


def test_a_client_that_stops_is_reported_once_and_the_alert_ends_when_it_renews(plane: ControlPlane) -> None:
    add_account(plane)
    record = issued_to_client(plane)
    plane.pki.clock.advance(OVERDUE)
    assert plane.renew() == {"stopped": 1}
    sent = alerts_of(plane, record.id)
    assert {each.channel for each in sent} == {"Slack", "Webhook"}
    (alert,) = {(each.type, each.severity, each.action, each.subject) for each in sent}
    assert alert == (
        NotificationType.EXPIRATION_WARNING,
        Severity.WARNING,
        Action.TRIGGER,
        "ACME client stopped renewing www.example.com",
    )
    assert CLIENT.account_id in sent[0].message
    assert "Its last order was" in sent[0].message
    stopped = plane.certificate(record.id)
    assert stopped.acme_stopped_at == plane.pki.clock().replace(microsecond=0)
    assert stopped.renewal_state is RenewalState.IDLE
    plane.pki.clock.advance(timedelta(days=1))
    assert plane.renew() == {}
    renewed = renewed_by_client(plane, record.id)
    assert (renewed.acme, renewed.acme_stopped_at) == (CLIENT, None)
    ended = [each for each in alerts_of(plane, record.id) if each.action is Action.RESOLVE]
    assert {each.channel for each in ended} == {"Slack", "Webhook"}
    assert {each.dedup_key for each in ended} == {sent[0].dedup_key}
    assert plane.renew() == {}


def test_the_thresholds_follow_in_the_same_incident(plane: ControlPlane) -> None:
    record = issued_to_client(plane)
    plane.pki.clock.advance(OVERDUE)
    plane.renew()
    plane.pki.clock.advance(timedelta(days=10))
    assert plane.renew() == {"alerted": 1}
    assert {each.dedup_key for each in alerts_of(plane, record.id)} == {
        f"ExpirationWarning/{record.id}/{record.serial_number}"
    }


def test_a_client_without_an_acme_account_is_reported_too(plane: ControlPlane) -> None:
    record = issued_to_client(plane)
    plane.pki.clock.advance(OVERDUE)
    plane.renew()
    assert "Its ACME account is gone." in alerts_of(plane, record.id)[0].message


def test_the_report_counts_the_stopped_clients_that_the_list_shows_until_they_renew_or_expire(
    plane: ControlPlane,
) -> None:
    database, now = plane.pki.database, plane.pki.clock
    indexes = CertificateIndexes(database)
    lists = CertificateLists(indexes, now, plane.book)
    attention = CertificateAttention(indexes, plane.book, RecountStore(database))

    def listed() -> set[str]:
        wanted = CertificateFilter(renewal=RenewalFilter.ACME_STOPPED)
        found = {each.id for each in lists.page(ADMIN, wanted, None, 50).records}
        lines = {line.kind: line for line in attention.near_their_end(ADMIN, now())}
        line = lines.get(AttentionKind.ACME_STOPPED)
        assert (line.count if line else 0) == len(found)
        assert line is None or line.is_complete
        return found

    first, second = (issued_to_client(plane, f"{name}.example.com") for name in "ab")
    plane.issued("c.example.com", renewal_policy_id="rp-default")
    assert listed() == set()
    now.advance(OVERDUE)
    plane.renew()
    assert listed() == {first.id, second.id}
    renewed_by_client(plane, first.id)
    assert listed() == {second.id}
    now.advance(timedelta(days=30))
    assert second.id not in listed()
