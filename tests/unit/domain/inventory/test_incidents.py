"""All endpoints of a certificate with one finding are one incident."""

from datetime import UTC, datetime, timedelta

from certctl.domain.inventory.endpoints.findings import Finding
from certctl.domain.inventory.endpoints.incidents import (
    Affected,
    Incident,
    is_reported_now,
    is_resolved_now,
)
from certctl.domain.notifications.statuses import Severity

START = datetime(2026, 11, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEW = Incident("mc-1", Finding.STALE, START, Severity.WARNING)


def affected(number: int, severity: Severity = Severity.WARNING) -> Affected:
    return Affected(f"ep-{number}", f"192.0.2.{number}:443", severity)


def with_endpoints(count: int) -> Incident:
    incident = NEW
    for number in range(count):
        incident = incident.joined(affected(number), START, "t-web")
    return incident


def test_the_first_endpoint_reports_it_and_the_others_do_not() -> None:
    one = NEW.joined(affected(1), START, "t-web")
    two = one.joined(affected(2), START + HOUR, "t-web")
    assert is_reported_now(NEW, one)
    assert not is_reported_now(one, two)


def test_twenty_endpoints_are_named() -> None:
    incident = with_endpoints(23)
    assert (len(incident.named), incident.unnamed, incident.endpoints) == (20, 3, 23)


def test_the_last_endpoint_resolves_it() -> None:
    both = with_endpoints(2)
    one = both.left("ep-0", START + HOUR, "t-web")
    none = one.left("ep-1", START + 2 * HOUR, "t-web")
    assert not is_resolved_now(both, one)
    assert is_resolved_now(one, none)
    assert not none.is_open


def test_it_returns_in_silence_within_a_day_and_is_reported_if_it_lasts_for_one() -> None:
    ended = with_endpoints(1).left("ep-0", START, "t-web")
    back = ended.joined(affected(2), START + HOUR, "t-web")
    assert not is_reported_now(ended, back)
    assert back.silent_until == START + 25 * HOUR

    lasting = back.lasting(affected(2), START + 24 * HOUR)
    late = lasting.lasting(affected(2), START + 25 * HOUR)
    assert not is_reported_now(back, lasting)
    assert is_reported_now(lasting, late)


def test_what_ends_in_silence_is_not_resolved_again() -> None:
    back = with_endpoints(1).left("ep-0", START, "t-web").joined(affected(2), START + HOUR, "t-web")
    assert not is_resolved_now(back, back.left("ep-2", START + 2 * HOUR, "t-web"))


def test_a_higher_severity_is_reported_once() -> None:
    open_ = with_endpoints(2)
    critical = open_.lasting(affected(0, Severity.CRITICAL), START + HOUR)
    again = critical.lasting(affected(1, Severity.CRITICAL), START + HOUR)
    assert is_reported_now(open_, critical)
    assert not is_reported_now(critical, again)
    assert critical.reported == (Severity.WARNING, Severity.CRITICAL)


def test_a_higher_severity_breaks_the_silence() -> None:
    ended = with_endpoints(1).left("ep-0", START, "t-web")
    assert is_reported_now(ended, ended.joined(affected(1, Severity.CRITICAL), START + HOUR, "t-web"))


def test_the_first_endpoint_of_another_team_reports_it_too() -> None:
    theirs = NEW.joined(affected(1), START, "t-other")
    own = theirs.joined(affected(2), START + HOUR, "t-web")
    second = own.joined(affected(3), START + HOUR, "t-web")
    assert is_reported_now(theirs, own)
    assert not is_reported_now(own, second)
    left = second.left("ep-2", START + 2 * HOUR, "t-web").left("ep-3", START + 2 * HOUR, "t-web")
    assert is_reported_now(left, left.joined(affected(2), START + 3 * HOUR, "t-web"))


def test_what_another_team_ended_does_not_return_in_silence() -> None:
    ended = NEW.joined(affected(1), START, "t-other").left("ep-1", START + HOUR, "t-other")
    own = ended.joined(affected(2), START + 2 * HOUR, "t-web")
    assert is_reported_now(ended, own)
    assert is_reported_now(own, own.joined(affected(1), START + 3 * HOUR, "t-other"))
