"""Sessions: a credential row each, and one row that lists those of a subject."""

from datetime import datetime, timedelta
from typing import Any

from certctl.domain.access.api_keys import ApiKey
from certctl.domain.access.permissions import ALL_TEAMS
from certctl.domain.identity.sessions import Session, SessionList
from certctl.store.access.items import CredentialItem
from certctl.store.database import Database
from certctl.store.identity.items import SessionListItem
from certctl.store.keys import session_list_key
from certctl.store.mapping import to_item
from certctl.store.writes import Write, check, delete, put

_KEPT = timedelta(hours=1)
"""DynamoDB deletes the rows some time after they expired."""


class SessionStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def create_step(self, session: Session, key: ApiKey | None) -> Write:
        """The row of its credential, with all limits of the key; without a key it has all that its subject
        has."""
        own = {
            "key_hash": session.key_hash,
            "key_id": session.id,
            "made_by": None,
            "session_key_id": session.key_id,
            "subject_ulid": session.subject_ulid,
            "expires_at": session.expires_at,
            "signed_in_at": session.signed_in_at,
            "provider_id": session.provider_id,
            "limits": session.limits or None,
            "delete_after": int((session.expires_at + _KEPT).timestamp()),
        } | ({"parent_id": session.parent_id} if session.parent_id else {})
        row = to_item(CredentialItem, key or session, **({} if key else {"teams": (ALL_TEAMS,)}), **own)
        return put(row, CredentialItem.key_hash.does_not_exist())

    def end_step(self, session: Session) -> Write:
        return delete(CredentialItem(session.key_hash))

    def save_step(self, before: SessionList, after: SessionList, now: datetime) -> Write:
        """Saves the list, also an empty one, so that its revisions go on. Refused with ChangedMeanwhile if a
        session of the subject started or ended concurrently."""
        ends = max([now, *(session.expires_at for session in after.sessions)])
        row = SessionListItem(
            session_list_key(after.subject_ulid),
            sessions=after.sessions,
            revision=after.revision,
            delete_after=int((ends + _KEPT).timestamp()),
        )
        return put(row, _as_seen(before))

    def unchanged_step(self, seen: SessionList) -> Write:
        """Refused with ChangedMeanwhile if a session of the subject started or ended concurrently."""
        return check(SessionListItem(session_list_key(seen.subject_ulid)), _as_seen(seen))

    def of_subject(self, ulid: str) -> SessionList:
        """One consistent read."""
        item = self._database.get(SessionListItem, session_list_key(ulid), consistent=True)
        return SessionList(ulid, item.sessions, int(item.revision)) if item else SessionList(ulid)


def _as_seen(seen: SessionList) -> Any:
    if seen.revision == 0:
        return SessionListItem.key_hash.does_not_exist()
    return SessionListItem.revision == seen.revision
