"""The subjects of catalog records: those of users and service accounts."""

from dataclasses import replace
from typing import TYPE_CHECKING

from certctl.domain.access.subjects import Subject, SubjectKind
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.ids import ulid_of

if TYPE_CHECKING:
    from certctl.domain.identity.accounts import User

ACCOUNT_KINDS = frozenset({Kind.USER, Kind.SERVICE_ACCOUNT})


def subject_of(entry: AnyEntry) -> Subject | None:
    """Disabled while the record is being deleted. None for a record of another kind."""
    if entry.kind not in ACCOUNT_KINDS:
        return None
    content = entry.content
    kind = SubjectKind.USER if entry.kind is Kind.USER else SubjectKind.SERVICE_ACCOUNT
    enabled = content.enabled and not entry.is_deleting
    grants, ulid = content.all_grants, ulid_of(entry.id)
    subject = Subject(entry.id, kind, ulid, grants, enabled, answerable=entry.answerable)
    if entry.kind is Kind.SERVICE_ACCOUNT:
        return replace(subject, issues_per_day=content.issues_per_day)
    return _with_sign_in(subject, content)


def _with_sign_in(subject: Subject, user: "User") -> Subject:
    return replace(subject, verified_at=user.verified_at, keys_sleep_after_days=user.keys_sleep_after_days)
