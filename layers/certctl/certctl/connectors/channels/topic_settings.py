"""The settings of SNS channels, as a send reads them and as the API checks them when a channel is saved.

Imports nothing that reaches out: the API's functions may not.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from certctl.domain.errors import InvalidInput

# Names as of `CreateTopic`.
_ARN = re.compile(
    r"arn:aws[a-z-]*:sns:(?P<region>[a-z0-9-]+):[0-9]{12}:[A-Za-z0-9_-]{1,256}(?P<fifo>\.fifo)?"
)


@dataclass(frozen=True)
class Topic:
    arn: str
    region: str
    is_fifo: bool


def topic_of(settings: Mapping[str, str]) -> Topic:
    """Raises InvalidInput."""
    arn = settings.get("topic_arn", "")
    found = _ARN.fullmatch(arn)
    if found is None:
        raise InvalidInput.of("topic_arn", "must be the ARN of an SNS topic")
    return Topic(arn, found["region"], found["fifo"] is not None)
