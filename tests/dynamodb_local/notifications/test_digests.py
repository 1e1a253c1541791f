"""Weekly digests of several runs of maintenance at once, and of runs that are killed: each is one message."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import pytest

from certctl.store.database import Database
from certctl.store.notifications.digests import DigestLog
from tests.support.aws.dynamodb_local import credentials, new_database, open_database
from tests.support.functions.control_plane import ControlPlane
from tests.support.notifications.digests import (
    MAIL,
    MONDAY,
    WEEK,
    messages_by_key,
    owners_with_work,
    weekly_digests,
)
from tests.support.revocation.bulk import plane_on
from tests.support.template import ROOT

pytestmark = [pytest.mark.dynamodb_local, pytest.mark.slow, pytest.mark.timeout(240)]
_OWNERS, _RUNS, _KILLS, _PATIENCE_SECONDS = 40, 4, 3, 150


@pytest.fixture
def plane(endpoint: str, access_key: str) -> ControlPlane:
    return _maintenance(new_database(endpoint))


def _maintenance(database: Database) -> ControlPlane:
    plane = plane_on(database, lambda: MONDAY)
    plane.channels = (MAIL,)
    return plane


def test_of_several_runs_at_once_each_digest_is_sent_by_one(plane: ControlPlane, endpoint: str) -> None:
    expected = owners_with_work(plane, _OWNERS)
    together = Barrier(_RUNS)

    def run(_: int) -> Counter[str]:
        digests = weekly_digests(_maintenance(open_database(endpoint)))
        together.wait()
        return digests.run(lambda: True)

    with ThreadPoolExecutor(_RUNS) as pool:
        done = sum(pool.map(run, range(_RUNS)), Counter[str]())

    assert (done["sent"], done["errors"]) == (_OWNERS, 0)
    assert messages_by_key(plane) == dict.fromkeys(expected, 1)


def test_killed_between_digests_a_run_leaves_none_out_and_sends_none_twice(
    plane: ControlPlane, endpoint: str, access_key: str
) -> None:
    expected = owners_with_work(plane, _OWNERS)
    log, deadline = DigestLog(plane.pki.database), time.monotonic() + _PATIENCE_SECONDS
    for kill in range(_KILLS):
        with _sending(endpoint, access_key):
            while len(messages_by_key(plane)) <= kill * _OWNERS // _KILLS:
                assert time.monotonic() < deadline
                time.sleep(0.01)
        sent, marked = messages_by_key(plane), log.made(WEEK)
        assert {f"Digest/{key}/{WEEK}" for key in marked} >= sent.keys()

    weekly_digests(plane).run(lambda: True)

    assert messages_by_key(plane) == dict.fromkeys(expected, 1)


@contextmanager
def _sending(endpoint: str, access_key: str) -> Iterator[None]:
    """Two processes that send digests until they are killed."""
    command = [sys.executable, "-m", "tests.dynamodb_local.notifications.killed_digests", endpoint]
    path = {"PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'certctl'}"}
    running = [subprocess.Popen(command, cwd=ROOT, env=credentials(access_key) | path) for _ in range(2)]
    try:
        yield
    finally:
        for each in running:
            each.kill()
            each.wait()
