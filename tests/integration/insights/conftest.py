from collections.abc import Iterator

import pytest

from certctl.services.insights.insights import Insights
from certctl.services.insights.reads import Readings
from certctl.store.agents.roster import AgentRoster
from certctl.store.certificates.figures import CertificateFigures
from certctl.store.insights.counters import CounterStore
from certctl.store.insights.figures import NotificationFigures
from certctl.store.insights.headcounts import HeadcountStore
from certctl.store.insights.recounts import RecountStore
from certctl.store.insights.rollups import RollupStore
from certctl.store.status.watch_log import WatchLog
from tests.support.aws.clients import local_aws, new_database
from tests.support.clock import Clock
from tests.support.functions.control_plane import ControlPlane
from tests.support.prepared import prepared_pki


@pytest.fixture
def plane() -> Iterator[ControlPlane]:
    """With CAs made and empty CRLs published, as after a deploy."""
    with local_aws():
        yield ControlPlane(prepared_pki(new_database(), Clock()))


@pytest.fixture
def insights(plane: ControlPlane) -> Insights:
    database = plane.pki.database
    clock = plane.pki.clock
    readings = Readings(
        CounterStore(database, clock),
        CertificateFigures(database),
        NotificationFigures(database),
        HeadcountStore(AgentRoster(database), RollupStore(database)),
        RecountStore(database),
        WatchLog(database),
        RollupStore(database),
        clock,
    )
    return Insights(readings)
