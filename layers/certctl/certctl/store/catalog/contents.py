"""The fields of each kind of catalog record, to JSON and back."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from certctl.domain.audit.events import facts
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.notifications.digests.settings import DEFAULT_ZONE, DigestSetting
from certctl.store.catalog.rows import content_from

if TYPE_CHECKING:
    from certctl.domain.catalog.kinds import CatalogKinds
    from certctl.store.catalog.content_kinds.content import Content

_UNSET: Mapping[str, Any] = {
    "approvals_required": 1,
    "no_rev_avail": False,
    "subject": {},
    "policies": [],
    "digest": DigestSetting.WEEKLY,
    "time_zone": DEFAULT_ZONE,
}
"""What is not stored, where that is not None: rows of earlier releases lack it."""


def content_text(content: Any) -> str:
    """JSON of the fields that are set: times as on the wire, spans in seconds."""
    stored = {name: value for name, value in facts(content).items() if value != _UNSET.get(name)}
    return json.dumps(stored, separators=(",", ":"))


def content_of(kind: Kind, text: str, kinds: "Callable[[], CatalogKinds]") -> Any:
    """Reads what `rows.content_from` does; the type of an issuer or a target has to be a known one. `kinds`
    is called for these two alone."""
    content, stored = stored_content(kind), json.loads(text)
    decoders = content.decoders
    if kind in (Kind.ISSUER, Kind.TARGET) and (known_types := kinds().of(kind)) is not None:
        decoders = {"type": lambda type_: known_types.of(type_).type}
    return content_from(content.content_class, stored, decoders)


def stored_content(kind: Kind) -> "Content":
    """How records of the kind are stored: most functions read a few kinds, and load the code of these."""
    match kind:
        case Kind.POLICY | Kind.PROFILE | Kind.RENEWAL_POLICY:
            from certctl.store.catalog.content_kinds import policies

            return policies.CONTENTS[kind]
        case Kind.ISSUER | Kind.TARGET | Kind.OWNER | Kind.TEAM | Kind.AGENT:
            from certctl.store.catalog.content_kinds import common

            return common.CONTENTS[kind]
    from certctl.store.catalog.content_kinds import identity

    return identity.CONTENTS[kind]
