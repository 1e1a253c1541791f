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
from tests.support.mutants import Mutant, alive, always, delayed, instead, lacking, never
from tests.support.notifications.engine import DELIVERED, Engine

# together they take more than ten seconds
pytestmark = pytest.mark.slow

# `pytest.raises` fails with an exception of its own
_NOTICED = (AssertionError, pytest.fail.Exception, KeyError, ConnectionError)
Noticed = Callable[[Engine], None]

_MUTANTS: list[tuple[Mutant, Noticed]] = [
    (
        Mutant(
            "a failure does not arm the retry",
            "store.notifications.notifications:NotificationStore._written",
            instead("self._due.due_again(due_at)", "self._due.finished()"),
        ),
        test_sweep.test_the_sweep_alone_drives_the_whole_ladder,
    ),
    (
        Mutant("no lease", "store.leases:DueRows._free", instead("wants_work & unheld", "wants_work")),
        test_faults.test_nobody_takes_a_row_before_its_lease_is_over,
    ),
    (
        Mutant(
            "a claim is not its own after a lost answer",
            "store.leases:DueRows._free",
            lacking("lease_owner", "token"),
        ),
        test_faults.test_a_claim_whose_answer_was_lost_wins_again,
    ),
    (
        Mutant(
            "a lost attempt is not booked",
            "store.leases:DueRows._booked",
            instead("observed.retry_count + 1", "observed.retry_count + 0"),
        ),
        test_faults.test_crashes_spend_the_budget_and_end_dead_without_a_send,
    ),
    (
        Mutant(
            "the second try looks at nothing",
            "store.leases:DueRows._as_observed",
            instead(
                "(item.lease_owner == observed.lease_owner) & (item.lease_until == observed.lease_until)",
                "item.lease_owner != observed.lease_owner",
            ),
        ),
        test_faults.test_a_crash_after_the_send_is_booked_and_the_row_is_sent_again,
    ),
    (
        Mutant(
            "a spent budget is sent once more",
            "domain.notifications.delivery:spent_by_lost_attempts",
            instead("schedule.retry.max_attempts", "schedule.retry.max_attempts + 1"),
        ),
        test_faults.test_crashes_spend_the_budget_and_end_dead_without_a_send,
    ),
    (
        Mutant(
            "a deadline over the lease",
            "services.notifications.delivery:Delivery._has_time",
            always("timing"),
        ),
        test_faults.test_a_worker_that_is_late_gives_the_row_back_uncharged_and_unsent,
    ),
    (
        Mutant(
            "giving back keeps the lease",
            "store.leases:DueRows.give_back",
            instead("self.release()", "[self._item.attempt.set(claim.attempt)]"),
        ),
        test_faults.test_a_worker_that_is_late_gives_the_row_back_uncharged_and_unsent,
    ),
    (
        Mutant(
            "anybody may complete",
            "store.leases:DueRows.held",
            instead(
                "mine & (item.attempt == claim.attempt) & (item.epoch == claim.epoch)",
                "item.lease_owner.exists()",
            ),
        ),
        test_faults.test_a_stalled_worker_cannot_complete_what_another_took_over,
    ),
    (
        Mutant(
            "a refused completion is not read again",
            "services.notifications.outcomes:DeliveryOutcomes._is_stored",
            always("has_reported"),
        ),
        test_faults.test_a_late_duplicate_of_the_own_claim_does_not_cost_the_delivery,
    ),
    (
        Mutant(
            "an own report is not recognised", "domain.notifications.delivery:has_reported", never("attempts")
        ),
        lambda engine: test_faults.test_a_completion_whose_answer_was_lost_has_succeeded(engine, DELIVERED),
    ),
    (
        Mutant("a failure keeps its lease", "store.leases:DueRows.due_again", lacking("release")),
        test_ladder.test_five_failures_take_waits_of_1_2_4_8_minutes_and_end_dead,
    ),
    (
        Mutant("dead without a marker", "store.notifications.notifications:_dead", lacking("dlq_pending")),
        test_dead_letters.test_what_the_queue_did_not_take_the_sweep_publishes_after_a_minute,
    ),
    (
        Mutant(
            "dead leaves the due index at once",
            "store.notifications.notifications:NotificationStore._written",
            instead("self._due.due_again(now + DEAD_LETTER_DELAY)", "self._due.finished()"),
        ),
        test_dead_letters.test_what_the_queue_did_not_take_the_sweep_publishes_after_a_minute,
    ),
    (
        Mutant(
            "cleared without the epoch",
            "store.notifications.notifications:NotificationStore.clear_dead_letter",
            lacking("epoch"),
        ),
        test_dead_letters.test_a_publisher_of_an_earlier_death_does_not_clear_the_later_one,
    ),
    (
        Mutant(
            "published without a look at the row",
            "services.notifications.dead_letters:DeadLetters.publish",
            instead(
                "row is None or row.status is not NotificationStatus.DEAD or (not row.dlq_pending)",
                "row is None",
            ),
        ),
        test_dead_letters.test_a_row_that_was_requeued_first_is_not_published,
    ),
    (
        Mutant(
            "cleared before it is published",
            "services.notifications.dead_letters:DeadLetters.publish",
            delayed("send"),
        ),
        test_dead_letters.test_what_the_queue_did_not_take_the_sweep_publishes_after_a_minute,
    ),
    (
        Mutant(
            "requeue keeps the epoch",
            "domain.notifications.delivery:requeued",
            instead("row.due.epoch + 1", "row.due.epoch"),
        ),
        test_dead_letters.test_a_publisher_of_an_earlier_death_does_not_clear_the_later_one,
    ),
    (
        Mutant(
            "requeue takes rows that are being sent",
            "domain.notifications.delivery:why_not_requeued",
            instead("'It is being sent at this moment.' if is_held(row.due, now) else None", "None"),
        ),
        test_requeue.test_a_failed_row_that_is_being_sent_is_a_conflict,
    ),
    (
        Mutant(
            "requeue keeps the budget",
            "store.notifications.notifications:NotificationStore.requeue_step",
            lacking("retry_count"),
        ),
        test_requeue.test_a_failed_row_is_queued_at_once_with_a_new_budget,
    ),
    (
        Mutant(
            "a throttle spends an attempt",
            "domain.notifications.delivery:_throttled",
            instead("row.retry_count", "row.retry_count + 1"),
        ),
        test_ladder.test_a_throttle_spends_no_attempt_and_waits_as_long_as_asked,
    ),
    (
        Mutant(
            "a throttle pauses nobody else",
            "services.notifications.delivery:Delivery._plan_retry",
            lacking("breakers"),
        ),
        test_ladder.test_a_throttle_pauses_the_other_rows_of_its_channel_and_no_other_channel,
    ),
    (
        Mutant(
            "an unreadable channel passes for a removed one",
            "services.notifications.delivery:Delivery._find_channel",
            instead("_Unreadable(error.detail)", "None"),
        ),
        test_channels.test_a_configuration_that_cannot_be_read_is_retried,
    ),
    (
        Mutant(
            "every gone row alerts",
            "store.channels.states:ChannelStateStore.disable_step",
            instead("ChannelStateItem.disabled_at.does_not_exist()", "ChannelStateItem.id != ''"),
        ),
        test_channels.test_two_workers_that_find_it_gone_raise_one_alert,
    ),
    (
        Mutant(
            "a channel failure causes another",
            "services.notifications.outcomes:DeliveryOutcomes._channel_gone_alert",
            never("CHANNEL_FAILURE"),
        ),
        test_channels.test_a_channel_failure_causes_no_other,
    ),
    (
        Mutant(
            "the sweep stops at an unreadable shard",
            "services.notifications.sweep:NotificationSweep._shard",
            instead("report.unreadable_shards.append(number)", "raise"),
        ),
        test_sweep.test_a_page_that_cannot_be_read_fails_the_run_at_its_end_and_stops_no_other_shard,
    ),
    (
        Mutant(
            "the sweep claims to the last second",
            "services.notifications.sweep:NotificationSweep._sweep",
            always("remaining"),
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
