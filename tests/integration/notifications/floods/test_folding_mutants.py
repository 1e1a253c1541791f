"""Each rule of flood control, broken on purpose: a test that exists must notice."""

from collections.abc import Callable

import pytest

from tests.integration.notifications.floods import test_folding, test_folding_faults
from tests.support.aws.clients import local_aws, new_database
from tests.support.mutants import Mutant, alive, instead, lacking, never
from tests.support.notifications.engine import Engine
from tests.support.notifications.floods import limited

# together they take more than ten seconds
pytestmark = pytest.mark.slow

_NOTICED = (AssertionError, pytest.fail.Exception, ValueError)
Noticed = Callable[[Engine], None]

_MUTANTS: list[tuple[Mutant, Noticed]] = [
    (
        Mutant(
            "the first of a process is never counted",
            "store.notifications.floods:FloodMeter.admits",
            instead("(False, 1)", "(False, 0)"),
        ),
        test_folding.test_what_is_beyond_the_limit_is_folded_into_one_alert,
    ),
    (
        Mutant("resolves are counted", "domain.notifications.flood_control:is_counted", lacking("TRIGGER")),
        test_folding.test_resolves_and_what_a_person_queued_again_are_always_sent,
    ),
    (
        Mutant(
            "what a person queued again is counted",
            "domain.notifications.flood_control:is_counted",
            lacking("epoch"),
        ),
        test_folding.test_resolves_and_what_a_person_queued_again_are_always_sent,
    ),
    (
        Mutant(
            "retries are counted",
            "domain.notifications.flood_control:is_counted",
            never("retry_count", "throttle_count"),
        ),
        test_folding.test_a_retry_is_not_counted_again,
    ),
    (
        Mutant("folds are counted", "domain.notifications.flood_control:is_counted", lacking("is_fold")),
        test_folding.test_folds_are_not_counted,
    ),
    (
        Mutant(
            "a fold of several teams is the first one's",
            "domain.notifications.flood_control:fold_of",
            instead("_common((row.team_id for row in rows))", "first.team_id"),
        ),
        test_folding.test_alerts_of_several_teams_make_one_fold_without_a_team,
    ),
    (
        Mutant(
            "probes are counted",
            "services.notifications.delivery:Delivery._should_send",
            lacking("isinstance"),
        ),
        test_folding.test_the_probe_of_an_open_channel_is_sent_whatever_the_count,
    ),
    (
        Mutant(
            "held back without a mark",
            "store.notifications.folds:NotificationFolds.hold_back",
            lacking("is_flooded"),
        ),
        test_folding.test_what_is_beyond_the_limit_is_folded_into_one_alert,
    ),
    (
        Mutant("kinds mix", "store.notifications.folds:_belongs_to", lacking("kind_of")),
        test_folding.test_rows_of_one_moment_and_another_kind_are_not_folded,
    ),
    (
        Mutant(
            "one that is alone is folded",
            "services.notifications.flood_control:FloodControl._merge_all",
            never("rows"),
        ),
        test_folding.test_a_single_alert_beyond_the_limit_is_sent_by_itself_a_minute_later,
    ),
    (
        Mutant("every row leads", "store.notifications.floods:FloodMeter.leads", never("remembered")),
        test_folding.test_what_is_beyond_the_limit_is_folded_into_one_alert,
    ),
    (
        Mutant(
            "what is beyond one reading is left",
            "services.notifications.flood_control:FloodControl._merge_all",
            never("has_more", "others"),
        ),
        test_folding.test_more_than_90_become_several_folds_of_90_at_most,
    ),
    (
        Mutant(
            "rows are folded that were taken meanwhile",
            "store.notifications.folds:_as_read",
            instead("same & flooded & item.lease_owner.does_not_exist()", "item.notification_id.exists()"),
        ),
        test_folding_faults.test_a_row_claimed_concurrently_is_left_out,
    ),
    (
        Mutant("no lock", "services.notifications.flood_control:FloodControl.merge", never("LOCKED")),
        test_folding_faults.test_a_second_folder_of_a_kind_waits_for_the_first,
    ),
    (
        Mutant(
            "after a lost answer nobody is told of the fold",
            "services.notifications.flood_control:FloodControl._still_ours",
            never("folded_into", "has_reported"),
        ),
        test_folding_faults.test_a_lost_answer_of_the_transaction_folds_once,
    ),
    (
        Mutant(
            "the settled row stays marked",
            "store.notifications.notifications:NotificationStore.settle_step",
            lacking("append"),
        ),
        test_folding.test_a_single_alert_beyond_the_limit_is_sent_by_itself_a_minute_later,
    ),
    (
        Mutant(
            "a folded row says that it was sent",
            "domain.notifications.delivery:why_not_requeued",
            never("folded_into"),
        ),
        test_folding.test_a_fold_that_dies_is_dead_and_is_what_can_be_requeued,
    ),
]


@pytest.mark.parametrize(("mutant", "noticed"), _MUTANTS, ids=lambda part: getattr(part, "name", ""))
def test_this_mutant_is_caught(mutant: Mutant, noticed: Noticed) -> None:
    with local_aws(), alive(mutant):
        engine = limited(Engine(new_database()))
        with pytest.raises(_NOTICED):
            noticed(engine)
