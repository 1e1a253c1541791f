"""What status_watch last saw at the URLs of CAs: one row a CA."""

import json
from datetime import UTC, datetime, timedelta

from certctl.domain.status.served import ServedUrl
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import STATUS_WATCH, served_urls
from certctl.store.status.served_log import ServedLog
from certctl.store.writes import put
from tests.support.aws.least_privilege import unconfined

_NOW = datetime(2026, 11, 27, 12, 0, 0, 123_000, tzinfo=UTC)
_CRL = ServedUrl(_NOW, None, True, _NOW + timedelta(hours=70), f'"{"0" * 32}"', 123_456, 123_456, 123_456)


def test_what_was_seen_is_read_as_it_was_written(database: Database) -> None:
    log = ServedLog(database)
    first = {"0": _CRL, "certificate": ServedUrl(_NOW, "the answer is 404", is_usable=False)}
    second = {"ocsp": ServedUrl(_NOW, ends=_NOW, serial="0a01")}
    log.keep("ca-1", {"0": ServedUrl(_NOW)})
    log.keep("ca-1", first)
    log.keep("ca-2", second)
    assert log.all() == {"ca-1": first, "ca-2": second}


def test_the_row_of_a_ca_of_128_shards_is_as_small_as_the_page_of_costs_says(database: Database) -> None:
    log = ServedLog(database)
    log.keep("ca-1", {str(number): _CRL for number in range(130)})
    row = database.get(StateItem, STATUS_WATCH, served_urls("ca-1"))
    assert row
    assert 20 * 1024 < len(row.body or "") < 22 * 1024
    assert len(log.all()["ca-1"]) == 130


def test_fields_of_a_later_release_are_ignored(database: Database) -> None:
    body = {"0": {"looked_at": 1_000, "is_usable": True, "later": "x"}}
    with unconfined():
        database.write(put(StateItem(STATUS_WATCH, served_urls("ca-1"), body=json.dumps(body))))
    found = ServedLog(database).all()["ca-1"]["0"]
    assert found == ServedUrl(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
