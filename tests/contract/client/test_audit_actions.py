"""The actions that clients offer are those that events have, and each makes a sentence."""

import re

from certctl.domain.audit.actions import PHRASES
from certctl.domain.audit.pages import SESSION_ACTIONS
from certctl_client.commands.audit.actions import ACTIONS
from tests.support.golden import golden
from tests.support.template import ROOT

_OFFERED = re.compile(r'^  "([a-z_]+)",$', re.MULTILINE)


def test_every_action_that_is_recorded_has_a_phrase() -> None:
    written = [*golden("events_written"), *golden("events_further")]
    assert {name.partition(": ")[2] for name in written} - PHRASES.keys() == set()


def test_every_action_of_sessions_has_a_phrase() -> None:
    assert SESSION_ACTIONS - PHRASES.keys() == set()


def test_the_command_line_knows_the_actions_that_have_a_phrase() -> None:
    assert PHRASES.keys() == ACTIONS


def test_the_dashboard_offers_the_actions_of_changes_and_sessions() -> None:
    offered = _OFFERED.findall((ROOT / "dashboard/src/pages/Audit/actions.ts").read_text())
    assert set(offered) == {action for action in PHRASES if not action.startswith("api_") or "key" in action}
