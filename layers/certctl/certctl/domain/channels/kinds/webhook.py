"""Webhooks: each alert as JSON to a URL, signed if there is a secret."""

from certctl.domain.channels.kinds.definitions import ChannelDefinition, secret
from certctl.domain.kinds import ChannelKind, Setting, SettingForm

WEBHOOK = ChannelDefinition(
    ChannelKind.WEBHOOK,
    settings={
        "url": Setting(
            label="URL",
            form=SettingForm.SECRET,
            reference_of="channels",
            takes_url=True,
            required=True,
            placeholder="https://example.com/hooks/certctl",
            destination="the URL that it holds",
        ),
        "secret": secret(
            "Signing secret", "the signatures of webhooks", help="Without one, requests are unsigned."
        ),
    },
    alert_rank=60,
    is_for_machines=True,
    configured_by={"Webhook": "url"},
)
