"""The recorded mail, publication and event of docs/channels/."""

import json
import tempfile
from base64 import b64decode
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import parse_qsl

from certctl.domain.kinds import ChannelKind
from tests.support.agents.tls_identity import tls_identity
from tests.support.channels.aws_channels import instead_of_aws, send_by_aws, taken
from tests.support.channels.smtp_channels import MailRig
from tests.support.channels.smtp_servers import Delivered, MailServer


def delivered() -> Delivered:
    """The mail that the server took after STARTTLS."""
    with tempfile.TemporaryDirectory() as folder:
        rig = MailRig(tls_identity(Path(folder), "mail.example"))
        with MailServer(rig.identity.server).running() as server:
            rig.send(server.port)
    return server.delivered[0]


def _smtp() -> str:
    mail = delivered()
    envelope = [f"MAIL FROM:<{mail.sender}>", f"RCPT TO:<{mail.recipients[0]}>", "DATA"]
    return "\n".join([*envelope, mail.content.decode().replace("\r\n", "\n").rstrip("\n")])


def _ses() -> str:
    with instead_of_aws(taken(ChannelKind.EMAIL)) as receiver:
        send_by_aws(ChannelKind.EMAIL)
    request = receiver.received[0]
    document = json.loads(request.body)
    raw = document["Content"]["Raw"]
    raw["Data"] = f"<the mail above, {len(b64decode(raw['Data']))} bytes, in base64>"
    return f"POST {request.path} HTTP/1.1\n\n{json.dumps(document, indent=2)}"


def _sns() -> str:
    with instead_of_aws(taken(ChannelKind.SNS)) as receiver:
        send_by_aws(ChannelKind.SNS)
    request = receiver.received[0]
    form = [f"{name}={value}" for name, value in parse_qsl(request.body.decode())]
    return "\n".join([f"POST {request.path} HTTP/1.1", "", *form])


def _eventbridge() -> str:
    """The detail is one line of JSON in a string: indented here for readers."""
    with instead_of_aws(taken(ChannelKind.EVENTBRIDGE)) as receiver:
        send_by_aws(ChannelKind.EVENTBRIDGE)
    request = receiver.received[0]
    (entry,) = json.loads(request.body)["Entries"]
    detail = json.dumps(json.loads(entry.pop("Detail")), indent=2)
    target = f"x-amz-target: {request.headers['x-amz-target']}"
    shown = [f"POST {request.path} HTTP/1.1", target, "", json.dumps({"Entries": [entry]}, indent=2)]
    return "\n".join([*shown, "", "and its Detail, which is sent as a string:", "", detail])


MAIL_RECORDERS: Mapping[str, Callable[[], str]] = {
    "Email": _smtp,
    "Email, SES": _ses,
    "SNS": _sns,
    "EventBridge": _eventbridge,
}
