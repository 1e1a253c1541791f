"""Each rule of the breaker and its alarms, broken on purpose: a test that exists must notice."""

from collections.abc import Callable

import pytest

from certctl.domain.errors import Unavailable
from certctl.domain.notifications.statuses import NotificationStatus
from tests.integration.notifications.breaker import test_breaker, test_breaker_probes, test_channel_alarms
from tests.support.aws.clients import local_aws, new_database
from tests.support.mutants import Mutant, alive, always, instead, lacking, never
from tests.support.notifications.engine import DELIVERED, Engine

# together they take more than ten seconds
pytestmark = pytest.mark.slow

_NOTICED = (AssertionError, pytest.fail.Exception, KeyError, ValueError, Unavailable)
Noticed = Callable[[Engine], None]

_MUTANTS: list[tuple[Mutant, Noticed]] = [
    (
        Mutant(
            "a success proves nothing",
            "services.notifications.circuit_breaker:CircuitBreakers._failures_in_a_row",
            instead(
                "_latest(state.closed_at, state.edited_at, self._memory.success(channel_id))",
                "state.closed_at",
            ),
        ),
        lambda engine: test_breaker.test_any_answer_of_the_provider_ends_a_row_of_failures(engine, DELIVERED),
    ),
    (
        Mutant(
            "others send while it is tried",
            "domain.notifications.circuit_breaker:_at_breaker",
            never("is_probing"),
        ),
        lambda engine: test_breaker_probes.test_an_old_row_waits_while_the_channel_is_tried(
            engine, test_breaker_probes.aged_row(engine)
        ),
    ),
    (
        Mutant(
            "it never opens",
            "services.notifications.circuit_breaker:CircuitBreakers._record_failure",
            never("failures"),
        ),
        test_breaker.test_failures_in_a_row_open_it_and_each_of_those_rows_keeps_its_charge,
    ),
    (
        Mutant(
            "a row's trail is no evidence",
            "services.notifications.circuit_breaker:CircuitBreakers._failures_in_a_row",
            lacking("failures_in_a_row"),
        ),
        test_breaker.test_a_rows_own_trail_speaks_against_its_channel_in_whatever_process,
    ),
    (
        Mutant(
            "failures count across a close",
            "domain.notifications.circuit_breaker:failures_in_a_row",
            instead("since is not None and attempt.at <= since", "False"),
        ),
        test_breaker.test_failures_before_a_close_say_nothing_after_it,
    ),
    (
        Mutant(
            "failures count for ever",
            "services.notifications.circuit_breaker:_Memory.failed",
            instead("at - _REMEMBERED", "None"),
        ),
        test_breaker.test_failures_of_an_hour_ago_are_forgotten,
    ),
    (
        Mutant(
            "a cached closed state parks rows",
            "services.notifications.circuit_breaker:CircuitBreakers._state",
            never("is_trouble"),
        ),
        test_breaker.test_what_a_process_remembers_of_a_closed_channel_parks_nothing,
    ),
    (
        Mutant(
            "every parked row nudges itself",
            "services.notifications.circuit_breaker:_Memory.is_first_of",
            always("nudged"),
        ),
        test_breaker.test_of_the_new_rows_of_a_process_one_returns_for_the_probe,
    ),
    (
        Mutant(
            "requeued rows wait like others",
            "domain.notifications.circuit_breaker:_at_breaker",
            lacking("was_requeued_since"),
        ),
        test_breaker.test_a_requeued_row_is_the_next_probe_at_once_but_only_one_is,
    ),
    (
        Mutant(
            "every requeued row is a probe",
            "domain.notifications.circuit_breaker:was_requeued_since",
            lacking("replace"),
        ),
        test_breaker.test_a_requeued_row_is_the_next_probe_at_once_but_only_one_is,
    ),
    (
        Mutant(
            "a failed probe is charged",
            "domain.notifications.circuit_breaker:decide_probe",
            instead("row.retry_count", "row.retry_count + 1"),
        ),
        test_breaker_probes.test_one_row_tries_it_each_interval_and_a_failure_costs_it_nothing,
    ),
    (
        Mutant(
            "two may try it at once",
            "store.channels.states:ChannelStateStore.take_probe",
            instead(
                "_is(item.probed_at, observed.probed_at) | (item.prober == prober)", "item.opened_at.exists()"
            ),
        ),
        test_breaker_probes.test_two_that_decided_from_the_same_state_are_not_both_probes,
    ),
    (
        Mutant(
            "a probe is not its own after a lost answer",
            "store.channels.states:ChannelStateStore.take_probe",
            instead(
                "_is(item.probed_at, observed.probed_at) | (item.prober == prober)",
                "_is(item.probed_at, observed.probed_at)",
            ),
        ),
        test_breaker_probes.test_a_probe_whose_state_was_written_unheard_is_sent_all_the_same,
    ),
    (
        Mutant(
            "a lost probe holds the channel for ever",
            "services.notifications.circuit_breaker:CircuitBreakers.acquire_probe",
            instead("max(self.policy.interval, self.policy.lease)", "self.policy.lease * 100"),
        ),
        test_breaker_probes.test_a_probe_that_dies_costs_the_channel_one_interval,
    ),
    (
        Mutant(
            "the same row tries it again and again",
            "services.notifications.circuit_breaker:CircuitBreakers._fail_probe",
            always("nudge_due_rows"),
        ),
        test_breaker_probes.test_after_a_failed_probe_another_row_is_asked_to_try,
    ),
    (
        Mutant(
            "nobody tries again where there is one row",
            "services.notifications.circuit_breaker:CircuitBreakers._fail_probe",
            instead(
                "not self.nudge_due_rows(channel_id, 1, wait)", "self.nudge_due_rows(channel_id, 1, wait)"
            ),
        ),
        test_breaker_probes.test_the_only_row_tries_again_by_itself,
    ),
    (
        Mutant(
            "closing wakes nobody",
            "services.notifications.circuit_breaker:CircuitBreakers._close",
            lacking("nudge_due_rows"),
        ),
        lambda engine: test_breaker.test_a_probe_that_is_answered_closes_it_and_wakes_the_others(
            engine, DELIVERED, NotificationStatus.SENT
        ),
    ),
    (
        Mutant(
            "the rest waits for the sweep",
            "services.notifications.circuit_breaker:CircuitBreakers._nudge_more",
            never("recovered"),
        ),
        test_breaker.test_who_has_sent_as_many_as_were_woken_wakes_the_next_ones,
    ),
    (
        Mutant(
            "any outage is closed by the end of any",
            "services.notifications.outages:ChannelOutages._recover",
            lacking("observed", "opened_at"),
        ),
        test_breaker.test_the_end_of_one_outage_does_not_end_the_next,
    ),
    (
        Mutant(
            "a gone channel stays open",
            "store.channels.states:ChannelStateStore.disable_step",
            lacking("removed"),
        ),
        test_breaker.test_a_probe_that_finds_the_channel_gone_disables_it,
    ),
    (
        Mutant(
            "the sweep claims rows of an open channel",
            "domain.channels.channels:ChannelState.holds_up",
            never("next_probe_at", "opened_at"),
        ),
        test_breaker_probes.test_the_sweep_leaves_rows_of_an_open_channel_alone_without_a_write,
    ),
    (
        Mutant(
            "what was skipped waits for the next sweep",
            "services.notifications.sweep:NotificationSweep._sweep",
            never("has_time"),
        ),
        test_breaker_probes.test_rows_that_were_skipped_flow_in_the_same_run_once_the_channel_is_closed,
    ),
    (
        Mutant(
            "old rows of an open channel wait for ever",
            "domain.notifications.circuit_breaker:_at_breaker",
            instead("_expired(row, state, schedule)", "Wait(state.next_probe_at)"),
        ),
        lambda engine: test_breaker_probes.test_an_old_row_of_an_open_channel_is_dead_unsent(
            engine, test_breaker_probes.aged_row(engine)
        ),
    ),
    (
        Mutant(
            "an old row's failure is not its last", "domain.notifications.delivery:decide", never("is_old")
        ),
        test_breaker_probes.test_an_old_row_of_a_closed_channel_has_one_attempt,
    ),
    (
        Mutant(
            "the sweep claims old ids without a look",
            "services.notifications.sweep:NotificationSweep._is_old",
            instead("stored is not None and self.schedule.is_old(stored.queued_at, now)", "True"),
        ),
        lambda engine: test_breaker_probes.test_an_old_row_that_was_requeued_waits_without_a_write(
            engine, test_breaker_probes.aged_row(engine)
        ),
    ),
    (
        Mutant(
            "two sweeps tell the same outage",
            "store.channels.states:ChannelStateStore.alert_step",
            lacking("does_not_exist"),
        ),
        test_channel_alarms.test_an_outage_that_two_sweeps_find_at_once_is_reported_once,
    ),
    (
        Mutant(
            "no all-clear",
            "services.notifications.outages:ChannelOutages._all_clear",
            always("alert_key", "alerted_via"),
        ),
        test_channel_alarms.test_its_end_resolves_that_incident_through_the_same_channel,
    ),
    (
        Mutant(
            "every death is told",
            "store.channels.states:ChannelStateStore.alert_dead_step",
            instead("alerted_at.does_not_exist() | (alerted_at <= now - every)", "ChannelStateItem.id != ''"),
        ),
        test_channel_alarms.test_of_two_concurrent_deaths_both_are_dead_and_one_is_reported,
    ),
    (
        Mutant(
            "an alarm's death is told",
            "services.notifications.outcomes:DeliveryOutcomes._dead_rows_alert",
            never("CHANNEL_FAILURE", "outcome"),
        ),
        test_channel_alarms.test_the_death_of_an_alert_about_a_channel_is_not_reported,
    ),
    (
        Mutant(
            "a death fails with its alarm",
            "services.notifications.outcomes:DeliveryOutcomes._mark_dead_with_alert",
            instead("(AlreadyAlerted, Unavailable, AwsRefusal)", "AlreadyAlerted"),
        ),
        test_channel_alarms.test_a_death_does_not_fail_because_of_its_alarm,
    ),
]


@pytest.mark.parametrize(("mutant", "noticed"), _MUTANTS, ids=lambda part: getattr(part, "name", ""))
def test_this_mutant_is_caught(mutant: Mutant, noticed: Noticed) -> None:
    with local_aws(), alive(mutant):
        engine = Engine(new_database())
        with pytest.raises(_NOTICED):
            noticed(engine)
