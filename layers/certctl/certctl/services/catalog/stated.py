"""Catalog records with what is stored beside them: states, contacts, evaluations and reports."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from certctl.domain.agents.agents import with_consent, with_crl_report, with_heartbeat
from certctl.domain.agents.consents import Consent
from certctl.domain.agents.kinds.definitions import Holding
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.store.agents.consents import AgentConsentStore
from certctl.store.agents.crl_reports import CrlReportStore
from certctl.store.agents.states import AgentStateStore
from certctl.store.catalog.issuer_health import IssuerContactStore, as_met
from certctl.store.catalog.records import CatalogStore
from certctl.store.paging import in_parallel

if TYPE_CHECKING:
    from certctl.domain.policies.evaluations import EvaluationReport
    from certctl.unit_of_work.policies.evaluations import PolicyEvaluations

STATED_KINDS = frozenset({Kind.AGENT, Kind.ISSUER, Kind.POLICY})
"""Kinds with further state in rows of their own."""

Filled = Callable[[AnyEntry], AnyEntry]
"""The record with its further state."""


@dataclass(frozen=True)
class StatedRecords:
    """Adds to records that were read what is stored beside them."""

    catalog: CatalogStore
    agent_states: AgentStateStore
    issuer_contacts: IssuerContactStore
    agent_consents: AgentConsentStore
    crl_reports: CrlReportStore
    evaluations: "Callable[[], PolicyEvaluations]"

    def states_of(self, kind: Kind, entry_id: str) -> Filled:
        """One read if the kind has such rows, else none."""
        if kind is Kind.AGENT:
            states = self.agent_states.get_many([entry_id])
            return lambda entry: with_heartbeat(entry, states.get(entry.id))
        if kind is Kind.ISSUER:
            contact = self.issuer_contacts.get(entry_id)
            return lambda entry: as_met(entry, contact)
        if kind is Kind.POLICY:
            report = self.evaluations().report_of(entry_id)
            return lambda entry: _as_evaluated(entry, report)
        return lambda entry: entry

    def all_states(self, kind: Kind) -> Filled:
        """Fills the states of a list of a kind that is few: issuers and policies."""
        if kind is Kind.ISSUER:
            contacts = self.issuer_contacts.all()
            return lambda entry: as_met(entry, contacts.get(entry.id))
        if kind is Kind.POLICY:
            reports = self.evaluations().reports()
            return lambda entry: _as_evaluated(entry, reports.get(entry.id))
        return lambda entry: entry

    def completed(self, entries: Sequence[AnyEntry]) -> list[AnyEntry]:
        """Adds to agents their last heartbeat and what `with_reports` adds, in one round trip's time."""
        reported, states = in_parallel(
            lambda: self.with_reports(entries),
            lambda: self.agent_states.get_many([entry.id for entry in entries if entry.kind is Kind.AGENT]),
        )
        return [with_heartbeat(entry, states.get(entry.id)) for entry in reported]

    def with_reports(self, entries: Sequence[AnyEntry]) -> list[AnyEntry]:
        """Adds to agents what their hosts allow, to targets the settings that their hosts forbid and the CRLs
        that are installed there; other records are unchanged. A batch of reads for each if needed."""
        consents, crls = in_parallel(
            lambda: self._consents_of(entries),
            lambda: self.crl_reports.get_many(self._crl_bundles_in(entries)),
        )
        consented = (with_consent(entry, consents, self.catalog.kinds.targets) for entry in entries)
        return [with_crl_report(entry, crls.get(entry.id)) for entry in consented]

    def _crl_bundles_in(self, entries: Sequence[AnyEntry]) -> list[str]:
        targets, kinds = (e for e in entries if e.kind is Kind.TARGET), self.catalog.kinds.targets
        return [each.id for each in targets if kinds.of(each.content.type).holding is Holding.CRLS]

    def _consents_of(self, entries: Sequence[AnyEntry]) -> Mapping[str, Consent]:
        agents = {entry.id for entry in entries if entry.kind is Kind.AGENT}
        agents |= {e.content.agent_id for e in entries if e.kind is Kind.TARGET and e.content.agent_id}
        return self.agent_consents.get_many(sorted(agents)) if agents else {}


def _as_evaluated(policy: AnyEntry, report: "EvaluationReport | None") -> AnyEntry:
    """The policy's record with its latest evaluation."""
    return replace(policy, content=replace(policy.content, evaluation=report))
