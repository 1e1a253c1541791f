"""Previews of routing: where an alert would go by what is stored now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.certificates.subjects import subject_of
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.definitions import ChannelKinds
from certctl.domain.errors import NotFound
from certctl.domain.notifications.previews import PreviewRequest, RoutingPreview, preview
from certctl.domain.notifications.routing import RoutingFacts
from certctl.domain.notifications.subjects import WHOLE_STACK, AlertSubject
from certctl.services.notifications.mute_names import MuteNames, NamedMute
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.channels.records import ChannelRecordStore
from certctl.store.keys import OWNER, TEAM
from certctl.store.notifications.contacts import Contact, Contacts, ContactStore
from certctl.store.notifications.mutes import MuteStore
from certctl.store.notifications.routing import RoutingRuleStore
from certctl.store.paging import in_parallel


@dataclass(frozen=True)
class RoutingStores:
    certificates: CertificateStore
    channels: ChannelRecordStore
    rules: RoutingRuleStore
    mutes: MuteStore
    contacts: ContactStore


@dataclass(frozen=True)
class NamedPreview:
    """`mutes` are those of the preview, with names."""

    preview: RoutingPreview
    mutes: Sequence[NamedMute]


@dataclass(frozen=True)
class RoutingPreviews:
    """Without caches: a rule that was just saved counts."""

    stores: RoutingStores
    names: MuteNames
    configured: Sequence[ChannelConfig]
    kinds: ChannelKinds
    now: Callable[[], datetime]

    @cached_property
    def _configured(self) -> dict[str, ChannelConfig]:
        return {channel.channel_id: channel for channel in self.configured}

    def preview(self, caller: Principal, wanted: PreviewRequest) -> NamedPreview:
        """Raises NotFound for a certificate or team out of the caller's reach."""
        subject = self._subject(caller, wanted)
        found = preview(wanted.topic, subject, self._facts_of(subject), self.now())
        return NamedPreview(found, self.names.of(caller, found.mutes))

    def _subject(self, caller: Principal, wanted: PreviewRequest) -> AlertSubject:
        if wanted.certificate_id is not None:
            return self._certificate_subject(caller, wanted.certificate_id)
        if wanted.team_id is not None:
            caller.require_reach(Permission.NOTIFICATIONS_READ, wanted.team_id, "such team")
        return replace(WHOLE_STACK, team_id=wanted.team_id or "", owner_id=wanted.owner_id or "")

    def _certificate_subject(self, caller: Principal, certificate_id: str) -> AlertSubject:
        certificate = self.stores.certificates.get(certificate_id)
        if certificate is None:
            raise NotFound("There is no such certificate.")
        caller.require_reach(Permission.NOTIFICATIONS_READ, certificate.team_id, "such certificate")
        return subject_of(certificate)

    def _facts_of(self, subject: AlertSubject) -> RoutingFacts:
        contacts, records, rules, mutes = in_parallel(
            lambda: self._contacts_of(subject),
            self.stores.channels.all_now,
            self.stores.rules.by_id,
            self.stores.mutes.all_now,
        )
        channels = {record.id: record.config for record in records} | self._configured
        return RoutingFacts(self.kinds, list(channels.values()), rules, mutes, contacts.address)

    def _contacts_of(self, subject: AlertSubject) -> Contacts:
        places = [(OWNER, subject.owner_id), (TEAM, subject.team_id)]
        found = self.stores.contacts.find([place for place in places if place[1]])
        return Contacts(*(found.get(place, Contact()) for place in places))
