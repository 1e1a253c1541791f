"""Weekly digests over a control plane, as maintenance composes them."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from certctl.compose.rooms.digests import DigestFactories
from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Owner
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.kinds import ChannelKind
from certctl.services.notifications.digests.weekly import WeeklyDigests
from certctl.store.catalog.records import CatalogStore
from certctl.store.notifications.digests import DigestLog
from tests.support.agents.fleet import live, store_certificates
from tests.support.catalog.entries import entry, store_entry
from tests.support.functions.control_plane import ControlPlane

ACTOR = Actor("system/maintenance_schedule", ActorType.SYSTEM)
MONDAY = datetime(2026, 11, 30, 8, tzinfo=UTC)
WEEK = "2026-W49"
MAIL = ChannelConfig("mail", ChannelKind.EMAIL, {"to": "pki@example.com"})


def weekly_digests(plane: ControlPlane) -> WeeklyDigests:
    made, database = DigestFactories(plane.changes), plane.pki.database
    log, catalog = DigestLog(database), CatalogStore(database)
    clock, url = plane.pki.clock, made.dashboard_url
    return WeeklyDigests(plane.units, catalog, log, made.contents, plane.routing, url, ACTOR, clock)


def owners_with_work(plane: ControlPlane, count: int) -> set[str]:
    """Stores owners that each have a certificate to renew by hand. Returns the keys of their digests."""
    now = plane.pki.clock()
    ids = [f"o-{number:03}" for number in range(count)]
    for each in ids:
        owner = Owner(email=f"{each}@example.com")
        store_entry(plane.pki.database, entry(Kind.OWNER, each, now, owner, "t-none"))
    certificates = [
        live(f"mc-{each}", now, now + timedelta(days=3), owner_id=each, team_id="t-none") for each in ids
    ]
    store_certificates(plane.pki.database, certificates)
    return {f"Digest/owner:{each}/{WEEK}" for each in ids}


def messages_by_key(plane: ControlPlane) -> Counter[str]:
    """How many messages there are of each digest."""
    pages = plane.pki.database.client.get_paginator("scan").paginate(TableName="notifications")
    return Counter(row["dedup_key"]["S"] for page in pages for row in page["Items"])
