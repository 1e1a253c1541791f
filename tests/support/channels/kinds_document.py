"""The kinds of channel as GET /channel-kinds shows them, and a fictitious one, for the dashboard's tests.

`python -m tests.support.channels.kinds_document` writes the file.
"""

import json

from certctl.api.channels.schemas import channel_kinds_view
from certctl.domain.channels.kinds.registry import CHANNEL_KINDS
from certctl.services.channels.channels import KnownKind
from tests.support.channels.fictitious import CARRIER
from tests.support.template import ROOT

DOCUMENT = ROOT / "dashboard" / "src" / "test" / "channelKinds.json"


def rendered() -> str:
    kinds = [KnownKind(definition, is_configured=False) for definition in CHANNEL_KINDS]
    (fictitious,) = channel_kinds_view([KnownKind(CARRIER, is_configured=False)])["data"]
    return json.dumps({**channel_kinds_view(kinds), "fictitious": fictitious}, indent=2) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(rendered(), encoding="utf-8")
