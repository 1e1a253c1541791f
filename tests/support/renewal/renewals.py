"""Rows that tests of renewal write, and the messages that they read."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from certctl.domain.catalog.defaults import BUILT_IN
from certctl.domain.catalog.entries import AnyEntry, Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.routing import STACK_RULE, Route, RoutingRule
from certctl.domain.notifications.statuses import NotificationType
from certctl.domain.policies.profiles import BUILT_IN_PROFILES
from certctl.domain.renewal.policies import RenewalPolicy
from certctl.store.catalog.records import CatalogStore
from certctl.store.notifications.items import NotificationItem
from certctl.store.notifications.notifications import NotificationStore
from certctl.store.notifications.routing import RoutingRuleStore
from tests.support.functions.control_plane import ControlPlane


def add_renewal_policy(plane: ControlPlane, policy_id: str, policy: RenewalPolicy) -> None:
    now = plane.pki.clock()
    _add(plane, Entry(Kind.RENEWAL_POLICY, policy_id, policy_id, policy, now, now))


def add_profile(plane: ControlPlane, profile_id: str, **fields: Any) -> None:
    """The built-in one for servers, changed."""
    now = plane.pki.clock()
    profile = replace(BUILT_IN_PROFILES["server"], **fields)
    _add(plane, Entry(Kind.PROFILE, profile_id, profile_id, profile, now, now))


def _add(plane: ControlPlane, entry: AnyEntry) -> None:
    plane.pki.database.transact(CatalogStore(plane.pki.database).create_steps(entry))
    plane.pki.clock.advance(timedelta(minutes=2))  # it may have been looked for before


def change_profile(plane: ControlPlane, profile_id: str, **fields: Any) -> None:
    """Changes a profile that `add_profile` has made."""
    catalog, now = CatalogStore(plane.pki.database), plane.pki.clock()
    before = catalog.get(Kind.PROFILE, profile_id)
    assert before is not None
    after = replace(before, content=replace(BUILT_IN_PROFILES["server"], **fields), updated_at=now)
    plane.pki.database.transact(catalog.replace_steps(before, after))
    plane.pki.clock.advance(timedelta(minutes=2))


def narrow_profile(plane: ControlPlane, profile_id: str, *teams: str) -> None:
    """Gives a profile, if it is built in or stored, to these teams alone."""
    catalog, now = CatalogStore(plane.pki.database), plane.pki.clock()
    stored = catalog.get(Kind.PROFILE, profile_id)
    before = stored or BUILT_IN.get((Kind.PROFILE, profile_id))
    if before is None:
        return
    dated = replace(before, created_at=now, updated_at=now)
    after = replace(dated, content=replace(before.content, teams=teams), revision=before.revision + 1)
    steps = catalog.create_steps(after) if stored is None else catalog.replace_steps(before, after)
    plane.pki.database.transact(steps)
    plane.pki.clock.advance(timedelta(minutes=2))


def disable_issuer(plane: ControlPlane, issuer_id: str) -> None:
    """Disables an issuer like an administrator, after the caches of all processes have expired."""
    _set_enabled(plane, issuer_id, is_enabled=False)


def enable_issuer(plane: ControlPlane, issuer_id: str) -> None:
    _set_enabled(plane, issuer_id, is_enabled=True)


def _set_enabled(plane: ControlPlane, issuer_id: str, *, is_enabled: bool) -> None:
    catalog, now = CatalogStore(plane.pki.database), plane.pki.clock()
    stored = catalog.get(Kind.ISSUER, issuer_id)
    before = stored or replace(BUILT_IN[(Kind.ISSUER, issuer_id)], created_at=now, updated_at=now)
    after = replace(before, content=replace(before.content, enabled=is_enabled), revision=before.revision + 1)
    steps = catalog.create_steps(after) if stored is None else catalog.replace_steps(before, after)
    plane.pki.database.transact(steps)
    plane.pki.clock.advance(timedelta(minutes=2))


def add_stack_rule(plane: ControlPlane, kind: NotificationType, channel_id: str) -> None:
    now = plane.pki.clock()
    rule = RoutingRule(STACK_RULE, (Route((channel_id,), types=(kind,)),), now, now)
    plane.pki.database.transact([RoutingRuleStore(plane.pki.database).create_step(rule)])


def alerts_of(plane: ControlPlane, certificate_id: str) -> list[Notification]:
    """All of a certificate, oldest first."""
    page = plane.pki.database.query(NotificationItem.by_certificate, certificate_id, limit=1000)
    store = NotificationStore(plane.pki.database)
    found: list[Notification] = []
    for start in range(0, len(page.items), 100):
        found += store.get_many([row.notification_id for row in page.items[start : start + 100]])
    return found
