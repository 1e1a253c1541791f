"""State of the ACME client: accounts by issuer, and the responses to tokens of http-01."""

from collections.abc import Callable
from datetime import datetime, timedelta

from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import ACME_ACCOUNT, ACME_ANSWER
from certctl.store.writes import put

_TOKEN_KEPT = timedelta(days=7)


class AcmeStore:
    """All reads are consistent: the CA may request a token at once."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def account(self, issuer_id: str) -> str | None:
        return self._body(ACME_ACCOUNT, issuer_id)

    def write_account(self, issuer_id: str, account: str) -> None:
        self._database.write(put(StateItem(ACME_ACCOUNT, issuer_id, body=account)))

    def publish_token(self, token: str, key_authorization: str) -> None:
        """Until the order has long expired."""
        until = int((self._now() + _TOKEN_KEPT).timestamp())
        self._database.write(put(StateItem(ACME_ANSWER, token, body=key_authorization, delete_after=until)))

    def key_authorization(self, token: str) -> str | None:
        return self._body(ACME_ANSWER, token)

    def _body(self, kind: str, identifier: str) -> str | None:
        row = self._database.get(StateItem, kind, identifier, consistent=True)
        return row.body if row else None
