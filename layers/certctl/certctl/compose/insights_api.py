"""Composes insights_api: jobs, the audit trail, figures."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl.compose.rooms.access import AccessFactories
from certctl.compose.rooms.audit import AuditFactories
from certctl.compose.rooms.base import DEPLOYED, Base, Overrides
from certctl.compose.rooms.changes import ChangeFactories

if TYPE_CHECKING:
    from certctl.api.jobs.views import JobViews
    from certctl.services.audit.actors import Actors
    from certctl.services.audit.exports import AuditExports
    from certctl.services.audit.told import ToldTrail
    from certctl.services.audit.trail import AuditTrail
    from certctl.services.insights.attention.shared import SharedAttention
    from certctl.services.insights.insights import Insights
    from certctl.services.jobs.approvals import Approvals
    from certctl.services.jobs.jobs import Jobs
    from certctl.services.jobs.requesters import JobRequesters
    from certctl.store.audit.names import RecordNames
    from certctl.store.insights.headcounts import HeadcountStore
    from certctl.store.insights.rollups import RollupStore


class InsightsApi:
    def __init__(self, overrides: Overrides = DEPLOYED) -> None:
        self._base = Base(overrides)
        self._changes = ChangeFactories(self._base)
        self._audit = AuditFactories(self._base)
        self.access = AccessFactories(self._base)

    @cached_property
    def audit_trail(self) -> "ToldTrail":
        from certctl.services.audit.told import ToldTrail
        from certctl.services.audit.trail import AuditTrail

        trail = AuditTrail(self._base.audit, self._actors, self._base.now)
        return ToldTrail(trail, self._names)

    @cached_property
    def export_trail(self) -> "AuditTrail":
        """A day a page: proofs take a step of their own."""
        from certctl.services.audit.trail import AuditTrail

        return AuditTrail(self._base.audit, self._actors, self._base.now, further_days=0)

    @property
    def _names(self) -> "RecordNames":
        from certctl.store.audit.names import RecordNames

        return RecordNames(self._base.database)

    @property
    def _actors(self) -> "Actors":
        from certctl.services.audit.actors import Actors

        return Actors(self.access.key_store, self._base.audit)

    @cached_property
    def audit_exports(self) -> "AuditExports":
        """Returns the bucket's content: its reader verifies the signatures, with a key of their own."""
        from certctl.connectors.seal_archive import SealArchive
        from certctl.services.audit.exports import AuditExports, PageLimits

        limits = self._base.overrides.export_limits or PageLimits()
        archive = SealArchive(self._audit.seal_objects, lambda _: None)
        return AuditExports(self._audit.ranges, self._audit.seal_rows, archive, self._base.now, limits)

    @cached_property
    def jobs(self) -> "Jobs":
        from certctl.services.jobs.jobs import Jobs
        from certctl.store.jobs.lists import JobIndexes

        base, changes = self._base, self._changes
        indexes = JobIndexes(base.database)
        return Jobs(changes.stores, changes.units, indexes, changes.clearance, base.nudges, base.now)

    @cached_property
    def approvals(self) -> "Approvals":
        from certctl.services.jobs.approvals import Approvals

        return Approvals(self._changes.stores, self.job_requesters, self._changes.clearance)

    @cached_property
    def job_requesters(self) -> "JobRequesters":
        from certctl.services.jobs.requesters import JobRequesters

        return JobRequesters(self._names)

    @cached_property
    def job_views(self) -> "JobViews":
        from certctl.api.jobs.views import JobViews

        return JobViews(self.job_requesters)

    @cached_property
    def _rollups(self) -> "RollupStore":
        from certctl.store.insights.rollups import RollupStore

        return RollupStore(self._base.database)

    @cached_property
    def _headcounts(self) -> "HeadcountStore":
        from certctl.store.agents.roster import AgentRoster
        from certctl.store.insights.headcounts import HeadcountStore

        return HeadcountStore(AgentRoster(self._base.database), self._rollups)

    @cached_property
    def insights(self) -> "Insights":
        from certctl.services.insights.insights import Insights
        from certctl.services.insights.reads import Readings
        from certctl.store.certificates.figures import CertificateFigures
        from certctl.store.insights.figures import NotificationFigures
        from certctl.store.insights.recounts import RecountStore
        from certctl.store.status.watch_log import WatchLog

        database = self._base.database
        readings = Readings(
            self._changes.catalog.counters,
            CertificateFigures(database),
            NotificationFigures(database),
            self._headcounts,
            RecountStore(database),
            WatchLog(database),
            self._rollups,
            self._base.now,
        )
        return Insights(readings)

    @cached_property
    def attention(self) -> "SharedAttention":
        from certctl.domain.insights.attention import POLICIES_KEPT
        from certctl.services.insights.attention.alerts import AlertAttention
        from certctl.services.insights.attention.campaigns import CampaignAttention
        from certctl.services.insights.attention.certificates import CertificateAttention
        from certctl.services.insights.attention.fleet import FleetAttention
        from certctl.services.insights.attention.jobs import JobAttention
        from certctl.services.insights.attention.report import Attention
        from certctl.services.insights.attention.shared import SharedAttention
        from certctl.store.authorities.authorities import AuthorityStore
        from certctl.store.certificates.lists import CertificateIndexes
        from certctl.store.channels.records import ChannelRecordStore
        from certctl.store.channels.states import ChannelStateStore
        from certctl.store.insights.figures import NotificationFigures
        from certctl.store.insights.recounts import RecountStore
        from certctl.store.jobs.lists import JobIndexes
        from certctl.store.notifications.lists import NotificationIndexes
        from certctl.store.policies.states import PolicyStateStore
        from certctl.store.policies.violations import ViolationStore
        from certctl.store.revocation.campaigns import CampaignStore
        from certctl.store.revocation.working_campaigns import WorkingCampaigns

        database, catalog = self._base.database, self._changes.catalog
        alerts = AlertAttention(
            self._changes.routing.configured,
            ChannelRecordStore(database),
            ChannelStateStore(database),
            NotificationFigures(database),
            NotificationIndexes(database),
            catalog.counters,
        )
        fleet = FleetAttention(
            self._headcounts,
            AuthorityStore(database),
            catalog.store,
            PolicyStateStore(database),
            ViolationStore(database),
        )
        indexes = CertificateIndexes(database)
        attention = Attention(
            CertificateAttention(indexes, catalog.cached_for(POLICIES_KEPT), RecountStore(database)),
            JobAttention(JobIndexes(database), indexes),
            alerts,
            fleet,
            CampaignAttention(WorkingCampaigns(database), CampaignStore(database)),
            self._base.now,
        )
        return SharedAttention(attention, self._rollups)
