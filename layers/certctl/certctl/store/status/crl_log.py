"""The log of published CRLs, one row each, or two if a publisher found it before another had logged it."""

from datetime import datetime

from certctl.domain.status.publications import KEPT, PublishedCrl
from certctl.store.database import Database
from certctl.store.keys import crl_log, crl_log_from, crl_log_row
from certctl.store.mapping import to_item, to_record
from certctl.store.status.items import PublishedCrlItem
from certctl.store.writes import put

_PAGE = 100


class CrlLog:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, published: PublishedCrl) -> None:
        """A repeat writes the same row."""
        item = to_item(
            PublishedCrlItem,
            published,
            kind=crl_log(published.ca_id, published.shard),
            id=crl_log_row(published.began, published.crl_number),
            delete_after=int((published.published_at + KEPT).timestamp()),
        )
        self._database.write(put(item))

    def since(self, ca_id: str, shard: int | str, moment: datetime) -> list[PublishedCrl]:
        """The first 100 whose reading began then or later, oldest first."""
        later = PublishedCrlItem.id >= crl_log_from(moment)
        page = self._database.query(
            PublishedCrlItem, crl_log(ca_id, shard), later, limit=_PAGE, consistent=True
        )
        return [to_record(PublishedCrl, item) for item in page.items]
