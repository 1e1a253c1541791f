"""Composition of what people see of jobs and figures. See `bootstrap.py`."""

from functools import cache
from typing import TYPE_CHECKING

from certctl import bootstrap

if TYPE_CHECKING:
    from certctl.services.insights.insights import Insights
    from certctl.services.jobs.jobs import Jobs


@cache
def jobs() -> "Jobs":
    from certctl.services.jobs.jobs import Jobs
    from certctl.store.jobs.lists import JobIndexes

    indexes = JobIndexes(bootstrap.database())
    return Jobs(bootstrap.stores(), indexes, bootstrap.clearance(), bootstrap.nudge_job, bootstrap.now)


@cache
def insights() -> "Insights":
    from certctl.services.insights.insights import Insights
    from certctl.store.agents.figures import AgentFigures
    from certctl.store.certificates.figures import CertificateFigures
    from certctl.store.insights.figures import NotificationFigures
    from certctl.store.insights.recounts import RecountStore

    return Insights(
        bootstrap.counter_store(),
        CertificateFigures(bootstrap.database()),
        NotificationFigures(bootstrap.database()),
        AgentFigures(bootstrap.database()),
        RecountStore(bootstrap.database()),
        bootstrap.now,
    )
