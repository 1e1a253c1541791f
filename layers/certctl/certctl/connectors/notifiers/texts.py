"""The common text of a message, and its fitting to a limit, before the channel escapes it."""

import hashlib
import re
import unicodedata
from dataclasses import replace
from typing import Any

from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.statuses import Action
from certctl.domain.times import in_words

ELLIPSIS = "…"
# Applied to what `cut_message` leaves.
BODY_LIMIT = 30_000
TEXT_LIMIT = 1_000
_ELLIPSIS_BYTES = len(ELLIPSIS.encode())
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_JOINER = "\u200d"
# A name may consist of combining marks only: no cut removes more than these to keep one whole.
_LONGEST_SEQUENCE = 16


def heading(message: Message) -> str:
    """One line: `[CRITICAL] shop.example was revoked`, `[RESOLVED] ...` for the end of an incident."""
    label = "RESOLVED" if message.action is Action.RESOLVE else message.severity.upper()
    return f"[{label}] {one_line(message.subject)}"


def one_line(text: str) -> str:
    """Every run of white space and control characters, line ends included, becomes one space."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def facts_of(message: Message) -> list[tuple[str, str]]:
    """(label, one line) of all known facts of the certificate, in the order in which they are shown."""
    facts = message.certificate
    labelled = [
        ("Certificate", facts.name),
        ("Common name", facts.common_name),
        ("Serial", facts.serial),
        ("Expires", in_words(facts.expires_at) if facts.expires_at else ""),
        ("Environment", facts.environment),
        ("Owner", facts.owner),
        ("Team", facts.team),
    ]
    return [(label, one_line(value)) for label, value in labelled if value.strip()]


def length_of(text: str) -> int:
    """The length in UTF-16 code units, the strictest count of characters among the providers: an emoji has
    two."""
    return len(text) + sum(character > "\uffff" for character in text)


def cut(text: str, limit: int) -> str:
    """Cuts to `limit` characters, by `length_of`, the last one an ellipsis if something is missing."""
    if len(text) <= limit and length_of(text) <= limit:
        return text
    room, end = limit - 1, 0
    for character in text[:limit]:
        room -= length_of(character)
        if room < 0:
            break
        end += 1
    return _kept(text, end) + ELLIPSIS


def cut_bytes(text: str, limit: int) -> str:
    """Cuts to `limit` bytes of UTF-8, an ellipsis among them if something is missing."""
    encoded = text.encode()
    if len(encoded) <= limit:
        return text
    whole = encoded[: max(limit - _ELLIPSIS_BYTES, 0)].decode(errors="ignore")
    return (_kept(text, len(whole)) + ELLIPSIS) if limit >= _ELLIPSIS_BYTES else ""


def _kept(text: str, end: int) -> str:
    """`text[:end]`, or a little less if that would separate a letter from its accents or split an emoji."""
    for boundary in range(end, max(end - _LONGEST_SEQUENCE, 0), -1):
        if not _is_inside(text, boundary):
            return text[:boundary].rstrip()
    return text[:end].rstrip()


def _is_inside(text: str, boundary: int) -> bool:
    following = text[boundary : boundary + 1]
    if not following:
        return False
    return (
        following == _JOINER
        or text[boundary - 1] == _JOINER
        or unicodedata.category(following) in ("Mn", "Me")
        or "\U0001f3fb" <= following <= "\U0001f3ff"  # the skin tone of the emoji before it
    )


def cut_message(message: Message) -> Message:
    """The message for AWS, which takes 256 KB: it fits even if every character takes six bytes as JSON."""
    facts = message.certificate
    texts: dict[str, Any] = {
        name: cut(value, TEXT_LIMIT) for name, value in vars(facts).items() if isinstance(value, str)
    }
    return replace(
        message,
        subject=cut(message.subject, TEXT_LIMIT),
        body=cut(message.body, BODY_LIMIT),
        certificate=replace(facts, **texts),
    )


def untagged(text: str) -> str:
    """The text for providers that parse HTML or `<at>`: a zero-width space after each `<` prevents a tag or a
    mention, and the text looks the same."""
    return text.replace("<", "<\u200b")


def incident_key(message: Message, limit: int) -> str:
    """The key that trigger and resolve of one incident share: the `dedup_key`, ended by its own SHA-256 if it
    is longer than `limit` characters."""
    key = message.dedup_key or message.notification_id
    if length_of(key) <= limit:
        return key
    ending = f"#{hashlib.sha256(key.encode()).hexdigest()}"
    return cut(key, limit - len(ending)) + ending
