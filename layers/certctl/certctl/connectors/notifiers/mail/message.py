"""A notification as an Internet message (RFC 5322): the same bytes on every attempt."""

import hashlib
import html
from dataclasses import dataclass, field
from email import policy
from email.headerregistry import Address, HeaderRegistry, MessageIDHeader
from email.message import EmailMessage

from certctl.connectors.notifiers.texts import cut, facts_of, heading, incident_key
from certctl.domain.channels.kinds.definitions import SettingValues
from certctl.domain.channels.kinds.email import address_in, domain_of, is_address
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.outcomes import Outcome, OutcomeKind
from certctl.domain.notifications.statuses import Action, Severity
from certctl.domain.times import to_wire

SUBJECT_LIMIT = 150
BODY_LIMIT = 50_000
_FACT_LIMIT = 300
_LINK_LIMIT = 2_000
_KEY_LIMIT = 1_000

# As plain text these would be folded into encoded words where they are long, and then match nothing.
_HEADERS = HeaderRegistry()
for _name in ("references", "in-reply-to"):
    _HEADERS.map_to_type(_name, MessageIDHeader)  # type: ignore[arg-type]  # HeaderRegistry derives from both
# 7 bits throughout: not every relay on the way has 8BITMIME.
_WIRE = policy.SMTP.clone(cte_type="7bit", header_factory=_HEADERS)


class NoRecipient(Exception):
    """No recipient: neither the notification nor the channel names an address."""


@dataclass(frozen=True)
class Mail:
    """What SMTP or SES sends: two bare addresses, and the message in ASCII with CRLF line ends."""

    sender: str
    recipient: str
    content: bytes = field(repr=False)

    @property
    def sender_domain(self) -> str:
        return domain_of(self.sender)


def compose(message: Message, settings: SettingValues) -> Mail:
    """Settings: `from_address`; `to`, for notifications without an address of their own. Raises InvalidInput
    for an invalid mail address, NoRecipient."""
    sender = address_in(settings, "from_address")
    recipient = _recipient_of(message, settings)
    return Mail(sender, recipient, _content(message, sender, recipient))


def no_recipient() -> Outcome:
    return Outcome(
        OutcomeKind.PERMANENT,
        error="no recipient: neither owner nor team has a mail address, and the channel has no default",
    )


def _recipient_of(message: Message, settings: SettingValues) -> str:
    if is_address(message.recipient):
        return message.recipient
    if not settings.get("to"):
        raise NoRecipient
    return address_in(settings, "to")


def _content(message: Message, sender: str, recipient: str) -> bytes:
    mail = EmailMessage(policy=_WIRE)
    mail["From"] = Address("certctl", addr_spec=sender)
    mail["To"] = Address(addr_spec=recipient)
    mail["Subject"] = _subject(message)
    for name, value in _headers(message, domain_of(sender)).items():
        mail[name] = value
    mail.set_content(_plain(message), cte="quoted-printable")
    mail.add_alternative(_html(message), subtype="html", cte="quoted-printable")
    # A fixed one, so that attempts do not differ; quoted-printable text never holds `=_` (RFC 2045, 6.7).
    mail.set_boundary(f"=_{message.notification_id}")
    return mail.as_bytes()


def _headers(message: Message, domain: str) -> dict[str, object]:
    """Mails of one incident refer to a root that was never sent: clients show them as one thread.
    Auto-Submitted (RFC 3834) and Exchange's own header prevent automatic replies."""
    digest = hashlib.sha256(incident_key(message, _KEY_LIMIT).encode()).hexdigest()
    incident = f"<incident-{digest[:32]}@{domain}>"
    headers = {
        "Date": message.occurred_at,
        "Message-ID": f"<{message.notification_id}@{domain}>",
        "In-Reply-To": incident,
        "References": incident,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "X-Certctl-Notification": message.notification_id,
        "X-Certctl-Type": message.type.value,
    }
    is_urgent = message.severity is Severity.CRITICAL and message.action is Action.TRIGGER
    return headers | ({"Importance": "high"} if is_urgent else {})


def _subject(message: Message) -> str:
    return cut(heading(message), SUBJECT_LIMIT)


def _plain(message: Message) -> str:
    facts = [f"{label}: {cut(value, _FACT_LIMIT)}" for label, value in facts_of(message)]
    link = [f"Open in certctl: {message.link}"] if _is_linkable(message) else []
    parts = [cut(message.body, BODY_LIMIT), "\n".join(facts), *link, _footer(message)]
    return "\n\n".join(part for part in parts if part)


def _footer(message: Message) -> str:
    return f"{message.type}, {to_wire(message.occurred_at)}, {message.notification_id}"


def _html(message: Message) -> str:
    body = html.escape(cut(message.body, BODY_LIMIT))
    link = (
        f'<p><a href="{html.escape(message.link)}">Open in certctl</a></p>' if _is_linkable(message) else ""
    )
    return "\n".join(
        [
            "<!doctype html>",
            f"<html><body><h2>{html.escape(_subject(message))}</h2>",
            f'<p style="white-space: pre-line">{body}</p>',
            f"<table>{_rows(message)}</table>",
            f"{link}<p><small>{html.escape(_footer(message))}</small></p></body></html>",
        ]
    )


def _rows(message: Message) -> str:
    return "".join(
        f'<tr><th align="left">{label}</th><td>{html.escape(cut(value, _FACT_LIMIT))}</td></tr>'
        for label, value in facts_of(message)
    )


def _is_linkable(message: Message) -> bool:
    return message.link.startswith(("https://", "http://")) and len(message.link) <= _LINK_LIMIT
