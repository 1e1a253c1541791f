"""Administration of routing rules: read, set, delete."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from certctl.domain.access.principals import Principal
from certctl.domain.audit.events import changes
from certctl.domain.errors import Conflict, FieldProblem, InvalidInput, NotFound
from certctl.domain.notifications.routing import MAX_RULES, Route, RoutingRule, RuleInput
from certctl.store.channels.records import CachedChannels
from certctl.store.notifications.routing import RoutingRuleStore
from certctl.store.paging import in_parallel
from certctl.unit_of_work.resources import Resource
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.units import Units

_RULE_ID = re.compile(r"stack|(team|owner):[a-z0-9][a-z0-9-]{0,63}")
_TEAM = "team:"


@dataclass(frozen=True)
class RulePage:
    """A page of rules by id. `next_after` is the id to continue after, None at the end."""

    rules: list[RoutingRule]
    next_after: str | None
    total: int


@dataclass(frozen=True)
class RoutingRules:
    units: Units
    rules: RoutingRuleStore
    channels: CachedChannels
    now: Callable[[], datetime]

    def page(self, after: str | None, limit: int) -> RulePage:
        rules = self.rules.all()
        rest = [rule for rule in rules if rule.id > (after or "")]
        return RulePage(rest[:limit], rest[limit - 1].id if len(rest) > limit else None, len(rules))

    def get(self, rule_id: str) -> RoutingRule:
        """Raises NotFound."""
        rule = self.rules.get(rule_id)
        if rule is None:
            raise NotFound("There is no such routing rule.")
        return rule

    def save(self, caller: Principal, rule_id: str, wanted: RuleInput) -> RoutingRule:
        """Creates or replaces the rule. Raises InvalidInput for an invalid id and for unknown channels, and
        Conflict if the revision is another one, or there are 500 rules."""
        if not _RULE_ID.fullmatch(rule_id):
            raise InvalidInput.of("rule_id", "must be stack, team:<team id> or owner:<owner id>")
        self._check(wanted.routes)
        return self._save(caller, rule_id, wanted)

    @retry_on_conflict
    def _save(self, caller: Principal, rule_id: str, wanted: RuleInput) -> RoutingRule:
        before, all_rules = in_parallel(lambda: self.rules.get(rule_id), self.rules.all)
        _require_revision(before, wanted.revision)
        if before is None and len(all_rules) >= MAX_RULES:
            raise Conflict(f"There are {MAX_RULES} routing rules already: delete one first.")
        if before is not None and before.routes == wanted.routes:
            return before
        now = self.now()
        unit = self.units.begin(caller.actor, rule_id, now)
        if before is None:
            after = RoutingRule(rule_id, wanted.routes, now, now)
            unit.write(self.rules.create_step(after))
            unit.event("routing_rule_created", _resource(rule_id), changes(None, after))
        else:
            after = replace(before, routes=wanted.routes, updated_at=now, revision=before.revision + 1)
            unit.write(self.rules.replace_step(before, after))
            unit.event("routing_rule_updated", _resource(rule_id), changes(before, after))
        unit.commit()
        return after

    @retry_on_conflict
    def delete(self, caller: Principal, rule_id: str) -> None:
        """Less specific rules take over, or the default. Raises NotFound."""
        rule = self.get(rule_id)
        unit = self.units.begin(caller.actor, rule_id, self.now())
        unit.write(self.rules.delete_step(rule))
        unit.event("routing_rule_deleted", _resource(rule_id), changes(rule, None))
        unit.commit()

    def _check(self, routes: Sequence[Route]) -> None:
        unknown = self._unknown({channel for route in routes for channel in route.channels})
        problems = [
            FieldProblem(f"routes.{number}.channels", f"there is no channel {channel}")
            for number, route in enumerate(routes)
            for channel in route.channels
            if channel in unknown
        ]
        if problems:
            raise InvalidInput("The rule names channels that are not there.", problems)

    def _unknown(self, channels: set[str]) -> set[str]:
        """A channel that was just created is not in the cache yet."""
        asked = sorted(channel for channel in channels if self.channels.find(channel) is None)
        found = in_parallel(*[partial(self.channels.find_now, channel) for channel in asked])
        return {channel for channel, config in zip(asked, found, strict=True) if config is None}


def _resource(rule_id: str) -> Resource:
    team_id = rule_id.removeprefix(_TEAM) if rule_id.startswith(_TEAM) else None
    return Resource("routing_rule", rule_id, team_id)


def _require_revision(before: RoutingRule | None, wanted: int | None) -> None:
    stored = before.revision if before else 0
    if wanted not in (None, stored):
        raise Conflict(f"The rule is at version {stored} now. Read it again and repeat.")
