"""Each rule of the engine, broken on purpose: a test that exists must notice."""

from collections.abc import Callable

import pytest

from tests.integration.notifications import (
    test_channels,
    test_dead_letters,
    test_faults,
    test_ladder,
    test_requeue,
    test_sweep,
)
from tests.support.aws.clients import local_aws, new_database
from tests.support.mutants import Mutant, alive
from tests.support.notifications.engine import DELIVERED, Engine

_FAILED = "self._due.due_again(due_at), *_failed"
_DEAD = "return [*self._due.due_again(now + DEAD_LETTER_DELAY), *_dead(decision, notification_id, now)]"
# `pytest.raises` fails with an exception of its own
_NOTICED = (AssertionError, pytest.fail.Exception, KeyError, ConnectionError)
Noticed = Callable[[Engine], None]

_MUTANTS: list[tuple[Mutant, Noticed]] = [
    (
        Mutant(
            "the first failure does not arm the retry",
            "store.notifications.notifications",
            _FAILED,
            "(self._due.finished() if decision.retry_count == 1 else self._due.due_again(due_at)), *_failed",
        ),
        test_sweep.test_the_sweep_alone_drives_the_whole_ladder,
    ),
    (
        Mutant("no lease", "store.leases", "wants_work & unheld", "wants_work"),
        test_faults.test_nobody_takes_a_row_before_its_lease_is_over,
    ),
    (
        Mutant(
            "a claim is not its own after a lost answer",
            "store.leases",
            " | (item.lease_owner == token)\n        wants",
            "\n        wants",
        ),
        test_faults.test_a_claim_whose_answer_was_lost_wins_again,
    ),
    (
        Mutant(
            "a lost attempt is not booked",
            "store.leases",
            "observed.retry_count + 1",
            "observed.retry_count + 0",
        ),
        test_faults.test_crashes_spend_the_budget_and_end_dead_without_a_send,
    ),
    (
        Mutant(
            "the second try looks at nothing",
            "store.leases",
            "== observed.lease_owner) & (\n            item.lease_until == observed.lease_until\n        )",
            "!= observed.lease_owner)",
        ),
        test_faults.test_a_crash_after_the_send_is_booked_and_the_row_is_sent_again,
    ),
    (
        Mutant(
            "a spent budget is sent once more",
            "domain.notifications.delivery",
            "claim.retry_count < schedule.retry.max_attempts:",
            "claim.retry_count < schedule.retry.max_attempts + 1:",
        ),
        test_faults.test_crashes_spend_the_budget_and_end_dead_without_a_send,
    ),
    (
        Mutant(
            "a deadline over the lease",
            "services.notifications.delivery",
            "has_time = work.claim.has_time(self.timing.work, self.now())",
            "has_time = True",
        ),
        test_faults.test_a_worker_that_is_late_gives_the_row_back_uncharged_and_unsent,
    ),
    (
        Mutant(
            "giving back keeps the lease",
            "store.leases",
            "update(self._key(claim.id), self.release(), self.owned(claim))",
            "update(self._key(claim.id), [self._item.attempt.set(claim.attempt)], self.owned(claim))",
        ),
        test_faults.test_a_worker_that_is_late_gives_the_row_back_uncharged_and_unsent,
    ),
    (
        Mutant(
            "anybody may complete",
            "store.leases",
            "mine & (item.attempt == claim.attempt) & (item.epoch == claim.epoch)",
            "item.lease_owner.exists()",
        ),
        test_faults.test_a_stalled_worker_cannot_complete_what_another_took_over,
    ),
    (
        Mutant(
            "a refused completion is not read again",
            "services.notifications.outcomes",
            "if row is None or has_reported(row, attempted.claim.token):",
            "if row is None or True:",
        ),
        test_faults.test_a_late_duplicate_of_the_own_claim_does_not_cost_the_delivery,
    ),
    (
        Mutant(
            "an own report is not recognised",
            "domain.notifications.delivery",
            "return any(attempt.token == token for attempt in row.attempts)",
            "return False",
        ),
        lambda engine: test_faults.test_a_completion_whose_answer_was_lost_has_succeeded(engine, DELIVERED),
    ),
    (
        Mutant(
            "a failure keeps its lease",
            "store.leases",
            "[*self.release(), self._item.due_at.set(moment)]",
            "[self._item.due_at.set(moment)]",
        ),
        test_ladder.test_five_failures_take_waits_of_1_2_4_8_minutes_and_end_dead,
    ),
    (
        Mutant(
            "dead without a marker", "store.notifications.notifications", "item.dlq_pending.set(True),", ""
        ),
        test_dead_letters.test_what_the_queue_did_not_take_the_sweep_publishes_after_a_minute,
    ),
    (
        Mutant(
            "dead leaves the due index at once",
            "store.notifications.notifications",
            _DEAD,
            "return [*self._due.finished(), *_dead(decision, notification_id, now)]",
        ),
        test_dead_letters.test_what_the_queue_did_not_take_the_sweep_publishes_after_a_minute,
    ),
    (
        Mutant(
            "cleared without the epoch",
            "store.notifications.notifications",
            "(item.status == NotificationStatus.DEAD) & (item.epoch == row.due.epoch)",
            "item.status == NotificationStatus.DEAD",
        ),
        test_dead_letters.test_a_publisher_of_an_earlier_death_does_not_clear_the_later_one,
    ),
    (
        Mutant(
            "published without a look at the row",
            "services.notifications.dead_letters",
            "if row is None or row.status is not NotificationStatus.DEAD or not row.dlq_pending:",
            "if row is None:",
        ),
        test_dead_letters.test_a_row_that_was_requeued_first_is_not_published,
    ),
    (
        Mutant(
            "cleared before it is published",
            "services.notifications.dead_letters",
            "        self.send(dead_letter(row))\n        self.notifications.clear_dead_letter(row)",
            "        self.notifications.clear_dead_letter(row)\n        self.send(dead_letter(row))",
        ),
        test_dead_letters.test_what_the_queue_did_not_take_the_sweep_publishes_after_a_minute,
    ),
    (
        Mutant(
            "requeue keeps the epoch",
            "domain.notifications.delivery",
            "epoch=row.due.epoch + 1",
            "epoch=row.due.epoch",
        ),
        test_dead_letters.test_a_publisher_of_an_earlier_death_does_not_clear_the_later_one,
    ),
    (
        Mutant(
            "requeue takes rows that are being sent",
            "domain.notifications.delivery",
            'return "It is being sent at this moment." if is_held(row.due, now) else None',
            "return None",
        ),
        test_requeue.test_a_failed_row_that_is_being_sent_is_a_conflict,
    ),
    (
        Mutant(
            "requeue keeps the budget",
            "store.notifications.notifications",
            "            item.retry_count.set(0),\n",
            "",
        ),
        test_requeue.test_a_failed_row_is_queued_at_once_with_a_new_budget,
    ),
    (
        Mutant(
            "a throttle spends an attempt",
            "domain.notifications.delivery",
            "return Retry(row.retry_count, row.throttle_count + 1,",
            "return Retry(row.retry_count + 1, row.throttle_count + 1,",
        ),
        test_ladder.test_a_throttle_spends_no_attempt_and_waits_as_long_as_asked,
    ),
    (
        Mutant(
            "a throttle pauses nobody else",
            "services.notifications.delivery",
            "        if decision.pause:",
            "        if False:",
        ),
        test_ladder.test_a_throttle_pauses_the_other_rows_of_its_channel_and_no_other_channel,
    ),
    (
        Mutant(
            "an unreadable channel passes for a removed one",
            "services.notifications.delivery",
            "return _Unreadable(error.detail)",
            "return None",
        ),
        test_channels.test_a_configuration_that_cannot_be_read_is_retried,
    ),
    (
        Mutant(
            "every gone row alerts",
            "store.channels.states",
            "enabled = ChannelStateItem.disabled_at.does_not_exist()",
            "enabled = ChannelStateItem.id != ''",
        ),
        test_channels.test_two_workers_that_find_it_gone_raise_one_alert,
    ),
    (
        Mutant(
            "a channel failure causes another",
            "services.notifications.outcomes",
            "if row.type is NotificationType.CHANNEL_FAILURE:",
            "if False:",
        ),
        test_channels.test_a_channel_failure_causes_no_other,
    ),
    (
        Mutant(
            "the sweep stops at an unreadable shard",
            "services.notifications.sweep",
            "            report.unreadable_shards.append(number)",
            "            raise",
        ),
        test_sweep.test_a_page_that_cannot_be_read_fails_the_run_at_its_end_and_stops_no_other_shard,
    ),
    (
        Mutant(
            "the sweep claims to the last second",
            "services.notifications.sweep",
            "return remaining() > self.limits.reserve",
            "return True",
        ),
        test_sweep.test_nothing_is_claimed_when_less_than_a_send_is_left,
    ),
]


@pytest.mark.parametrize(("mutant", "noticed"), _MUTANTS, ids=lambda part: getattr(part, "name", ""))
def test_this_mutant_is_caught(mutant: Mutant, noticed: Noticed) -> None:
    with local_aws(), alive(mutant):
        engine = Engine(new_database())
        with pytest.raises(_NOTICED):
            noticed(engine)
