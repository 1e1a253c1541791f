"""Fixtures of the whole suite. moto comes in with `tests.support.aws.clients`, before any client is made."""

import gc
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from certctl.store.database import Database
from tests.support.aws.clients import local_aws, new_database
from tests.support.clock import Clock
from tests.support.functions.deployed import Deployed, deployed

# Two busy cores make any deadline a coin toss.
settings.register_profile("suite", deadline=None, max_examples=50)
settings.load_profile("suite")

# A tenth of the time went into looking for garbage among a million objects that live as long as the process.
gc.set_threshold(50_000, 20, 20)

# POSIX shells start background jobs with SIGINT ignored: the commands that tests interrupt would inherit it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Leaves the modules and all tests out of what is looked through from here on."""
    gc.freeze()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database() -> Iterator[Database]:
    """Empty tables of template.yaml in moto, with the models bound to them."""
    with local_aws():
        yield new_database()


@pytest.fixture
def stack(clock: Clock) -> Iterator[Deployed]:
    """The functions of the stack as they run after a deploy, on moto, called in process."""
    with deployed(clock) as stack:
        yield stack
