"""Email channels on the way to a loopback server that they take for `mail.example`, at a public address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

from certctl.connectors.address_guard import AddressGuard, GuardPolicy
from certctl.connectors.http.timed_socket import tcp_connect
from certctl.connectors.notifiers.mail.smtp import Dialler, SmtpMail
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.outcomes import Outcome
from tests.support.agents.tls_identity import TlsIdentity
from tests.support.channels.hostile_urls import PUBLIC
from tests.support.channels.provider_channels import PREFIX, secrets_of
from tests.support.channels.receivers import Nat, ScriptedDns
from tests.support.notifications.messages import REVOKED

PASSWORD = "s3cr3tPassw0rd"
LOGIN = {"username": "certctl", "password": f"{PREFIX}smtp"}
RELAY = "10.0.0.5"
NAMES = {
    "mail.example": [[PUBLIC]],
    "other.example": [[PUBLIC]],
    "relay.internal": [[RELAY]],
    "localhost": [["127.0.0.1"]],
}
SETTINGS = {"from_address": "alerts@certctl.example", "to": "oncall@shop.example", "host": "mail.example"}
STACK_POLICY = GuardPolicy.for_stack(["10.0.0.0/8"])


@dataclass
class MailRig:
    """Sends through an SMTP channel; `asked` are the addresses of the connections."""

    identity: TlsIdentity
    policy: GuardPolicy = STACK_POLICY
    values: Mapping[str, str] = field(default_factory=lambda: {"smtp": PASSWORD})
    asked: list[tuple[str, int]] = field(default_factory=list)

    def send(
        self,
        port: int,
        settings: Mapping[str, str] | None = None,
        message: Message = REVOKED,
        deadline_seconds: float = 5.0,
    ) -> Outcome:
        """Every connection goes to `port` on loopback, whatever the channel requested."""
        nat = Nat(port, tcp_connect, self.asked)
        config = ChannelConfig("email-default", ChannelKind.EMAIL, {**SETTINGS, **(settings or {})})
        guard = AddressGuard(self.policy, ScriptedDns(NAMES))
        notifier = SmtpMail(
            config, guard, secrets_of(self.values), Dialler(nat, lambda: self.identity.client)
        )
        return notifier.send(message, deadline_seconds)


def parsed(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=SMTP)


def part_of(content: bytes, subtype: str) -> str:
    """The text of the part `text/<subtype>`, decoded, with plain line ends."""
    part = parsed(content).get_body((subtype,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")
