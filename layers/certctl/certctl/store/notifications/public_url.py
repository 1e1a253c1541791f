"""The stack's URL for browsers: only the deploy knows it, so the deploy stores it."""

from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import DEPLOYMENT, PUBLIC_URL
from certctl.store.writes import put


class PublicUrlStore:
    """The URL of the dashboard, and of the API on the same origin. Never taken from a request's Host
    header."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self) -> str:
        """The URL without a trailing slash; empty before the first deploy has ended."""
        item = self._database.get(StateItem, DEPLOYMENT, PUBLIC_URL)
        return (item.body or "") if item else ""

    def save(self, url: str) -> None:
        self._database.write(put(StateItem(DEPLOYMENT, PUBLIC_URL, body=url.rstrip("/"))))
