"""A notifier that sends each message as one POST."""

from typing import Protocol

from certctl.connectors.http.adapter import HttpReply, OutboundHttp
from certctl.connectors.http.failures import HttpFailed
from certctl.connectors.notifiers.base import Post, outcome_of_failure, unconfigured
from certctl.domain.errors import DomainError
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.outcomes import Outcome


class HttpProvider(Protocol):
    """How one provider takes a message, and what its replies mean."""

    def post(self, message: Message) -> Post:
        """Raises DomainError if the settings or the secret cannot be used."""
        ...

    def outcome(self, reply: HttpReply, message: Message) -> Outcome: ...


class HttpNotifier:
    def __init__(self, provider: HttpProvider, http: OutboundHttp) -> None:
        self._provider = provider
        self._http = http

    def send(self, message: Message, deadline_seconds: float) -> Outcome:
        """One attempt: a DomainError of the provider is a fault of the channel's configuration."""
        try:
            post = self._provider.post(message)
        except DomainError as error:
            return unconfigured(error.detail)
        headers = {"Content-Type": "application/json", **post.headers}
        try:
            reply = self._http.post(post.url, headers, post.body, deadline_seconds)
        except HttpFailed as failure:
            return outcome_of_failure(failure)
        return self._provider.outcome(reply, message)
