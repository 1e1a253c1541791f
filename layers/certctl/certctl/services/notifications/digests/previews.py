"""Previews of weekly digests: what would be sent now, and to whom."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.catalog.defaults import BUILT_IN
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import NotFound
from certctl.domain.notifications.digests.content import Digest, DigestFilters
from certctl.domain.notifications.digests.routes import digest_channels
from certctl.domain.notifications.digests.settings import DigestList, DigestSetting, next_due_at, zone_of
from certctl.domain.notifications.digests.texts import DigestText, ListOf, Names, subject_of
from certctl.domain.notifications.routing import ChannelRef
from certctl.services.notifications.digests.addressees import addressee_of, names_of
from certctl.services.notifications.digests.bounded import Sight
from certctl.services.notifications.digests.contents import DigestContents
from certctl.store.cache import LastKnown
from certctl.store.catalog.records import CatalogStore
from certctl.store.paging import in_parallel
from certctl.unit_of_work.notifications.routing import AlertRouting


@dataclass(frozen=True)
class DigestPreview:
    """`channels` would get it, unless it is empty or turned off. `next_at` is when the next one is due."""

    text: DigestText
    setting: DigestSetting
    next_at: datetime
    channels: Sequence[ChannelRef]

    @property
    def digest(self) -> Digest:
        return self.text.digest

    def whole_list(self, list_: DigestList) -> ListOf:
        """Where all records of a section are."""
        return ListOf(list_, DigestFilters(self.digest.addressee, self.digest.made_at))


@dataclass(frozen=True)
class DigestPreviews:
    catalog: CatalogStore
    contents: DigestContents
    routing: AlertRouting
    dashboard_url: LastKnown[str]
    now: Callable[[], datetime]

    def preview(self, caller: Principal, kind: Kind, record_id: str) -> DigestPreview:
        """Has only what the caller may read. Raises NotFound for an owner or a team out of the caller's
        reach."""
        entry = self._entry(caller, kind, record_id)
        addressee = addressee_of(entry)
        subject = subject_of(addressee, "preview")
        digest = self.contents.of(addressee, _sight_of(caller))
        names, facts, url = in_parallel(
            lambda: self._names(digest), lambda: self.routing.facts_of(subject), self.dashboard_url.get
        )
        next_at = next_due_at(self.now(), zone_of(entry.content.time_zone))
        channels = digest_channels(subject, facts)
        return DigestPreview(DigestText(digest, names, url), entry.content.digest, next_at, channels)

    def _entry(self, caller: Principal, kind: Kind, record_id: str) -> AnyEntry:
        entry = self.catalog.get(kind, record_id) or BUILT_IN.get((kind, record_id))
        if entry is None or entry.is_deleting:
            raise NotFound(f"There is no such {kind.label}.")
        caller.require_reach(Permission.NOTIFICATIONS_READ, addressee_of(entry).team_id, f"such {kind.label}")
        return entry

    def _names(self, digest: Digest) -> Names:
        return names_of(self.catalog.get_all(sorted(digest.names_wanted)).values())


def _sight_of(caller: Principal) -> Sight:
    return Sight(
        caller.team_filter(Permission.CERTIFICATES_READ), caller.team_filter(Permission.INVENTORY_READ)
    )
