"""Whose credential an id in a filter is: events are indexed by the user, service account or agent."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from certctl.domain.audit.pages import AFTER_ALL_IDS, AuditFilter
from certctl.domain.ids import time_of, ulid_of
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.audit.events import AuditStore

_KEY, _SESSION, _TOKEN = "key-", "ses-", "tok-"
_LONGEST_LIFE = timedelta(hours=25)
"""The longest life of a session or token, with the difference of two clocks."""
_CLOCKS_DIFFER_BY = timedelta(minutes=1)


@dataclass(frozen=True)
class ActorSearch:
    """`actors`: the ids under which the wanted events are indexed. `wanted` has the time in which the
    credential can have acted."""

    actors: tuple[str, ...]
    wanted: AuditFilter


@dataclass(frozen=True)
class Actors:
    keys: ApiKeyStore
    events: AuditStore

    def search(self, wanted: AuditFilter) -> ActorSearch:
        """What to search for; a credential costs one more read. Events before the actor was a subject have
        the key as their actor."""
        actor = wanted.actor
        if actor is None or not actor.startswith((_KEY, _SESSION, _TOKEN)):
            return ActorSearch((actor,) if actor else (), wanted)
        subject_id = self._subject_of(actor)
        return ActorSearch((actor, subject_id) if subject_id else (actor,), _in_its_time(wanted, actor))

    def _subject_of(self, credential_id: str) -> str | None:
        if credential_id.startswith(_KEY):
            key = self.keys.get(credential_id)
            return key.subject_id if key else None
        if credential_id.startswith(_SESSION):
            return self._subject_of_session(credential_id)
        event = self.events.get_with_ulid(ulid_of(credential_id))
        return str(event["actor"]) if event and _is_start_of(credential_id, event) else None

    def _subject_of_session(self, session_id: str) -> str | None:
        """The subject in the event of the session's start or end, which outlives its row."""
        found = self.events.of_resource("session", session_id, AFTER_ALL_IDS, 1)
        sides = [event["details"].get(side) for event in found.events for side in ("before", "after")]
        return next((side["subject_id"] for side in sides if side and "subject_id" in side), None)


def _is_start_of(token_id: str, event: Mapping[str, Any]) -> bool:
    used = event["details"].get("credential")
    return isinstance(used, dict) and used.get("id") == token_id


def _in_its_time(wanted: AuditFilter, credential_id: str) -> AuditFilter:
    try:
        began = time_of(credential_id) - _CLOCKS_DIFFER_BY
    except ValueError:
        return wanted
    since = max(began, wanted.since) if wanted.since else began
    if credential_id.startswith(_KEY):
        return replace(wanted, since=since)
    ends = began + _LONGEST_LIFE
    return replace(wanted, since=since, until=min(ends, wanted.until) if wanted.until else ends)
