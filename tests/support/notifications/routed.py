"""Rules, mutes and addresses written directly to the tables, and the rows of alerts."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from certctl.domain.notifications.mutes import Mute
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.routing import Route, RoutingRule
from certctl.store.database import Database
from certctl.store.notifications.items import ContactItem
from certctl.store.notifications.lists import NotificationIndexes
from certctl.store.notifications.mutes import MuteStore
from certctl.store.notifications.routing import RoutingRuleStore
from certctl.store.writes import put


def set_rule(database: Database, rule_id: str, *routes: Route) -> None:
    now = datetime.fromisoformat("2026-11-24T13:00:00+00:00")
    database.write(RoutingRuleStore(database).create_step(RoutingRule(rule_id, routes, now, now)))


def set_mute(database: Database, now: datetime, **fields: Any) -> Mute:
    """Mutes t-default for an hour, with `fields` replaced."""
    made = Mute("mute-1", "t-default", now, now + timedelta(hours=1), "upgrade", "key-1", now)
    mute = replace(made, **fields)
    database.write(MuteStore(database).create_step(mute))
    return mute


def set_address(database: Database, kind: str, identifier: str, email: str | None) -> None:
    """Sets the address of an `owner` or a `team`."""
    database.write(put(ContactItem(kind, identifier, email=email)))


def rows_of(database: Database, certificate_id: str) -> list[Notification]:
    """Oldest first."""
    indexes = NotificationIndexes(database)
    (stage,) = indexes.of_certificate(certificate_id)
    found = [row.id for row in stage.reads[0]("", 100).rows]
    return sorted(indexes.load(found).values(), key=lambda row: row.id)
