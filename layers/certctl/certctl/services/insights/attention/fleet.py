"""Agents that are offline, CRLs that are late, violations of policies that refuse, teams with any name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from certctl.domain.access.permissions import Permission, Scope
from certctl.domain.access.principals import Principal
from certctl.domain.authorities.authorities import Authority, CrlShard
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.certificates.urgencies import Urgency
from certctl.domain.insights.attention import (
    MOST_SHOWN,
    AttentionItem,
    AttentionKind,
    AttentionLine,
)
from certctl.domain.policies.name_ownership import ANYTHING
from certctl.domain.policies.statuses import PolicySeverity
from certctl.services.insights.attention.census import MOST_READ
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.catalog.cache import MAX_POLICIES
from certctl.store.catalog.records import CatalogStore
from certctl.store.insights.headcounts import HeadcountStore
from certctl.store.paging import in_parallel
from certctl.store.policies.states import PolicyStateStore
from certctl.store.policies.violations import ViolationStore

_CERTIFICATES = Permission.CERTIFICATES_READ
_IN_USE = (AuthorityState.ACTIVE, AuthorityState.RETIRING)


@dataclass(frozen=True)
class FleetAttention:
    headcounts: HeadcountStore
    authorities: AuthorityStore
    catalog: CatalogStore
    policy_states: PolicyStateStore
    violations: ViolationStore

    def agents_offline(self, now: datetime) -> tuple[list[AttentionLine], datetime]:
        """With the time when they were counted. Everybody who may read the catalog sees all agents."""
        found = self.headcounts.newest(now)
        if not found.counts.offline:
            return [], found.at
        names = self._names([agent.id for agent in found.worst])
        worst = tuple(
            AttentionItem(each.id, names[each.id], each.heard_at, "Offline") for each in found.worst
        )
        kind, urgency = AttentionKind.AGENTS_OFFLINE, Urgency.WARNING
        return [AttentionLine(kind, urgency, found.counts.offline, worst, found.since)], found.at

    def _names(self, agent_ids: Sequence[str]) -> dict[str, str]:
        found = self.catalog.get_many([(Kind.AGENT, each) for each in agent_ids])
        return {each: each for each in agent_ids} | {entry.id: entry.name for entry in found.values()}

    def crls_late(self, caller: Principal, now: datetime) -> list[AttentionLine]:
        """CAs with CRLs that are late by the thresholds of the alarms. Counts CAs: each has several CRLs."""
        in_use = [each for each in self.authorities.all() if each.state in _IN_USE]
        shards = in_parallel(*[partial(self.authorities.shards, each.ca_id) for each in in_use])
        late = [
            item
            for authority, some in zip(in_use, shards, strict=True)
            if (item := _late_item(authority, some, now)) is not None
        ]
        if not late:
            return []
        late.sort(key=lambda item: item.at.timestamp() if item.at else 0)
        kind, urgency = AttentionKind.CRLS_LATE, Urgency.CRITICAL
        return [AttentionLine(kind, urgency, len(late), tuple(late[:MOST_SHOWN]))]

    def violations_refused(self, caller: Principal, now: datetime) -> list[AttentionLine]:
        """Open violations of enabled policies that refuse a renewal."""
        states = self.policy_states.all()
        if not any(each.open > 0 for each in states.values()):
            return []
        page = self.catalog.page(Kind.POLICY, None, MAX_POLICIES)
        refusing = [each for each in page.entries if _refuses(each) and each.id in states]
        standing = {each.id: states[each.id].open for each in refusing if states[each.id].open > 0}
        counts, is_complete = self._reached(caller, standing)
        broken = sorted((each for each in refusing if counts.get(each.id)), key=lambda each: -counts[each.id])
        if not broken:
            return []
        is_critical = any(each.content.severity is PolicySeverity.CRITICAL for each in broken)
        worst = tuple(
            AttentionItem(each.id, each.name, None, each.content.severity, count=counts[each.id])
            for each in broken[:MOST_SHOWN]
        )
        urgency = Urgency.CRITICAL if is_critical else Urgency.WARNING
        count = sum(counts[each.id] for each in broken)
        return [AttentionLine(AttentionKind.VIOLATIONS, urgency, count, worst, None, is_complete)]

    def names_unlimited(self, caller: Principal, now: datetime) -> list[AttentionLine]:
        """Teams that may have any name, for those who may change it. A team without others takes a name from
        nobody."""
        if caller.scope_of(Permission.NAMES_WRITE) is not Scope.ALL:
            return []
        page = self.catalog.page(Kind.TEAM, None, MOST_READ)
        teams = [each for each in page.entries if not each.is_deleting]
        unlimited = [each for each in teams if ANYTHING in each.content.names]
        if not unlimited or len(teams) == 1:
            return []
        worst = tuple(AttentionItem(each.id, each.name) for each in unlimited[:MOST_SHOWN])
        kind, is_complete = AttentionKind.NAMES_UNLIMITED, page.next_after is None
        return [AttentionLine(kind, Urgency.NOTICE, len(unlimited), worst, None, is_complete)]

    def _reached(self, caller: Principal, standing: Mapping[str, int]) -> tuple[Mapping[str, int], bool]:
        """How many violations the caller may read, by policy; and whether all were read."""
        if caller.team_filter(_CERTIFICATES) is None:
            return standing, True
        rows = in_parallel(*[partial(self.violations.first_open, each, MOST_READ) for each in standing])
        counts = {
            policy_id: sum(caller.reaches_team(_CERTIFICATES, row.team_id) for row in some)
            for policy_id, some in zip(standing, rows, strict=True)
        }
        return counts, all(count <= MOST_READ for count in standing.values())


def _refuses(policy: AnyEntry) -> bool:
    is_in_force = policy.content.enabled and not policy.is_deleting
    return is_in_force and policy.content.severity.refuses


def _late_item(authority: Authority, shards: Sequence[CrlShard], now: datetime) -> AttentionItem | None:
    late = [shard for shard in shards if shard.is_late(authority.role, now)]
    if not late:
        return None
    ends = min((shard.next_update for shard in late if shard.next_update), default=None)
    has_ended = ends is None or ends <= now
    state = "expired" if has_ended else "late"
    return AttentionItem(authority.ca_id, authority.ca_id, ends, state, authority.issuer_id, count=len(late))
