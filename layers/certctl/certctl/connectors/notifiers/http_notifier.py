"""A notifier that sends each message as one POST."""

from abc import ABC, abstractmethod

from certctl.connectors.aws.secrets import Secrets
from certctl.connectors.http.adapter import HttpReply, OutboundHttp
from certctl.connectors.http.failures import HttpFailed
from certctl.connectors.notifiers.base import Clock, Post, outcome_of_failure, unconfigured, utc_now
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.errors import DomainError
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.outcomes import Outcome


class HttpNotifier(ABC):
    def __init__(
        self, config: ChannelConfig, http: OutboundHttp, secrets: Secrets, now: Clock = utc_now
    ) -> None:
        self._settings = config.settings
        self._http = http
        self._secrets = secrets
        self._now = now

    def send(self, message: Message, deadline_seconds: float) -> Outcome:
        """One attempt over HTTP: a DomainError of `_post` is a fault of the channel's configuration."""
        try:
            post = self._post(message)
        except DomainError as error:
            return unconfigured(error.detail)
        headers = {"Content-Type": "application/json", **post.headers}
        try:
            reply = self._http.post(post.url, headers, post.body, deadline_seconds)
        except HttpFailed as failure:
            return outcome_of_failure(failure)
        return self._outcome(reply, message)

    @abstractmethod
    def _post(self, message: Message) -> Post:
        """Raises DomainError if the settings or the secret cannot be used."""

    @abstractmethod
    def _outcome(self, reply: HttpReply, message: Message) -> Outcome: ...
