"""Amazon SNS: each alert to a topic of the stack's own account and region."""

import re
from dataclasses import dataclass

from certctl.domain.channels.kinds.definitions import ChannelDefinition, SettingValues
from certctl.domain.errors import InvalidInput
from certctl.domain.kinds import ChannelKind, Setting

# Names as of `CreateTopic`.
_ARN = re.compile(
    r"arn:aws[a-z-]*:sns:(?P<region>[a-z0-9-]+):[0-9]{12}:[A-Za-z0-9_-]{1,256}(?P<fifo>\.fifo)?"
)


@dataclass(frozen=True)
class Topic:
    arn: str
    region: str
    is_fifo: bool


def topic_of(settings: SettingValues) -> Topic:
    """Raises InvalidInput."""
    arn = settings.get("topic_arn", "")
    found = _ARN.fullmatch(arn)
    if found is None:
        raise InvalidInput.of("topic_arn", "must be the ARN of an SNS topic")
    return Topic(arn, found["region"], found["fifo"] is not None)


def _check(settings: SettingValues) -> None:
    topic_of(settings)


SNS = ChannelDefinition(
    ChannelKind.SNS,
    settings={
        "topic_arn": Setting(
            label="ARN of the topic", required=True, help="In the stack's own region and account."
        )
    },
    alert_rank=80,
    is_for_machines=True,
    only_critical=True,
    check=_check,
)
