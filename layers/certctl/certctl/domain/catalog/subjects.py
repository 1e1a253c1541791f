"""The subjects of catalog records: those of users and service accounts."""

from certctl.domain.access.accounts import ServiceAccount
from certctl.domain.access.subjects import Subject, SubjectKind, has_kind
from certctl.domain.catalog.records import AnyEntry, Kind
from certctl.domain.ids import ulid_of

ACCOUNT_KINDS = frozenset({Kind.USER, Kind.SERVICE_ACCOUNT})


def subject_of(entry: AnyEntry) -> Subject | None:
    """Disabled while the record is being deleted. None for a record of another kind."""
    if entry.kind not in ACCOUNT_KINDS:
        return None
    kind = SubjectKind.USER if entry.kind is Kind.USER else SubjectKind.SERVICE_ACCOUNT
    enabled = entry.content.enabled and not entry.is_deleting
    issues = entry.content.issues_per_day if isinstance(entry.content, ServiceAccount) else None
    grants = entry.content.all_grants
    return Subject(entry.id, kind, ulid_of(entry.id), grants, enabled, issues, entry.answerable)


def account_kind(subject_id: str) -> Kind | None:
    """The kind of the record of a subject's id; None for an agent."""
    if has_kind(subject_id, SubjectKind.USER):
        return Kind.USER
    return Kind.SERVICE_ACCOUNT if has_kind(subject_id, SubjectKind.SERVICE_ACCOUNT) else None
