"""Bootstrap tokens: only the hash is stored, and using or ending one deletes its rows."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from certctl.domain.agents.agents import TOKEN_LIFETIME, TOKEN_PREFIX_OF_ID, BootstrapToken
from certctl.domain.errors import NotFound, Unauthenticated
from certctl.domain.ids import lowest_id
from certctl.store.agents.items import BootstrapTokenItem
from certctl.store.database import Database
from certctl.store.keys import BOOTSTRAP_TOKEN, BOOTSTRAP_TOKEN_LIST
from certctl.store.mapping import to_item, to_record
from certctl.store.writes import Write, delete, put

_AHEAD = timedelta(minutes=5)
"""The most that the clocks of two processes may differ."""


class BootstrapTokenStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def create_steps(self, token: BootstrapToken) -> list[Write]:
        return [put(row, BootstrapTokenItem.id.does_not_exist()) for row in _rows(token)]

    def find(self, token_hash: str) -> BootstrapToken | None:
        """Read consistently; an expired one may still be there."""
        row = self._database.get(BootstrapTokenItem, BOOTSTRAP_TOKEN, token_hash, consistent=True)
        return to_record(BootstrapToken, row, id=row.token_id, token_hash=row.id) if row else None

    def get(self, token_id: str) -> BootstrapToken | None:
        """The token with this id, read consistently."""
        row = self._database.get(BootstrapTokenItem, BOOTSTRAP_TOKEN_LIST, token_id, consistent=True)
        return _token(row) if row else None

    def page(self, now: datetime, before: str | None, limit: int) -> tuple[list[BootstrapToken], str | None]:
        """The tokens that may be live, newest first, and the id to continue after: made within a token's
        lifetime."""
        oldest = lowest_id(TOKEN_PREFIX_OF_ID, now - TOKEN_LIFETIME)
        if before is not None and before <= oldest:
            return [], None
        page = self._database.query(
            BootstrapTokenItem,
            BOOTSTRAP_TOKEN_LIST,
            BootstrapTokenItem.id.between(oldest, before or lowest_id(TOKEN_PREFIX_OF_ID, now + _AHEAD)),
            limit=limit + 1,
            newest_first=True,
            consistent=True,
        )
        tokens = [_token(row) for row in page.items if row.id != before][:limit]
        more = page.last_key is not None or len(page.items) > limit
        return [t for t in tokens if t.expires_at > now], tokens[-1].id if more and tokens else None

    def use_steps(self, token: BootstrapToken, now: datetime, refused: Unauthenticated) -> list[Write]:
        """At most one of any number of concurrent users succeeds."""
        row, listed = _keys(token)
        unused = BootstrapTokenItem.id.exists() & (BootstrapTokenItem.expires_at > now)
        return [delete(row, unused, refused), delete(listed)]

    def end_steps(self, token: BootstrapToken, refused: NotFound) -> list[Write]:
        """Refused if it was used or ended concurrently."""
        row, listed = _keys(token)
        return [delete(row, BootstrapTokenItem.id.exists(), refused), delete(listed)]


def _rows(token: BootstrapToken) -> Iterator[BootstrapTokenItem]:
    ends = int(token.expires_at.timestamp())
    for kind, row_id in ((BOOTSTRAP_TOKEN, token.token_hash), (BOOTSTRAP_TOKEN_LIST, token.id)):
        yield to_item(BootstrapTokenItem, token, kind=kind, id=row_id, token_id=token.id, delete_after=ends)


def _keys(token: BootstrapToken) -> tuple[BootstrapTokenItem, BootstrapTokenItem]:
    return (
        BootstrapTokenItem(BOOTSTRAP_TOKEN, token.token_hash),
        BootstrapTokenItem(BOOTSTRAP_TOKEN_LIST, token.id),
    )


def _token(listed: BootstrapTokenItem) -> BootstrapToken:
    return to_record(BootstrapToken, listed)
