"""Three agents with real web servers, on the stack that `make run` starts."""

import pytest

from tests.servers.fleet.fleets import Fleet

pytestmark = [
    # one worker has the fleet (`--dist loadgroup`)
    pytest.mark.xdist_group("fleet"),
    # the start of the stack, which the first test waits for, has a limit of its own
    pytest.mark.timeout(300, func_only=True),
]


def test_each_server_serves_what_its_agent_asked_for(fleet: Fleet) -> None:
    for member in fleet.members.values():
        served = fleet.served(member)
        assert served.serial_number == member.serial_number
        assert served.is_trusted

    fleet.saw("issued, deployed, served", *fleet.members.values())
