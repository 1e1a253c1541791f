"""What is written with the record of a user or service account: its subject, and a user's identity."""

from typing import Any

from pynamodb.expressions.update import Action

from certctl.domain.access.subjects import Subject
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.subjects import subject_of
from certctl.domain.errors import Conflict
from certctl.store.catalog.items import CatalogNameItem
from certctl.store.items import SubjectItem
from certctl.store.keys import USER_IDENTITIES, subject_key
from certctl.store.writes import Write, delete, put, update


def account_steps(before: AnyEntry | None, after: AnyEntry | None) -> list[Write]:
    """The writes for an account; None stands for an absent record. Refused with Conflict if the subject, or
    another user of the identity, exists."""
    return [*_subject_steps(before, after), *_identity_steps(before, after)]


def _subject_steps(before: AnyEntry | None, after: AnyEntry | None) -> list[Write]:
    """The condition of the record's own write orders concurrent changes."""
    old, new = (subject_of(entry) if entry else None for entry in (before, after))
    if old == new:
        return []
    if new is None:
        return [delete(_row(old))] if old else []
    absent = SubjectItem.key_hash.does_not_exist()
    condition = absent if old is None else None
    return [update(_row(new), _fields(new), condition, Conflict("This subject exists."))]


def _row(subject: Subject) -> SubjectItem:
    return SubjectItem(subject_key(subject.ulid))


def _fields(subject: Subject) -> list[Action]:
    persons = list(subject.answerable) or None  # a tuple would be taken for one element
    return [
        _optional(SubjectItem.answerable, persons),
        _optional(SubjectItem.issues_per_day, subject.issues_per_day),
        _optional(SubjectItem.verified_at, subject.verified_at),
        _optional(SubjectItem.keys_sleep_after_days, subject.keys_sleep_after_days),
        SubjectItem.subject_id.set(subject.id),
        SubjectItem.kind.set(subject.kind),
        SubjectItem.enabled.set(subject.enabled),
        SubjectItem.grants.set(subject.grants),
    ]


def _optional(attribute: Any, value: object) -> Action:
    action: Action = attribute.remove() if value is None else attribute.set(value)
    return action


def _identity_steps(before: AnyEntry | None, after: AnyEntry | None) -> list[Write]:
    old, new = _identity(before), _identity(after)
    if old == new:
        return []
    taken = Conflict("There is a user of this identity already.")
    gone = [delete(CatalogNameItem(USER_IDENTITIES, old))] if old else []
    if new is None or after is None:
        return gone
    row = CatalogNameItem(USER_IDENTITIES, new, entry_id=after.id)
    return [*gone, put(row, CatalogNameItem.id.does_not_exist(), taken)]


def _identity(entry: AnyEntry | None) -> str | None:
    return entry.content.identity if entry is not None and entry.kind is Kind.USER else None
