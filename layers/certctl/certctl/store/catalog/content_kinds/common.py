"""Issuers, targets, owners, teams and agents."""

from collections.abc import Mapping

from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Agent, Issuer, Owner, Target, Team
from certctl.domain.notifications.digests.settings import DigestSetting
from certctl.domain.times import from_wire
from certctl.store.catalog.content_kinds.content import Content

CONTENTS: Mapping[Kind, Content] = {
    Kind.ISSUER: Content(Issuer),
    Kind.TARGET: Content(Target),
    Kind.OWNER: Content(Owner, {"digest": DigestSetting}),
    Kind.TEAM: Content(Team, {"allowed_names": tuple, "digest": DigestSetting}),
    Kind.AGENT: Content(
        Agent, {"registered_at": from_wire, "last_heartbeat_at": from_wire, "next_contact_at": from_wire}
    ),
}
