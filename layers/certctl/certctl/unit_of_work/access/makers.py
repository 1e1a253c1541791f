"""The credential that makes another one lives until that is written."""

from datetime import datetime

from certctl.domain.access.api_keys import ApiKey
from certctl.domain.access.principals import Principal
from certctl.domain.errors import Unauthenticated
from certctl.domain.ids import ulid_of
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.identity.sessions import SessionStore
from certctl.store.writes import Write


def living_maker(
    keys: ApiKeyStore, sessions: SessionStore, caller: Principal, now: datetime
) -> tuple[ApiKey | None, Write]:
    """The caller's key, None for a session without one, and the check that either lives. Raises
    Unauthenticated."""
    if caller.sign_in is not None:
        return None, _session_step(sessions, caller, now)
    maker = keys.get(caller.key_id)
    if maker is None or maker.revoked_at is not None:
        raise Unauthenticated("This key has ended.")
    return maker, keys.live_step(maker)


def _session_step(sessions: SessionStore, caller: Principal, now: datetime) -> Write:
    """Refused with ChangedMeanwhile if a session of the caller's user starts or ends concurrently. Raises
    Unauthenticated if the caller's has ended."""
    seen = sessions.of_subject(ulid_of(str(caller.subject_id)))
    if not any(each.id == caller.session_id and each.expires_at > now for each in seen.sessions):
        raise Unauthenticated("This session has ended.")
    return sessions.unchanged_step(seen)
