"""Floods: of many alerts of one kind within a minute the first are sent, the others folded into one. Only for
channels that people read: a program that acts on each certificate needs each alert (ADR 19).

Alerts are counted by the minute in which they were queued, not sent: what waited for a channel that was down
does not count as a flood when it comes back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from math import ceil
from zlib import crc32

from certctl.domain.channels.kinds.definitions import ChannelKinds
from certctl.domain.due_work import Due
from certctl.domain.ids import new_id
from certctl.domain.notifications.notifications import CertificateFacts, Notification
from certctl.domain.notifications.statuses import Action, NotificationStatus, NotificationType, Severity

MAX_FOLDED = 90
"""The most rows of a fold: with the fold itself they must fit into one transaction of 100 actions."""
LISTED = 20
_LONGEST_NAME = 256
FALLBACK = timedelta(seconds=150)
"""Longer than a sweep's interval: rows whose leader never came are found by it."""
_MINUTE = timedelta(minutes=1)
_GRACE = timedelta(seconds=2)
_TOO_LATE = timedelta(seconds=1)
_SPREAD_MILLISECONDS = 3000


@dataclass(frozen=True)
class FloodKind:
    """Alerts that are counted together, and folded together."""

    channel_id: str
    recipient: str
    type: NotificationType

    @property
    def key(self) -> str:
        """The key of a row, with a digest: the recipient may be somebody's address."""
        return f"{self.channel_id}#{self.type.value}#{sha256(self.recipient.encode()).hexdigest()[:16]}"


def kind_of(row: Notification) -> FloodKind:
    return FloodKind(row.channel_id, row.recipient, row.type)


def minute_of(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}"


def is_counted(row: Notification, kinds: ChannelKinds) -> bool:
    """The first send of an alert to people. A resolve must end its incident; a requeued alert is wanted. All
    digests of a zone are due at once, and each is of another team."""
    if is_for_machines(row, kinds) or row.type is NotificationType.DIGEST:
        return False
    has_been_sent = row.retry_count > 0 or row.throttle_count > 0
    is_original = row.action is Action.TRIGGER and row.due.epoch == 1 and not is_fold(row)
    return is_original and not has_been_sent and not row.is_flooded


def is_for_machines(row: Notification, kinds: ChannelKinds) -> bool:
    return kinds.of(row.channel).is_for_machines


def is_fold(row: Notification) -> bool:
    """A certificate may be named `fold`, but not after a notification that comes later."""
    return row.dedup_key == _fold_key(row.type, row.id)


def _fold_key(type_: NotificationType, fold_id: str) -> str:
    return f"{type_.value}/fold/{fold_id}"


def folding_moment(row: Notification, now: datetime) -> datetime:
    """When a row over the limit is folded: after the minute in which it was queued or, if that is over, after
    the current one. Some milliseconds identify the kind, so that the due index finds a kind by them."""
    after = _GRACE + timedelta(milliseconds=crc32(kind_of(row).key.encode()) % _SPREAD_MILLISECONDS)
    own = _end_of_minute(row.queued_at) + after
    return own if now < own - _TOO_LATE else _end_of_minute(now) + after


def _end_of_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0) + _MINUTE


def parts_of(rows: Sequence[Notification]) -> list[Sequence[Notification]]:
    """The fewest parts, about equal in size, so that no row is left alone."""
    size = ceil(len(rows) / ceil(len(rows) / MAX_FOLDED))
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def fold_of(rows: Sequence[Notification], now: datetime) -> Notification:
    """The alert that represents `rows` of one kind. With several teams it belongs to none of them: only
    readers of all alerts may read it."""
    first, fold_id = rows[0], new_id("notif", now)
    job_id = _common(row.job_id for row in rows)
    return Notification(
        id=fold_id,
        type=first.type,
        severity=max((row.severity for row in rows), key=list(Severity).index),
        action=Action.TRIGGER,
        dedup_key=_fold_key(first.type, fold_id),
        channel=first.channel,
        channel_id=first.channel_id,
        recipient=first.recipient,
        subject=f"{len(rows)} {first.type.value} alerts",
        message=_message(rows, fold_id, job_id),
        status=NotificationStatus.PENDING,
        created_at=now,
        queued_at=now,
        team_id=_common(row.team_id for row in rows),
        job_id=job_id,
        facts=_common_facts(rows),
        due=Due(due_at=now),
    )


def _message(rows: Sequence[Notification], fold_id: str, job_id: str | None) -> str:
    lines = ["Too many at once to be told one by one:", *(_line(row) for row in rows[:LISTED])]
    more = len(rows) - LISTED
    if more > 0:
        lines.append(f"and {more} more: GET /api/v1/notifications?folded_into={fold_id} lists all.")
    if job_id:
        lines.append(f"All are of one job: GET /api/v1/jobs/{job_id} shows how far it is.")
    return "\n".join(lines)


def _line(row: Notification) -> str:
    name = _shown(row.facts.name or row.certificate_id or row.subject)
    return f"- {name} (serial {row.facts.serial})" if row.facts.serial else f"- {name}"


def _shown(name: str) -> str:
    """The name on one line and in one direction: names stored by earlier releases may hold any character."""
    escaped = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in name[:_LONGEST_NAME])
    return escaped if len(name) <= _LONGEST_NAME else escaped + "…"


def _common_facts(rows: Sequence[Notification]) -> CertificateFacts:
    """The facts that all of them share."""
    facts = [row.facts for row in rows]
    return CertificateFacts(
        environment=_common(f.environment for f in facts) or "",
        owner=_common(f.owner for f in facts) or "",
        team=_common(f.team for f in facts) or "",
        owner_id=_common(f.owner_id for f in facts) or "",
        team_id=_common(f.team_id for f in facts) or "",
    )


def _common(values: Iterable[str | None]) -> str | None:
    different = set(values)
    return different.pop() if len(different) == 1 else None
