"""The catalog's records, their unique names, and their references.

A deleted record is first marked, and a `deleting` row is left for the maintenance schedule: other processes
may have read the record a moment ago, and no condition is checked on rows that everybody shares.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.references import references_of
from certctl.domain.errors import Conflict
from certctl.store.catalog.accounts import account_steps
from certctl.store.catalog.agent_places import AgentPlaces
from certctl.store.catalog.contents import content_of, content_text
from certctl.store.catalog.items import CatalogItem, CatalogNameItem, DeletingItem, ReferenceItem
from certctl.store.catalog.known import Place
from certctl.store.catalog.rows import entry_or_none
from certctl.store.catalog.team_names import TeamNames
from certctl.store.database import Database
from certctl.store.keys import (
    CERTIFICATE,
    DELETING,
    catalog_name,
    catalog_names,
    entry_name,
    references_to,
    referrer,
)
from certctl.store.mapping import to_item
from certctl.store.paging import load
from certctl.store.writes import Write, check, delete, put

if TYPE_CHECKING:
    from certctl.domain.catalog.kinds import CatalogKinds

_PAGE = 200
_AFTER_ALL_NAMES = "\U0010ffff"


@dataclass(frozen=True)
class Deleting:
    """A record that waits for its deletion."""

    kind: Kind
    id: str
    since: datetime

    @property
    def sort_key(self) -> str:
        """The place in the order of the list."""
        return referrer(self.kind, self.id)


@dataclass(frozen=True)
class EntryPage:
    """`next_after` is the key to continue after, None at the end."""

    entries: list[AnyEntry]
    next_after: str | None


@dataclass(frozen=True)
class ReferrerPage:
    """Referrers as `<kind>#<id>`, in their order; `next_after` is the one to continue after, None at the
    end."""

    referrers: list[str]
    next_after: str | None


class CatalogStore:
    """Results include records that are being deleted: see `Entry.is_deleting`. `kinds` are those that issuers
    and targets may be of: those that come with certctl, if none are given."""

    def __init__(self, database: Database, kinds: "CatalogKinds | None" = None) -> None:
        self._database = database
        self._given_kinds = kinds
        self.team_names = TeamNames(database)
        self.agent_places = AgentPlaces(database)

    @cached_property
    def kinds(self) -> "CatalogKinds":
        """Loads the kinds with the first issuer or target."""
        from certctl.domain.catalog.kinds import BUILT_IN_KINDS

        return self._given_kinds or BUILT_IN_KINDS

    def get(self, kind: Kind, entry_id: str) -> AnyEntry | None:
        """Read consistently. An unreadable row counts as missing, and is logged."""
        item = self._database.get(CatalogItem, kind.value, entry_id, consistent=True)
        return self._entry_or_none(item) if item else None

    def get_many(self, places: Sequence[Place]) -> dict[Place, AnyEntry]:
        """The records that exist, read consistently; at most 100 in one round trip."""
        keys = [(kind.value, entry_id) for kind, entry_id in places]
        entries = map(self._entry_or_none, self._database.batch_get(CatalogItem, keys, consistent=True))
        return {(entry.kind, entry.id): entry for entry in entries if entry is not None}

    def get_all(self, places: Sequence[Place]) -> dict[Place, AnyEntry]:
        """Any number of records by place, in the time of one round trip."""
        found = load(places, lambda some: list(self.get_many(some).values()))
        return {(entry.kind, entry.id): entry for entry in found}

    def page(self, kind: Kind, after: str | None, limit: int) -> EntryPage:
        """The records with ids above `after`, by id, read consistently."""
        page = self._database.query(
            CatalogItem, kind.value, CatalogItem.id > (after or " "), limit=limit, consistent=True
        )
        entries = [entry for entry in map(self._entry_or_none, page.items) if entry is not None]
        return EntryPage(entries, page.items[-1].id if page.last_key else None)

    def all_of(self, kind: Kind) -> Iterator[AnyEntry]:
        """Every page in turn: for kinds that are few, and for work with a time limit."""
        after = None
        while True:
            page = self.page(kind, after, _PAGE)
            yield from page.entries
            after = page.next_after
            if after is None:
                return

    def named(self, kind: Kind, prefix: str, after: str | None, limit: int) -> EntryPage:
        """The records whose name begins with `prefix` in any case, by name; `after` is such a name."""
        lowest = catalog_name(prefix)
        page = self._database.query(
            CatalogNameItem,
            catalog_names(kind),
            CatalogNameItem.id.between(after or lowest, lowest + _AFTER_ALL_NAMES),
            limit=limit + 1,
            consistent=True,
        )
        names = [item for item in page.items if item.id != after]
        found = self.get_all([(kind, item.entry_id) for item in names[:limit]])
        entries = [found[kind, n.entry_id] for n in names[:limit] if (kind, n.entry_id) in found]
        more = page.last_key is not None or len(names) > limit
        return EntryPage(entries, names[:limit][-1].id if more else None)

    def create_steps(self, entry: AnyEntry) -> list[Write]:
        """The record with its name and its references. Refused with Conflict if its id or its name is
        taken."""
        taken = Conflict(f"There is a {entry.kind} {entry.id} already.")
        created = put(_item(entry), CatalogItem.id.does_not_exist(), taken)
        return [
            created,
            _name_step(entry),
            *self._refer_steps(entry, _places(entry)),
            *self._further_steps(None, entry),
        ]

    def replace_steps(self, before: AnyEntry, after: AnyEntry) -> list[Write]:
        """Refused with ChangedMeanwhile if the stored revision is not `before`'s, and with Conflict if the
        new name is taken."""
        replaced = put(_item(after), CatalogItem.revision == before.revision)
        old, new = _places(before), _places(after)
        referred = [*self._refer_steps(after, new - old), *self._unrefer_steps(before, old - new)]
        referred += self._further_steps(before, after)
        if name_key(before) == name_key(after):
            return [replaced, *referred]
        return [replaced, _name_step(after), _name_gone_step(before), *referred]

    def _further_steps(self, before: AnyEntry | None, after: AnyEntry | None) -> list[Write]:
        """What is written with a record of some kinds."""
        places = self.agent_places.steps(before, after)
        return [*self.team_names.steps(before, after), *account_steps(before, after), *places]

    def unchanged_step(self, entry: AnyEntry) -> Write:
        """Refused with ChangedMeanwhile if the stored revision is another, or the record is gone."""
        return check(CatalogItem(entry.kind.value, entry.id), CatalogItem.revision == entry.revision)

    def mark_steps(self, before: AnyEntry, now: datetime) -> list[Write]:
        """Hides it from now on. Refused as `replace_steps`."""
        marked = replace(before, deleting_since=now, updated_at=now, revision=before.revision + 1)
        waiting = DeletingItem(
            DELETING,
            referrer(before.kind, before.id),
            entry_kind=before.kind,
            entry_id=before.id,
            deleting_since=now,
        )
        return [*self.replace_steps(before, marked), put(waiting)]

    def unmark_steps(self, marked: AnyEntry, now: datetime) -> list[Write]:
        """Shows it again. Refused as `replace_steps`."""
        shown = replace(marked, deleting_since=None, updated_at=now, revision=marked.revision + 1)
        return [*self.replace_steps(marked, shown), self.forget_step(marked.kind, marked.id)]

    def remove_steps(self, marked: AnyEntry) -> list[Write]:
        """Deletes the row, its name, its references, what was written with it, and its mark. Refused as
        `replace_steps`."""
        row = CatalogItem(marked.kind.value, marked.id)
        return [
            delete(row, CatalogItem.revision == marked.revision),
            _name_gone_step(marked),
            *self._unrefer_steps(marked, _places(marked)),
            *self._further_steps(marked, None),
            self.forget_step(marked.kind, marked.id),
        ]

    def forget_step(self, kind: Kind, entry_id: str) -> Write:
        return delete(DeletingItem(DELETING, referrer(kind, entry_id)))

    def deleting(self, limit: int, after: str | None = None) -> list[Deleting]:
        """Marked records that are still to be deleted, after a `place`."""
        page = self._database.query(
            DeletingItem, DELETING, DeletingItem.id > (after or " "), limit=limit, consistent=True
        )
        return [Deleting(item.entry_kind, item.entry_id, item.deleting_since) for item in page.items]

    def refer_step(self, kind: Kind, entry_id: str, referring: str) -> Write:
        """`referring` (`certificate#mc-1`, see `keys.referrer`) uses the record from now on. Idempotent."""
        return put(ReferenceItem(references_to(kind, entry_id), referring))

    def unrefer_step(self, kind: Kind, entry_id: str, referring: str) -> Write:
        return delete(ReferenceItem(references_to(kind, entry_id), referring))

    def _refer_steps(self, entry: AnyEntry, places: Collection[Place]) -> list[Write]:
        return [self.refer_step(*place, referrer(entry.kind, entry.id)) for place in sorted(places)]

    def _unrefer_steps(self, entry: AnyEntry, places: Collection[Place]) -> list[Write]:
        return [self.unrefer_step(*place, referrer(entry.kind, entry.id)) for place in sorted(places)]

    def referrers(self, kind: Kind, entry_id: str, limit: int, after: str | None = None) -> ReferrerPage:
        """A page of at most `limit` referrers, read consistently."""
        page = self._database.query(
            ReferenceItem,
            references_to(kind, entry_id),
            ReferenceItem.id > (after or " "),
            limit=limit,
            consistent=True,
        )
        found = [item.id for item in page.items]
        return ReferrerPage(found, found[-1] if page.last_key else None)

    def certificates_of(
        self, kind: Kind, entry_id: str, limit: int, after: str | None
    ) -> tuple[list[str], str | None]:
        """Ids of those among the next `limit` referrers, and where to continue."""
        page = self.referrers(kind, entry_id, limit, after)
        prefix = referrer(CERTIFICATE, "")
        return [r.removeprefix(prefix) for r in page.referrers if r.startswith(prefix)], page.next_after

    def _entry_or_none(self, item: CatalogItem) -> AnyEntry | None:
        return entry_or_none(item, lambda kind, text: content_of(kind, text, lambda: self.kinds))


def name_key(entry: AnyEntry) -> str:
    """Where the list by name has it."""
    return entry_name(entry.kind, entry.name, entry.id)


def _places(entry: AnyEntry) -> set[Place]:
    return {reference.place for reference in references_of(entry)}


def _name_step(entry: AnyEntry) -> Write:
    row = CatalogNameItem(catalog_names(entry.kind), name_key(entry), entry_id=entry.id)
    taken = Conflict(f"There is a {entry.kind} named {entry.name} already; names ignore case.")
    return put(row, CatalogNameItem.id.does_not_exist(), taken)


def _name_gone_step(entry: AnyEntry) -> Write:
    return delete(CatalogNameItem(catalog_names(entry.kind), name_key(entry)))


def _item(entry: AnyEntry) -> CatalogItem:
    return to_item(
        CatalogItem,
        entry,
        kind=entry.kind.value,
        content=content_text(entry.content),
        email=getattr(entry.content, "email", None),
        answerable=entry.answerable or None,
    )
