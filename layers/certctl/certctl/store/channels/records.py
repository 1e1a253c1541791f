"""Channel records, and the cache that merges them with the channels of the deployment."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.records import MAX_CHANNELS, ChannelRecord
from certctl.domain.errors import Conflict, Unavailable
from certctl.observability import logger
from certctl.store.channels.items import ChannelItem
from certctl.store.database import Database
from certctl.store.keys import CHANNEL
from certctl.store.mapping import to_item, to_record
from certctl.store.writes import Write, delete, put

_PAUSE_AFTER_FAILURE = timedelta(seconds=5)


class ChannelRecordStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, channel_id: str) -> ChannelRecord | None:
        """Read consistently."""
        item = self._database.get(ChannelItem, CHANNEL, channel_id, consistent=True)
        return _record(item) if item else None

    def all(self) -> list[ChannelRecord]:
        """All channels by id, as of a moment ago; they are few."""
        return list(map(_record, self._items(consistent=False)))

    def all_now(self) -> list[ChannelRecord]:
        """All channels by id, read consistently."""
        return list(map(_record, self._items(consistent=True)))

    def create_step(self, record: ChannelRecord) -> Write:
        taken = Conflict(f"A channel {record.id} exists already.")
        return put(_item(record), ChannelItem.id.does_not_exist(), taken)

    def replace_step(self, before: ChannelRecord, after: ChannelRecord) -> Write:
        """Refused with ChangedMeanwhile if the stored revision is not `before`'s."""
        return put(_item(after), ChannelItem.revision == before.revision)

    def delete_step(self, record: ChannelRecord) -> Write:
        """Refused with ChangedMeanwhile as `replace_step`."""
        return delete(ChannelItem(CHANNEL, record.id), ChannelItem.revision == record.revision)

    def _items(self, *, consistent: bool) -> Iterator[ChannelItem]:
        start: dict[str, Any] | None = None
        while True:
            page = self._database.query(
                ChannelItem, CHANNEL, limit=MAX_CHANNELS + 1, start=start, consistent=consistent
            )
            yield from page.items
            start = page.last_key
            if start is None:
                return


class CachedChannels:
    """The channels that administrators set up, and those of the deployment. Thread-safe. While the store is
    down the last known channels are used: an alert must not wait for a catalog that has not changed."""

    def __init__(
        self,
        configured: Sequence[ChannelConfig],
        records: ChannelRecordStore,
        now: Callable[[], datetime],
        kept: timedelta = timedelta(seconds=60),
    ) -> None:
        self._configured = {channel.channel_id: channel for channel in configured}
        self._records = records
        self._now = now
        self._kept = kept
        self._lock = threading.Lock()
        self._read_again_at: datetime | None = None
        self._known: Mapping[str, ChannelConfig] = {}

    def find(self, channel_id: str) -> ChannelConfig | None:
        """May be a minute old. Raises Unavailable if the store is down and nothing is known yet."""
        return self._configured.get(channel_id) or self._channels().get(channel_id)

    def find_now(self, channel_id: str) -> ChannelConfig | None:
        """Read consistently, and kept as long as the others. Raises Unavailable."""
        if channel_id in self._configured:
            return self._configured[channel_id]
        record = self._records.get(channel_id)
        with self._lock:
            others = {known: config for known, config in self._known.items() if known != channel_id}
            self._known = others | ({channel_id: record.config} if record else {})
        return record.config if record else None

    def all(self) -> Sequence[ChannelConfig]:
        """Raises Unavailable as `find`."""
        return list(self._channels().values())

    def _channels(self) -> Mapping[str, ChannelConfig]:
        with self._lock:
            now = self._now()
            if self._read_again_at is None or now >= self._read_again_at:
                self._read(now)
            return self._known

    def _read(self, now: datetime) -> None:
        try:
            records = {record.id: record.config for record in self._records.all()}
        except Unavailable:
            if self._read_again_at is None:
                raise
            logger.warning("the channels cannot be read; the last known ones are used", exc_info=True)
            self._read_again_at = now + _PAUSE_AFTER_FAILURE
            return
        self._known = records | self._configured
        self._read_again_at = now + self._kept


def _item(record: ChannelRecord) -> ChannelItem:
    return to_item(ChannelItem, record, kind=CHANNEL, channel_kind=str(record.kind))


def _record(item: ChannelItem) -> ChannelRecord:
    return to_record(ChannelRecord, item, kind=item.channel_kind)
