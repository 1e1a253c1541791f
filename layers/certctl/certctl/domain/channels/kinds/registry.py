"""The kinds of channel: one file for each, and the registry that everything else reads.

How to add one: CONTRIBUTING, "Add a notifier".
"""

from certctl.domain.channels.kinds.definitions import ChannelKinds
from certctl.domain.channels.kinds.email import EMAIL
from certctl.domain.channels.kinds.eventbridge import EVENTBRIDGE
from certctl.domain.channels.kinds.jsm import JSM
from certctl.domain.channels.kinds.opsgenie import OPSGENIE
from certctl.domain.channels.kinds.pagerduty import PAGERDUTY
from certctl.domain.channels.kinds.slack import SLACK
from certctl.domain.channels.kinds.sns import SNS
from certctl.domain.channels.kinds.teams import TEAMS
from certctl.domain.channels.kinds.webhook import WEBHOOK

CHANNEL_KINDS = ChannelKinds(
    [SLACK, TEAMS, EMAIL, PAGERDUTY, OPSGENIE, JSM, WEBHOOK, SNS, EVENTBRIDGE],
)
"""The kinds in the order in which forms offer them."""
