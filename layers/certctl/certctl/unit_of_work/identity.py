"""Sessions in a unit of work: their rows and audit events."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from certctl.domain.access.api_keys import ApiKey
from certctl.domain.identity.sessions import Session
from certctl.store.identity.sessions import SessionStore
from certctl.unit_of_work.resources import Resource

if TYPE_CHECKING:
    from certctl.unit_of_work.unit import UnitOfWork


def end_sessions_of(unit: "UnitOfWork", sessions: SessionStore, keys: Sequence[ApiKey]) -> None:
    """Ends the sessions that were started with these keys of one subject; the events of the keys tell it. A
    session that starts concurrently makes the commit raise ChangedMeanwhile. One consistent read."""
    ulid = keys[0].subject_ulid
    if ulid is None or keys[0].agent_id is not None:
        return
    before = sessions.of_subject(ulid)
    ended = before.of_keys({key.id for key in keys})
    if not ended:
        unit.write(sessions.unchanged_step(before))
        return
    unit.write(*(sessions.end_step(session) for session in ended))
    unit.write(sessions.save_step(before, before.without(ended), unit.now))


def record_session(unit: "UnitOfWork", action: str, before: Session | None, after: Session | None) -> None:
    session = before or after
    if session is None:
        raise ValueError("a session starts or ends")
    shown = {"before": before and before.public_facts, "after": after and after.public_facts}
    unit.event(action, Resource("session", session.id), shown)
