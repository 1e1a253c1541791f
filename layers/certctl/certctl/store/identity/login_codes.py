"""One-time codes of command lines: only their digests."""

import json
from datetime import timedelta
from typing import Any

from certctl.domain.errors import DomainError
from certctl.domain.identity.login_codes import LoginCode
from certctl.domain.times import from_wire, to_wire
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import LOGIN_CODE
from certctl.store.writes import Write, delete, put

_KEPT = timedelta(hours=1)


class LoginCodeStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, digest: str) -> LoginCode | None:
        """Read consistently; None if it was never made, or used."""
        item = self._database.get(StateItem, LOGIN_CODE, digest, consistent=True)
        return _code_in(digest, json.loads(item.body)) if item is not None and item.body else None

    def create_step(self, code: LoginCode) -> Write:
        """DynamoDB deletes the row an hour after the code expired."""
        body = {
            "subject_id": code.subject_id,
            "challenge": code.challenge,
            "redirect_uri": code.redirect_uri,
            "signed_in_at": to_wire(code.signed_in_at),
            "provider_id": code.provider_id,
            "expires_at": to_wire(code.expires_at),
        }
        until = int((code.expires_at + _KEPT).timestamp())
        row = StateItem(
            LOGIN_CODE, code.digest, body=json.dumps(body, separators=(",", ":")), delete_after=until
        )
        return put(row, StateItem.id.does_not_exist())

    def use_step(self, code: LoginCode, used: DomainError) -> Write:
        """Raises `used` if another request was first."""
        return delete(StateItem(LOGIN_CODE, code.digest), StateItem.id.exists(), used)


def _code_in(digest: str, body: dict[str, Any]) -> LoginCode:
    times = {name: from_wire(body[name]) for name in ("signed_in_at", "expires_at")}
    return LoginCode(digest=digest, **(body | times))
