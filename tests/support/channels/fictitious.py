"""A kind of channel that no stack has. It shows the parts of a kind: a definition and a notifier."""

from certctl.connectors.aws.secrets import Secrets
from certctl.connectors.http.adapter import HttpReply
from certctl.connectors.notifiers.base import (
    Clock,
    Post,
    Providers,
    json_bytes,
    outcome_of_status,
    read_key,
    utc_now,
)
from certctl.connectors.notifiers.http_notifier import HttpNotifier
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.definitions import (
    ChannelDefinition,
    ChannelKinds,
    SettingValues,
    chosen,
    options_of,
    secret,
)
from certctl.domain.channels.kinds.registry import CHANNEL_KINDS
from certctl.domain.errors import InvalidInput
from certctl.domain.kinds import Setting, SettingForm
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.outcomes import Outcome


def _check(settings: SettingValues) -> None:
    if settings.get("name", "").startswith("crow"):
        raise InvalidInput.of("name", "must be the name of a pigeon")


CARRIER = ChannelDefinition(
    "Carrier",
    label="Carrier pigeons",
    settings={
        "url": Setting(label="Loft", takes_url=True, required=True),
        "ring": secret("Ring", "the pigeons' loft", required=True),
        "name": Setting(label="Pigeon"),
        "pace": Setting(
            label="Pace", form=SettingForm.CHOICE, options=options_of("walk", "fly"), default="fly"
        ),
    },
    alert_rank=1,
    opens_incidents=True,
    check=_check,
)
KINDS = ChannelKinds([*CHANNEL_KINDS, CARRIER])


class Carrier:
    def __init__(self, config: ChannelConfig, secrets: Secrets, now: Clock = utc_now) -> None:
        self._settings = config.settings
        self._secrets = secrets
        self._now = now

    def post(self, message: Message) -> Post:
        ring = read_key(self._secrets, self._settings["ring"])
        note = {"action": message.action, "subject": message.subject, "type": message.type}
        pace = chosen(CARRIER, "pace", self._settings)
        return Post(self._settings["url"], json_bytes({**note, "pace": pace}), {"X-Ring": ring})

    def outcome(self, reply: HttpReply, message: Message) -> Outcome:
        return outcome_of_status(reply, self._now())


def carrier(config: ChannelConfig, reach: Providers) -> HttpNotifier:
    return HttpNotifier(Carrier(config, reach.secrets), reach.http)
