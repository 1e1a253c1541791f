"""One fleet for all tests of this folder: the stack as `make run` starts it, three agents' hosts with NGINX,
Apache httpd and HAProxy, and a receiver of alerts, all on a clock that can be moved.

The stack's certificates last 90 days, so they are renewed at 60.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.servers.fleet.fleets import Fleet, at_work, published_root
from tests.servers.fleet.members import PROFILE, Member, People, enlisted
from tests.servers.fleet.record import Record
from tests.support.agents.ca import AgentCa
from tests.support.agents.process import Commands
from tests.support.agents.web_servers import SERVERS
from tests.support.channels.receivers import Receiver
from tests.support.local.moved_clock import MovedClock, moved_clock
from tests.support.local.stack import LocalStack, started

_LIFETIME_SECONDS = 90 * 24 * 3600
_PROFILE = {"id": PROFILE, "name": "90 days", "extended_key_usages": ["serverAuth"]}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fleet")


@pytest.fixture(scope="session")
def clock(folder: Path) -> MovedClock:
    return moved_clock(folder)


@pytest.fixture(scope="session")
def alerts() -> Iterator[Receiver]:
    """Where the stack's webhook channel delivers."""
    with Receiver().running() as receiver:
        yield receiver


@pytest.fixture(scope="session")
def local_stack(folder: Path, clock: MovedClock, alerts: Receiver) -> Iterator[LocalStack]:
    settings = {
        "CERTCTL_WEBHOOK_URL": alerts.url(),
        "CERTCTL_WEBHOOK_SECRET": "whsec_" + "c2VjcmV0" * 4,
        # a run that a busy machine cut short is made good by the next one, here within a minute
        "CERTCTL_SCHEDULER_RENEWAL_CHECK_INTERVAL": "1m",
    }
    with started(folder / "stack", **settings, **clock.environment) as stack:
        yield stack


@pytest.fixture(scope="session")
def people(local_stack: LocalStack) -> People:
    """An operator of the default team, and a profile that an administrator has made."""
    admin = People(local_stack, local_stack.outputs["api_key"])
    admin.post("profiles", {**_PROFILE, "max_ttl_seconds": _LIFETIME_SECONDS})
    key = admin.post("api-keys", {"name": "operator", "role": "operator", "teams": ["t-default"]})
    return People(local_stack, key["key"])


@pytest.fixture(scope="session")
def commands(clock: MovedClock) -> Iterator[Commands]:
    commands = Commands(clock.environment)
    yield commands
    commands.close()


@pytest.fixture(scope="session")
def members(folder: Path, people: People, commands: Commands) -> Iterator[dict[str, Member]]:
    with ExitStack() as running:
        found = {}
        for kind, start in SERVERS.items():
            (home := folder / kind).mkdir()
            (served := home / "web").mkdir()
            web = running.enter_context(start(served, f"{kind}.example.com", AgentCa()))
            found[kind] = enlisted(web, home / "state", people, commands)
        yield found


@pytest.fixture(scope="session")
def fleet(folder: Path, clock: MovedClock, alerts: Receiver, members: dict[str, Member]) -> Iterator[Fleet]:
    """A fleet whose agents rest; they have deployed what was asked for at first."""
    with Record(clock).kept() as record:
        with at_work(*members.values()):
            for member in members.values():
                member.wait_until_deployed(1)
        root = published_root(members["nginx"], folder)
        yield Fleet(clock, alerts, members, root, record)
