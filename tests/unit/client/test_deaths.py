"""What the commands say of an alert that was given up, and of numbers that nobody knows."""

from typing import Any

import pytest

from certctl.domain.notifications.delivery import Death
from certctl_client.commands.notifications import DEATHS, death_of, retries_of
from certctl_client.commands.status import Standing


def _summary(**numbers: Any) -> Any:
    names = ("total_certificates", "expiring_certificates", "expired_certificates", "revoked_certificates")
    zeros = dict.fromkeys((*names, "pending_jobs", "failed_jobs", "complete_jobs", "notifications_dead"), 0)
    return zeros | {"completed_at": "2026-11-24T13:00:00Z"} | numbers


def test_every_cause_of_death_has_its_words() -> None:
    assert DEATHS.keys() == {death.value for death in Death}


def test_a_cause_that_only_a_later_server_knows_is_shown_as_it_came() -> None:
    assert death_of({"dead_because": "bored"}) == "bored"


def test_attempts_are_shown_against_the_budget_of_the_stack() -> None:
    assert retries_of({"retry_count": 3, "max_attempts": 8}) == "3/8"


def test_a_server_that_does_not_tell_its_budget_is_not_guessed() -> None:
    assert retries_of({"retry_count": 3}) == "3"


@pytest.mark.parametrize(("dead", "is_well"), [(0, True), (1, False), (None, False)])
def test_a_stack_is_well_only_where_it_is_known_that_no_alert_is_dead(
    dead: int | None, is_well: bool
) -> None:
    standing = Standing("ok", "ready", _summary(notifications_dead=dead), [], [], None)
    assert standing.is_well is is_well
