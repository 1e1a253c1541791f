"""Composition of routing rules and mutes as the API changes them. See `bootstrap.py`."""

from functools import cache
from typing import TYPE_CHECKING

from certctl import bootstrap

if TYPE_CHECKING:
    from certctl.services.notifications.mutes import Mutes
    from certctl.services.notifications.routing_rules import RoutingRules


@cache
def routing_rules() -> "RoutingRules":
    from certctl.services.notifications.routing_rules import RoutingRules

    return RoutingRules(
        bootstrap.database(),
        bootstrap.routing_rule_store(),
        bootstrap.audit_store(),
        bootstrap.channel_book(),
        bootstrap.now,
    )


@cache
def mutes() -> "Mutes":
    from certctl.services.notifications.mutes import Mutes, MuteStores
    from certctl.store.certificates.certificates import CertificateStore
    from certctl.store.notifications.mutes import MuteStore

    database = bootstrap.database()
    stores = MuteStores(database, MuteStore(database), CertificateStore(database), bootstrap.audit_store())
    return Mutes(stores, bootstrap.now)
