"""Writers and sealers at once on one database that judges like the real one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from certctl.domain.errors import ChangedMeanwhile
from tests.support.audit.seals import MemoryObjects, SealedTrail, check_chain
from tests.support.aws.dynamodb_local import new_database
from tests.support.clock import Clock

pytestmark = pytest.mark.dynamodb_local


@pytest.fixture
def trail(endpoint: str, access_key: str) -> SealedTrail:
    return SealedTrail(new_database(endpoint), MemoryObjects(), Clock())


def _written(trail: SealedTrail, writer: int) -> list[str]:
    """Each is committed some seconds to a quarter of an hour after the time in its id."""
    ages = (timedelta(seconds=(7 * writer + 41 * n) % 900) for n in range(60))
    return [trail.happened(trail.clock() - age) for age in ages]


def _sealed(trail: SealedTrail) -> None:
    try:
        trail.seal()
    except ChangedMeanwhile:
        return


def test_sixteen_writers_and_two_sealers_at_once_leave_nothing_out(trail: SealedTrail) -> None:
    with ThreadPoolExecutor(18) as pool:
        writers = [pool.submit(_written, trail, writer) for writer in range(16)]
        while not all(writer.done() for writer in writers):
            trail.clock.advance(timedelta(seconds=40))
            list(pool.map(_sealed, [trail, trail]))
        ids = [event_id for writer in writers for event_id in writer.result()]
    for _ in range(6):
        trail.seal_later()
    trail.seal_later(timedelta(hours=25))
    assert len(ids) == 960
    assert sorted(trail.sealed_ids) == sorted(ids)
    rows, _ = trail.rows.page(None, 500)
    assert [row.seq for row in rows] == [seal.head.seq for seal in reversed(trail.seals)][:500]
    check_chain(trail.seals)
