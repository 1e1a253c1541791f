"""Sends messages through the notifiers of their channels' kinds.

Not a module of `notifiers`: importing that package loads requests, which a sweep without a due row never
needs.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.outcomes import Outcome

if TYPE_CHECKING:
    from certctl.connectors.notifiers import Factory
    from certctl.connectors.notifiers.base import Providers


class Notifiers:
    """`more`: factories beside, or in place of, those of the registry."""

    def __init__(
        self, providers: "Callable[[], Providers]", more: "Mapping[str, Factory] | None" = None
    ) -> None:
        self._providers = providers
        self._more = more or {}

    def send(self, channel: ChannelConfig, message: Message, deadline_seconds: float) -> Outcome:
        """One attempt, as `Notifier.send`. Raises InvalidInput for a kind that has no notifier."""
        from certctl.connectors.notifiers import FACTORIES, build_notifier

        factories = {**FACTORIES, **self._more}
        return build_notifier(channel, self._providers(), factories).send(message, deadline_seconds)
