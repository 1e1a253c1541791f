"""The actions that `certctl audit list --action` knows are those that events have."""

from certctl_client.commands.audit.actions import ACTIONS
from tests.support.golden import golden


def test_every_action_that_is_recorded_is_known() -> None:
    written = [*golden("events_written"), *golden("events_further")]
    assert {name.partition(": ")[2] for name in written} - ACTIONS == set()
