"""Routing rules: one row for the stack, for a team, for an owner."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from certctl.domain.notifications.routing import MAX_RULES, Route, RoutingRule
from certctl.domain.notifications.statuses import NotificationType, Severity
from certctl.observability import logger
from certctl.store.database import Database
from certctl.store.keys import ROUTING_RULE
from certctl.store.mapping import to_item, to_record
from certctl.store.notifications.items import RoutingRuleItem
from certctl.store.writes import Write, delete, put


class RoutingRuleStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, rule_id: str) -> RoutingRule | None:
        """Read consistently."""
        item = self._database.get(RoutingRuleItem, ROUTING_RULE, rule_id, consistent=True)
        return _rule(item) if item else None

    def all(self) -> list[RoutingRule]:
        """All rules by id. An unreadable one is skipped and logged: the others must stay in force."""
        page = self._database.query(RoutingRuleItem, ROUTING_RULE, limit=MAX_RULES + 1)
        return [rule for rule in map(_rule_or_none, page.items) if rule is not None]

    def by_id(self) -> Mapping[str, RoutingRule]:
        return {rule.id: rule for rule in self.all()}

    def naming(self, channel_id: str) -> list[str]:
        """Ids of the rules that send to this channel."""
        return [rule.id for rule in self.all() if any(channel_id in r.channels for r in rule.routes)]

    def create_step(self, rule: RoutingRule) -> Write:
        return put(_item(rule), RoutingRuleItem.id.does_not_exist())

    def replace_step(self, before: RoutingRule, after: RoutingRule) -> Write:
        """Refused with ChangedMeanwhile if the stored revision is not `before`'s."""
        return put(_item(after), RoutingRuleItem.revision == before.revision)

    def delete_step(self, rule: RoutingRule) -> Write:
        """Refused with ChangedMeanwhile as `replace_step`."""
        return delete(RoutingRuleItem(ROUTING_RULE, rule.id), RoutingRuleItem.revision == rule.revision)


def _item(rule: RoutingRule) -> RoutingRuleItem:
    routes = [[r.channels, r.severities, r.types] for r in rule.routes]
    text = json.dumps(routes, separators=(",", ":"))
    return to_item(RoutingRuleItem, rule, kind=ROUTING_RULE, routes=text)


def _rule(item: RoutingRuleItem) -> RoutingRule:
    routes = tuple(map(_route, json.loads(item.routes)))
    return to_record(RoutingRule, item, routes=routes, revision=int(item.revision))


def _rule_or_none(item: RoutingRuleItem) -> RoutingRule | None:
    try:
        return _rule(item)
    except (ValueError, TypeError):
        logger.error("a routing rule cannot be read and is skipped", extra={"id": item.id})
        return None


def _route(values: Sequence[Any]) -> Route:
    channels, severities, types = values
    return Route(tuple(channels), tuple(map(Severity, severities)), tuple(map(NotificationType, types)))
