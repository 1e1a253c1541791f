"""Records the requests of docs/channels/: `python -m tests.support.channels.provider_documents`.

A block of a page that follows `<!-- recorded: NAME -->` is the request that a loopback server received. A
new connector needs a line in RECORDERS."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from certctl.connectors.notifiers.http_notifier import HttpNotifier
from certctl.connectors.notifiers.webhook import Webhook
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.statuses import Action
from tests.support.channels.mail_documents import MAIL_RECORDERS
from tests.support.channels.provider_channels import SET_UPS, loopback_http, secrets_of, send_through
from tests.support.channels.receivers import Received, Receiver, answers
from tests.support.notifications.messages import REVOKED, a_message
from tests.support.template import ROOT

PAGES = sorted((ROOT / "docs" / "channels").glob("*.md"))
SENT_AT = datetime(2026, 11, 24, 13, 0, 5, tzinfo=UTC)
UNHELD = a_message(
    action=Action.RESOLVE, subject="shop.example is on hold no more", body="The hold was ended."
)
# Of the test server, or of every request alike.
_LEFT_OUT = ("host", "connection", "accept-encoding", "content-length", "user-agent")
_BLOCK = re.compile(r"(<!-- recorded: (?P<name>[^\n]+?) -->\n```\w*\n)(?P<text>.*?)(\n```\n)", re.DOTALL)


def recorded() -> dict[str, str]:
    """Name -> request, as the page shows it."""
    return {name: record() for name, record in RECORDERS.items()}


def documented(page: str) -> dict[str, str]:
    return {block["name"]: block["text"] for block in _BLOCK.finditer(page)}


def texts() -> dict[Path, str]:
    return {page: page.read_text(encoding="utf-8") for page in PAGES}


def rewritten(page: str, requests: Mapping[str, str]) -> str:
    return _BLOCK.sub(lambda block: f"{block[1]}{requests[block['name']]}{block[4]}", page)


def shown(request: Received) -> str:
    """Path, the headers that matter, and the JSON body, indented: it is sent as one line."""
    headers = [f"{name}: {value}" for name, value in request.headers.items() if name not in _LEFT_OUT]
    body = json.dumps(json.loads(request.body), ensure_ascii=False, indent=2)
    return "\n".join([f"POST {request.path} HTTP/1.1", *headers, "", body])


def _through(
    kind: ChannelKind, message: Message = REVOKED, settings: Mapping[str, str] | None = None
) -> Callable[[], str]:
    def record() -> str:
        with Receiver(answers(202, b"ok")).running() as receiver:
            send_through(kind, receiver, message, settings)
        return shown(receiver.received[0])

    return record


def _webhook() -> str:
    """With a fixed clock: the signature depends on the time."""
    with Receiver().running() as receiver:
        set_up = SET_UPS[ChannelKind.WEBHOOK](receiver)
        config = ChannelConfig("webhook-default", ChannelKind.WEBHOOK, set_up.settings)
        webhook = Webhook(config, secrets_of(set_up.values), lambda: SENT_AT)
        HttpNotifier(webhook, loopback_http()).send(REVOKED, 5.0)
    return shown(receiver.received[0])


RECORDERS: Mapping[str, Callable[[], str]] = {
    "Slack": _through(ChannelKind.SLACK),
    "Teams": _through(ChannelKind.TEAMS),
    "Teams, message_card": _through(ChannelKind.TEAMS, settings={"format": "message_card"}),
    "PagerDuty": _through(ChannelKind.PAGERDUTY),
    "PagerDuty, resolve": _through(ChannelKind.PAGERDUTY, UNHELD),
    "OpsGenie": _through(ChannelKind.OPSGENIE),
    "OpsGenie, resolve": _through(ChannelKind.OPSGENIE, UNHELD),
    "JSM": _through(ChannelKind.JSM),
    "JSM, resolve": _through(ChannelKind.JSM, UNHELD),
    "Webhook": _webhook,
    **MAIL_RECORDERS,
}


if __name__ == "__main__":
    requests = recorded()
    for page, text in texts().items():
        page.write_text(rewritten(text, requests), encoding="utf-8")
