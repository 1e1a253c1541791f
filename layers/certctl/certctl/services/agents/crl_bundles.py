"""An agent's targets of kind CRLBundle, and its reports about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from certctl.domain.agents.crl_reports import CrlNews, CrlReport
from certctl.domain.agents.kinds.definitions import Holding
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Target
from certctl.store.agents.crl_reports import CrlReportStore
from certctl.store.catalog.records import CatalogStore
from certctl.store.keys import referrer
from certctl.store.paging import in_parallel
from certctl.unit_of_work.agents.targets import AgentTargets

_MOST_TARGETS = 1000
_MOST_BUNDLES = 20


@dataclass(frozen=True)
class CrlBundles:
    catalog: CatalogStore
    targets: AgentTargets
    reports: CrlReportStore

    def of(self, agent_id: str) -> list[Entry[Target]]:
        """The agent's enabled ones, 20 at most. One query for the ids of its targets, and one batch for those
        that are not cached."""
        prefix = referrer(Kind.TARGET, "")
        page = self.catalog.referrers(Kind.AGENT, agent_id, _MOST_TARGETS, after=prefix)
        ids = [text.removeprefix(prefix) for text in page.referrers if text.startswith(prefix)]
        return [each for each in self.targets.find(ids) if self._is_bundle(each, agent_id)][:_MOST_BUNDLES]

    def record(
        self, agent_id: str, known: Sequence[Entry[Target]], reports: Sequence[CrlNews], now: datetime
    ) -> None:
        """One write for each report about a target of the agent; others are ignored."""
        own = {each.id for each in known}
        found = [
            CrlReport(each.target_id, agent_id, each.crls, each.problem, now)
            for each in reports
            if each.target_id in own
        ]
        in_parallel(*[partial(self.reports.put, each) for each in found])

    def _is_bundle(self, entry: Entry[Target], agent_id: str) -> bool:
        target = entry.content
        if target.agent_id != agent_id or not target.enabled:
            return False
        return self.catalog.kinds.targets.of(target.type).holding is Holding.CRLS
