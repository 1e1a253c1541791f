"""The book of configured channels and records: cached for a minute, and there while the store is not."""

from datetime import timedelta

import pytest

from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.records import ChannelRecord
from certctl.domain.errors import Unavailable
from certctl.domain.kinds import ChannelKind
from certctl.domain.times import to_wire
from certctl.store.channels.records import CachedChannels, ChannelRecordStore
from certctl.store.database import Database
from tests.support.clock import Clock

SETTINGS = {"url": "certctl/blue/channels/ops"}
CONFIGURED = ChannelConfig("slack-default", ChannelKind.SLACK, SETTINGS)


class Records(ChannelRecordStore):
    """A store that can be down, and counts its reads."""

    is_down = False
    reads = 0

    def all(self) -> list[ChannelRecord]:
        self.reads += 1
        if self.is_down:
            raise Unavailable("The database did not answer in time.")
        return super().all()


@pytest.fixture
def records(database: Database) -> Records:
    return Records(database)


@pytest.fixture
def book(records: Records, clock: Clock) -> CachedChannels:
    return CachedChannels([CONFIGURED], records, clock)


def _write(database: Database, clock: Clock, channel_id: str, is_enabled: bool = True) -> None:
    record = ChannelRecord(channel_id, ChannelKind.SLACK, SETTINGS, clock(), clock(), is_enabled)
    database.write(ChannelRecordStore(database).create_step(record))


def test_the_book_has_both_kinds(database: Database, clock: Clock, book: CachedChannels) -> None:
    _write(database, clock, "ops")
    assert {channel.channel_id for channel in book.all()} == {"slack-default", "ops"}
    version = f"1 {to_wire(clock())}"
    ops = ChannelConfig("ops", ChannelKind.SLACK, SETTINGS, version=version)
    assert book.find("ops") == book.find_now("ops") == ops
    assert book.find("slack-default") == book.find_now("slack-default") == CONFIGURED
    assert book.find("none") is book.find_now("none") is None


def test_records_are_read_once_a_minute_and_configured_ones_never(
    database: Database, clock: Clock, book: CachedChannels, records: Records
) -> None:
    book.find("slack-default")
    assert records.reads == 0
    book.find("ops")
    _write(database, clock, "ops")
    assert book.find("ops") is None
    assert book.find_now("ops") is not None
    clock.advance(timedelta(seconds=60))
    assert book.find("ops") is not None
    assert records.reads == 2


def test_cached_channels_are_used_while_the_store_is_down(
    database: Database, clock: Clock, book: CachedChannels, records: Records
) -> None:
    _write(database, clock, "ops")
    book.all()
    records.is_down = True
    clock.advance(timedelta(hours=2))
    for _ in range(10):
        assert book.find("ops") is not None
    assert records.reads == 2  # it is read every few seconds, not for each alert
    clock.advance(timedelta(seconds=5))
    records.is_down = False
    _write(database, clock, "second")
    assert book.find("second") is not None


def test_where_nothing_is_known_it_is_unavailable_but_for_configured_channels(
    clock: Clock, book: CachedChannels, records: Records
) -> None:
    """Deliveries try again then; an unknown channel would have its alerts skipped."""
    records.is_down = True
    with pytest.raises(Unavailable):
        book.find("ops")
    with pytest.raises(Unavailable):
        book.all()
    assert book.find("slack-default") == CONFIGURED


def test_a_disabled_record_is_in_the_book_as_such(
    database: Database, clock: Clock, book: CachedChannels
) -> None:
    _write(database, clock, "ops", is_enabled=False)
    found = book.find("ops")
    assert found is not None
    assert not found.is_enabled
