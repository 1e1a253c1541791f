"""Routing data, cached for a minute: an alert costs no read, and no failed read loses an alert."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.definitions import ChannelKinds
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.mutes import Mute
from certctl.domain.notifications.routing import RoutingFacts, RoutingRule, recipient_of
from certctl.domain.notifications.subjects import AlertSubject
from certctl.observability import logger
from certctl.store.cache import LastKnown
from certctl.store.notifications.contacts import CachedContacts
from certctl.store.notifications.mutes import MuteStore
from certctl.store.notifications.routing import RoutingRuleStore
from certctl.store.paging import in_parallel

_NOT_KEPT = timedelta()


class AlertRouting:
    """`channels` has a cache of its own. If the first read fails, the `configured` channels get the alert, by
    the default routing."""

    def __init__(
        self,
        configured: Sequence[ChannelConfig],
        channels: Callable[[], Sequence[ChannelConfig]],
        rules: RoutingRuleStore,
        mutes: MuteStore,
        contacts: CachedContacts,
        now: Callable[[], datetime],
        kinds: ChannelKinds,
    ) -> None:
        self._channels = LastKnown("the channels", channels, now, _NOT_KEPT, configured)
        self._rules = LastKnown[Mapping[str, RoutingRule]](
            "the routing rules", rules.by_id, now, otherwise={}
        )
        self._mutes = LastKnown[Sequence[Mute]]("the mutes", mutes.all, now, otherwise=())
        self._contacts = contacts
        self._kinds = kinds
        self._without_recipient: set[str] = set()

    def facts_of(self, subject: AlertSubject) -> RoutingFacts:
        """One round trip: three queries and the contacts' rows in parallel. Never raises."""
        contacts, channels, rules, mutes = in_parallel(
            lambda: self._contacts.of(subject), self._channels.get, self._rules.get, self._mutes.get
        )
        mail = [c for c in channels if c.kind == ChannelKind.EMAIL and c.is_enabled]
        self._warn_of_mail_without_recipient(mail, contacts.address)
        names = contacts.owner.name, contacts.team.name
        return RoutingFacts(self._kinds, channels, rules, mutes, contacts.address, *names)

    def stack_facts(self) -> RoutingFacts:
        """The facts for alerts whose subject has no owner and no team. Never raises."""
        channels, rules = in_parallel(self._channels.get, self._rules.get)
        return RoutingFacts(self._kinds, channels, rules)

    def _warn_of_mail_without_recipient(self, mail: Sequence[ChannelConfig], address: str | None) -> None:
        """Logged once per channel and process."""
        unset = {c.channel_id for c in mail if recipient_of(c, address) is None} - self._without_recipient
        if unset:
            self._without_recipient |= unset
            logger.warning(
                "mail goes nowhere: neither owner nor team has an address, and there is no default recipient",
                extra={"channels": sorted(unset)},
            )
