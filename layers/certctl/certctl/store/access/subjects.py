"""Subjects: one row each, in the table of credentials."""

from collections.abc import Sequence

from pynamodb.expressions.condition import Condition

from certctl.domain.access.subjects import Subject
from certctl.domain.errors import Conflict
from certctl.store.database import Database
from certctl.store.items import SubjectItem
from certctl.store.keys import subject_key
from certctl.store.mapping import to_item, to_record
from certctl.store.writes import Write, check, put, update


class SubjectStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def create_step(self, subject: Subject) -> Write:
        """Refused with Conflict if there is one."""
        return put(_item(subject), SubjectItem.key_hash.does_not_exist(), Conflict("This subject exists."))

    def keep_step(self, subject: Subject) -> Write:
        """Writes its row, whether or not it exists. Refused with Conflict if it is disabled."""
        is_enabled: Condition = SubjectItem.enabled == True  # noqa: E712  # builds a condition
        usable = SubjectItem.key_hash.does_not_exist() | is_enabled
        return put(_item(subject), usable, Conflict("This subject is disabled."))

    def put_step(self, subject: Subject) -> Write:
        """Whatever its row is now."""
        return put(_item(subject))

    def enabled_step(self, ulid: str, refused: Exception) -> Write:
        """Raises `refused` if it is disabled or gone."""
        is_enabled: Condition = SubjectItem.enabled == True  # noqa: E712  # builds a condition
        return check(SubjectItem(subject_key(ulid)), is_enabled, refused)

    def get(self, ulid: str) -> Subject | None:
        """One consistent read."""
        item = self._database.get(SubjectItem, subject_key(ulid), consistent=True)
        return subject_in(item) if item else None

    def get_many(self, ulids: Sequence[str]) -> dict[str, Subject]:
        """The subjects that exist by their ULID, read consistently, at most 100."""
        keys = [subject_key(ulid) for ulid in ulids]
        found = (subject_in(row) for row in self._database.batch_get(SubjectItem, keys, consistent=True))
        return {subject.ulid: subject for subject in found}

    def keys_given(self, ulid: str) -> int:
        """How many keys it was ever given, since this is counted. One consistent read."""
        item = self._database.get(SubjectItem, subject_key(ulid), consistent=True)
        return int(item.keys_given or 0) if item else 0

    def give_key_step(self, ulid: str, seen: int) -> Write:
        """Counts another key. Refused with ChangedMeanwhile if it was given one since `keys_given` said
        `seen`, or is gone."""
        counted = SubjectItem.keys_given == seen if seen else SubjectItem.keys_given.does_not_exist()
        as_seen: Condition = SubjectItem.key_hash.exists() & counted
        return update(SubjectItem(subject_key(ulid)), [SubjectItem.keys_given.set(seen + 1)], as_seen)


def subject_in(item: SubjectItem) -> Subject:
    return to_record(Subject, item, id=item.subject_id, ulid=item.key_hash.partition("#")[2])


def _item(subject: Subject) -> SubjectItem:
    return to_item(
        SubjectItem,
        subject,
        key_hash=subject_key(subject.ulid),
        subject_id=subject.id,
        answerable=subject.answerable or None,
    )
