"""Which alerts are counted, when what is too many is folded, and what the fold says."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from certctl.domain.channels.kinds.definitions import ChannelDefinition
from certctl.domain.channels.kinds.registry import CHANNEL_KINDS
from certctl.domain.due_work import Due
from certctl.domain.notifications.flood_control import (
    LISTED,
    MAX_FOLDED,
    fold_of,
    folding_moment,
    is_counted,
    is_fold,
    kind_of,
    parts_of,
)
from certctl.domain.notifications.notifications import CertificateFacts, Notification
from certctl.domain.notifications.statuses import Action, NotificationType, Severity
from tests.support.notifications.engine import a_notification

NOW = datetime(2026, 11, 24, 13, 0, 20, tzinfo=UTC)
_AT_SLACK = {"channel": "Slack", "channel_id": "slack-default", "recipient": "slack-default"}


def _alert(number: int = 0, **changes: Any) -> Notification:
    facts = CertificateFacts(f"shop-{number}.example", serial=f"{number:04x}", team="Shops", owner="Ada")
    made = {"facts": facts, "certificate_id": f"mc-shop-{number}"} | _AT_SLACK | changes
    return a_notification(NOW, **made)


def _alerts(count: int, **changes: Any) -> list[Notification]:
    return [_alert(number, **changes) for number in range(count)]


def test_the_first_send_of_a_trigger_is_counted() -> None:
    assert is_counted(_alert(), CHANNEL_KINDS)


@pytest.mark.parametrize(
    "changes",
    [
        {"action": Action.RESOLVE},
        {"due": Due(due_at=NOW, epoch=2)},
        {"due": Due(due_at=NOW, retry_count=1)},
        {"throttle_count": 1},
        {"is_flooded": True},
    ],
    ids=["a resolve", "requeued by a person", "failed before", "throttled before", "held back before"],
)
def test_nothing_else_is(changes: dict[str, Any]) -> None:
    assert not is_counted(_alert(**changes), CHANNEL_KINDS)


@pytest.mark.parametrize("kind", [*CHANNEL_KINDS], ids=lambda kind: kind.kind)
def test_an_alert_is_counted_unless_programs_read_its_kind_of_channel(kind: ChannelDefinition) -> None:
    assert is_counted(_alert(channel=kind.kind), CHANNEL_KINDS) is not kind.is_for_machines


def test_mail_is_read_by_people_and_webhooks_by_programs() -> None:
    assert not CHANNEL_KINDS.of("Email").is_for_machines
    assert CHANNEL_KINDS.of("Webhook").is_for_machines


def test_a_fold_is_not_counted_either() -> None:
    fold = fold_of(_alerts(3), NOW)
    assert is_fold(fold)
    assert not is_counted(fold, CHANNEL_KINDS)


def test_an_alert_of_a_certificate_that_is_named_fold_is_none() -> None:
    row = _alert(certificate_id="fold", dedup_key="Revocation/fold/4f2a")
    assert not is_fold(row)
    assert is_counted(row, CHANNEL_KINDS)


def test_channel_recipient_and_type_make_a_kind_and_the_key_tells_no_address() -> None:
    row = _alert(recipient="ada@example.com")
    others = [
        replace(row, channel_id="teams-default"),
        replace(row, recipient="bob@example.com"),
        replace(row, type=NotificationType.EXPIRATION_WARNING),
    ]
    assert len({kind_of(other).key for other in [row, *others]}) == 4
    assert "ada" not in kind_of(row).key
    assert kind_of(_alert(1, recipient="ada@example.com", team_id="t-other")) == kind_of(row)


def test_what_is_too_many_is_folded_after_its_own_minute() -> None:
    moment = folding_moment(_alert(), NOW)
    end = datetime(2026, 11, 24, 13, 1, tzinfo=UTC)
    assert end + timedelta(seconds=2) <= moment < end + timedelta(seconds=5)
    assert folding_moment(_alert(1), end + timedelta(milliseconds=900)) == moment


def test_what_is_sent_late_is_folded_after_the_minute_of_that() -> None:
    late = NOW + timedelta(hours=3)
    assert folding_moment(_alert(), late) == folding_moment(_alert(), NOW) + timedelta(hours=3)


def test_a_moment_too_near_to_be_met_is_left_to_the_next() -> None:
    moment = folding_moment(_alert(), NOW)
    assert folding_moment(_alert(), moment - timedelta(milliseconds=999)) == moment + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("count", "sizes"),
    [(2, [2]), (90, [90]), (91, [46, 45]), (170, [85, 85]), (181, [61, 61, 59]), (270, [90, 90, 90])],
)
def test_parts_are_as_few_as_can_be_and_leave_none_alone(count: int, sizes: list[int]) -> None:
    rows = _alerts(count)
    parts = parts_of(rows)
    assert [len(part) for part in parts] == sizes
    assert [row for part in parts for row in part] == rows
    assert max(sizes) <= MAX_FOLDED


def test_a_fold_names_the_first_certificates_and_counts_the_others() -> None:
    fold = fold_of(_alerts(37), NOW)
    lines = fold.message.splitlines()
    assert fold.subject == "37 Revocation alerts"
    assert lines[1] == "- shop-0.example (serial 0000)"
    assert len(lines) == 1 + LISTED + 1
    assert lines[-1] == f"and 17 more: GET /api/v1/notifications?folded_into={fold.id} lists all."


def test_a_fold_of_a_few_names_them_all() -> None:
    assert fold_of(_alerts(2), NOW).message.splitlines()[1:] == [
        "- shop-0.example (serial 0000)",
        "- shop-1.example (serial 0001)",
    ]


@pytest.mark.parametrize("count", [2, 37])
def test_a_fold_of_one_job_s_alerts_links_the_job(count: int) -> None:
    fold = fold_of(_alerts(count, job_id="job-1"), NOW)
    assert fold.job_id == "job-1"
    assert fold.message.splitlines()[-1] == "All are of one job: GET /api/v1/jobs/job-1 shows how far it is."


@pytest.mark.parametrize("other", ["job-2", None], ids=["of another job", "of none"])
def test_a_fold_of_other_alerts_too_links_none(other: str | None) -> None:
    fold = fold_of([*_alerts(2, job_id="job-1"), _alert(3, job_id=other)], NOW)
    assert fold.job_id is None
    assert "job" not in fold.message


def test_where_nothing_is_known_of_a_certificate_its_id_or_the_subject_stands() -> None:
    rows = [
        _alert(facts=CertificateFacts()),
        _alert(facts=CertificateFacts(), certificate_id=None, subject="The channel x is gone"),
    ]
    assert fold_of(rows, NOW).message.splitlines()[1:] == ["- mc-shop-0", "- The channel x is gone"]


def test_a_fold_is_a_pending_alert_of_the_worst_severity_to_the_same_recipient() -> None:
    rows = [_alert(0, severity=Severity.INFO), _alert(1, severity=Severity.WARNING)]
    fold = fold_of(rows, NOW)
    assert (fold.severity, fold.action, fold.certificate_id) == (Severity.WARNING, Action.TRIGGER, None)
    assert (fold.channel, fold.channel_id, fold.recipient) == ("Slack", "slack-default", "slack-default")
    assert (fold.due, fold.attempts, fold.is_flooded) == (Due(due_at=NOW), (), False)
    assert fold.dedup_key == f"Revocation/fold/{fold.id}"


def test_a_fold_of_one_team_is_its_own_and_says_what_is_true_of_all() -> None:
    fold = fold_of(_alerts(2), NOW)
    assert fold.team_id == "t-default"
    assert fold.facts == CertificateFacts(team="Shops", owner="Ada")


def test_a_fold_of_several_teams_belongs_to_none() -> None:
    rows = [_alert(0), _alert(1, team_id="t-other", facts=CertificateFacts(team="Banks"))]
    fold = fold_of(rows, NOW)
    assert fold.team_id is None
    assert fold.facts == CertificateFacts()


@pytest.mark.parametrize("name", ["a\n- b (serial 01)", "a\r\x1b[2Kb", "a\u202eb\u2028c", "a" * 5000])
def test_a_name_makes_one_line_of_a_fold_and_no_other(name: str) -> None:
    """Names of earlier releases may hold any character."""
    named = _alert(facts=CertificateFacts(name))

    lines = fold_of([named, _alert(1)], NOW).message.split("\n")

    assert len(lines) == 3
    assert all(line.isprintable() and len(line) < 400 for line in lines)
