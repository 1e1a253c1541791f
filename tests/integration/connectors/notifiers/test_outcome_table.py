"""Walks the tables "answer -> outcome" of docs/channels/: each row against a real server."""

import pytest

from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.outcomes import OutcomeKind
from tests.support.channels import provider_answers
from tests.support.channels.provider_answers import Answer, lines_of
from tests.support.channels.provider_channels import HTTP_KINDS, send_through
from tests.support.channels.receivers import Receiver, answers
from tests.support.notifications.messages import a_message

ROWS = provider_answers.answers()

# "It must show" of the issue.
SHOWN = [
    (ChannelKind.SLACK, 200, "ok", OutcomeKind.DELIVERED),
    (ChannelKind.SLACK, 200, "invalid_payload", OutcomeKind.PERMANENT),
    (ChannelKind.SLACK, 404, "channel_not_found", OutcomeKind.PERMANENT),
    (ChannelKind.SLACK, 429, "rate_limited", OutcomeKind.THROTTLED),
    (ChannelKind.SLACK, 500, "", OutcomeKind.RETRYABLE),
    (ChannelKind.TEAMS, 202, "", OutcomeKind.ACCEPTED),
    (ChannelKind.TEAMS, 401, "", OutcomeKind.CHANNEL_GONE),
    (ChannelKind.PAGERDUTY, 202, '{"status":"success"}', OutcomeKind.ACCEPTED),
    (ChannelKind.PAGERDUTY, 400, '{"status":"invalid event"}', OutcomeKind.PERMANENT),
    (ChannelKind.PAGERDUTY, 429, "", OutcomeKind.THROTTLED),
    (ChannelKind.OPSGENIE, 202, '{"requestId":"43a29c5c"}', OutcomeKind.ACCEPTED),
    (ChannelKind.OPSGENIE, 422, '{"message":"Request body is not processable"}', OutcomeKind.PERMANENT),
]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_answer_has_the_outcome_of_its_row(row: Answer) -> None:
    with Receiver(answers(row.status, row.body.encode(), row.headers)).running() as receiver:
        outcome = send_through(row.kind, receiver, a_message(action=row.action))
    assert (outcome.kind, outcome.status_code) == (row.outcome, row.status)
    assert outcome.retry_after == row.wait
    assert bool(outcome.error) is not outcome.went_through
    assert len(receiver.received) == 1


def test_no_row_is_passed_over() -> None:
    written = [line for kind in HTTP_KINDS for line in lines_of(kind)]
    assert len(ROWS) == sum(line.startswith(("| trigger ", "| resolve ")) for line in written)


def test_the_tables_have_what_the_issue_asks_for() -> None:
    known = {(row.kind, row.status, row.body, row.outcome) for row in ROWS}
    assert [row for row in SHOWN if row not in known] == []


@pytest.mark.parametrize("kind", HTTP_KINDS)
def test_every_table_has_success_throttle_both_forms_of_a_wait_and_a_redirect(kind: ChannelKind) -> None:
    rows = [row for row in ROWS if row.kind is kind]
    statuses = {row.status for row in rows}
    throttles = [row.headers.get("Retry-After", "") for row in rows if row.status == 429]
    assert {302, 429, 500, 503} <= statuses
    assert {value.isdigit() for value in throttles if value} == {True, False}
    assert any(row.outcome in (OutcomeKind.ACCEPTED, OutcomeKind.DELIVERED) for row in rows)
