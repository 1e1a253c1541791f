"""The break-glass key: for when nobody can sign in, because an identity provider or its record is broken."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from certctl.domain.access.api_keys import ApiKey
from certctl.domain.access.permissions import ALL_TEAMS, GRANTS, Permission, Role
from certctl.domain.access.principals import Grant
from certctl.domain.access.subjects import Subject
from certctl.domain.ids import new_id
from certctl.domain.notifications.alerts import Alert
from certctl.domain.notifications.statuses import NotificationType, Severity
from certctl.domain.notifications.subjects import AlertSubject, SubjectKind
from certctl.domain.times import in_words

LIFETIME = timedelta(hours=1)
NAME = "break-glass"
GRANT = Grant(Role.ADMIN, (ALL_TEAMS,))
ACTIONS = tuple(permission for permission in GRANTS[Role.ADMIN] if permission is not Permission.JOBS_APPROVE)
"""All but approvals: of those an attacker with access to the account would have everything."""


class Stage(StrEnum):
    """What the alerts have said of a key."""

    MADE = "made"
    ANNOUNCED = "announced"
    USED = "used"


@dataclass(frozen=True)
class Announcement:
    """The announcement of one key: what follows `stage` is still to be said."""

    key_id: str
    stage: Stage


def break_glass_key(key_hash: str, subject: Subject, now: datetime) -> ApiKey:
    return ApiKey(
        id=new_id("key", now),
        name=NAME,
        role=GRANT.role,
        teams=GRANT.teams,
        key_hash=key_hash,
        created_at=now,
        expires_at=now + LIFETIME,
        subject_id=subject.id,
        actions=ACTIONS,
    )


def made_alert(key: ApiKey) -> Alert:
    ends = in_words(key.expires_at) if key.expires_at else "never"
    message = (
        f"Somebody with access to the AWS account made the break-glass key {key.id} by stack_admin. It has "
        f"an administrator's permissions, except approvals, and ends {ends}. If none of you did: CloudTrail "
        f"says who invoked stack_admin, and certctl keys revoke {key.id} ends it."
    )
    return _alert(key, Stage.MADE, "A break-glass key was made", message)


def used_alert(key: ApiKey) -> Alert:
    used = in_words(key.last_used_at) if key.last_used_at else "now"
    message = (
        f"The break-glass key {key.id} was used for the first time {used}. Each of its calls is in the audit "
        f"trail: certctl audit list --actor {key.id}."
    )
    return _alert(key, Stage.USED, "The break-glass key is in use", message)


def _alert(key: ApiKey, stage: Stage, title: str, message: str) -> Alert:
    return Alert(
        type=NotificationType.POLICY_VIOLATION,
        severity=Severity.CRITICAL,
        subject=AlertSubject(SubjectKind.KEY, key.id),
        title=title,
        message=message,
        incident=f"{NAME}/{key.id}/{stage.value}",
    )
