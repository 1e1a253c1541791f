"""Scopes and the sources that they belong to."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from certctl.domain.errors import ChangedMeanwhile
from certctl.domain.ids import shard_of
from certctl.domain.inventory.scopes import Scope
from certctl.domain.inventory.sources import Source
from certctl.store import keys
from certctl.store.database import Database
from certctl.store.inventory.due import due_pages
from certctl.store.inventory.items import ScopeItem, SourceItem
from certctl.store.mapping import to_item, to_record
from certctl.store.writes import Write, put, update


class ScopeStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, scope_id: str) -> Scope | None:
        item = self._database.get(ScopeItem, keys.scope_item(scope_id), keys.SCOPE, consistent=True)
        return _scope(item) if item else None

    def get_many(self, scope_ids: Iterable[str]) -> list[Scope]:
        """The scopes that exist, unordered; 100 in one round trip."""
        wanted = [(keys.scope_item(each), keys.SCOPE) for each in scope_ids]
        return [_scope(item) for item in self._database.batch_get(ScopeItem, wanted)]

    def create_step(self, scope: Scope) -> Write:
        """Refused with ChangedMeanwhile if it exists."""
        taken = ChangedMeanwhile(f"The scope {scope.id} exists.")
        return put(_scope_item(scope), ScopeItem.item_id.does_not_exist(), taken)

    def save_step(self, before: Scope, after: Scope) -> Write:
        """The whole row, on condition that it is still the one that `after` was decided from."""
        item = _scope_item(after)
        item.revision = before.revision + 1
        return put(item, ScopeItem.revision == before.revision)

    def create(self, scopes: Sequence[Scope], in_source: Write) -> None:
        """With their entry in the source. Raises ChangedMeanwhile if one exists, or the source changed."""
        self._database.transact([*map(self.create_step, scopes), in_source])

    def save(self, before: Scope, after: Scope) -> None:
        """Raises ChangedMeanwhile."""
        self._database.write_or_refuse(self.save_step(before, after))

    def due_pages(self, shard: int, now: datetime) -> Iterator[list[str]]:
        """The ids of the scopes of a shard (of 8) whose time has come, in pages of 100."""
        for page in due_pages(self._database, ScopeItem.by_due, shard, now):
            yield [each.partition("#")[2] for each in page]


class SourceStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, source_id: str) -> Source | None:
        item = self._database.get(SourceItem, keys.SOURCE, source_id, consistent=True)
        return _source(item) if item else None

    def get_many(self, source_ids: Iterable[str]) -> list[Source]:
        wanted = [(keys.SOURCE, each) for each in source_ids]
        return [_source(item) for item in self._database.batch_get(SourceItem, wanted)]

    def page(self, after: str | None, limit: int) -> tuple[list[Source], str | None]:
        """The first sources with ids above `after`, and the last id of the page if others follow."""
        condition = SourceItem.id > after if after else None
        page = self._database.query(SourceItem, keys.SOURCE, condition, limit=limit)
        sources = [_source(item) for item in page.items]
        return sources, sources[-1].id if sources and page.last_key else None

    def create_step(self, source: Source) -> Write:
        """Refused with ChangedMeanwhile if it exists."""
        taken = ChangedMeanwhile(f"The source {source.id} exists.")
        item = to_item(SourceItem, source, kind=keys.SOURCE, source_kind=source.kind)
        return put(item, SourceItem.id.does_not_exist(), taken)

    def scopes_step(self, source: Source, scope_ids: Sequence[str]) -> Write:
        """Other scopes, on condition that it still has those of `source`."""
        item = SourceItem(keys.SOURCE, source.id)
        actions = [SourceItem.scope_ids.set(tuple(scope_ids))]
        return update(item, actions, SourceItem.scope_ids == source.scope_ids)


def _scope_item(scope: Scope) -> ScopeItem:
    interval = scope.interval
    return to_item(
        ScopeItem,
        scope,
        item_id=keys.scope_item(scope.id),
        record=keys.SCOPE,
        interval_seconds=None if interval is None else int(interval.total_seconds()),
        due_shard=None if scope.due_at is None else shard_of(scope.id),
        **{
            name: getattr(scope, name) or None for name in ("digest", "run", "run_upto", "failure", "new_day")
        },
        new_count=scope.new_count or None,
        run_places=scope.run_places or None,
    )


def _scope(item: ScopeItem) -> Scope:
    seconds = item.interval_seconds
    return to_record(
        Scope,
        item,
        id=item.item_id.partition("#")[2],
        interval=None if seconds is None else timedelta(seconds=int(seconds)),
        places=int(item.places),
        new_count=int(item.new_count or 0),
        run_places=int(item.run_places or 0),
        revision=int(item.revision),
    )


def _source(item: SourceItem) -> Source:
    return to_record(Source, item, kind=item.source_kind)
