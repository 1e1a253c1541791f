"""Attention reports that callers who see the same share for some seconds (ADR 82)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.access.permissions import Permission, Scope
from certctl.domain.access.principals import Principal
from certctl.domain.insights.attention import KEPT_LINES, AttentionReport
from certctl.domain.insights.attention_texts import as_text, of_text
from certctl.domain.insights.rollups import CLOCKS_DIFFER, LAYOUT, is_young
from certctl.services.insights.attention.report import Attention, has_fresh_lines
from certctl.store.insights.rollups import Rollup, RollupStore

_OF_TEAMS = (Permission.CERTIFICATES_READ, Permission.JOBS_READ, Permission.NOTIFICATIONS_READ)
_OF_SOME = (Permission.CAMPAIGNS_READ, Permission.NAMES_WRITE)


@dataclass(frozen=True)
class SharedAttention:
    """Nobody gets a report that would not have been made for them: it is shared by those who reach all teams
    and have the same permissions of those on which a line depends. Others have a read of their own."""

    attention: Attention
    rollups: RollupStore

    def report(self, caller: Principal, oldest: timedelta) -> tuple[AttentionReport, timedelta]:
        """With its age."""
        name, now = name_of(caller), self.attention.now()
        stored = self.rollups.find_read(name, of_text) if name and oldest else None
        if stored is not None and _may_be_shown(stored, now, oldest):
            return stored, max(now - stored.completed_at, timedelta(0))
        report = self.attention.report(caller, stored, oldest)
        if name and not report.unknown:
            rollup = Rollup(as_text(report), report.completed_at)
            self.rollups.keep_if_possible(name, rollup, CLOCKS_DIFFER)
        return report, timedelta(0)


def _may_be_shown(stored: AttentionReport, now: datetime, oldest: timedelta) -> bool:
    is_recent = is_young(stored.completed_at, now, oldest)
    return is_recent and has_fresh_lines(stored, KEPT_LINES, now, oldest)


def name_of(caller: Principal) -> str | None:
    """The row of the callers who see what this one sees; None if only some teams are in reach."""
    if any(caller.team_filter(each) is not None for each in _OF_TEAMS):
        return None
    scopes = ["all" if caller.scope_of(each) is Scope.ALL else "some" for each in _OF_SOME]
    return "-".join((f"attention-{LAYOUT}", *scopes))
