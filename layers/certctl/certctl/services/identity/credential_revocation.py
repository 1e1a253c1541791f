"""Ends a credential for its holder, be it the owner or a finder (RFC 7009)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.access.api_keys import Credential, actor_of
from certctl.domain.access.credentials import credential_in
from certctl.domain.audit.events import Actor
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.times import to_wire_or_none
from certctl.services.identity.sessions import Sessions
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.identity.exchanged_tokens import end_step
from certctl.unit_of_work.access.key_endings import KeyEndings
from certctl.unit_of_work.resources import Resource
from certctl.unit_of_work.units import Units

type EndKey = Callable[[str, Actor], None]


@dataclass(frozen=True)
class CredentialRevocation:
    """A text that is no live credential is accepted like one: its sender learns nothing. A text of
    another form, or with a wrong checksum, costs no read."""

    units: Units
    keys: ApiKeyStore
    key_endings: KeyEndings
    sessions: Sessions
    now: Callable[[], datetime]

    def revoke(self, text: str) -> None:
        """A key ends with its children and their sessions, a session with the tokens of its assistants.
        Idempotent. Raises Unavailable."""
        self._end(text, self.key_endings.revoke)

    def revoke_leaked(self, text: str) -> None:
        """Revokes a leaked credential for anybody; a key with its successor and all keys that it ever
        made."""
        self._end(text, self.key_endings.revoke_leaked)

    def _end(self, text: str, end_key: EndKey) -> None:
        presented = credential_in(text)
        credential = self.keys.find_credential(presented.digest) if presented else None
        if credential is None:
            return
        if credential.rule_id is not None:
            self._end_token(credential, credential.rule_id)
        elif credential.session_id is not None:
            self.sessions.end_found(credential)
        else:
            end_key(credential.key_id, actor_of(credential))

    def _end_token(self, credential: Credential, rule_id: str) -> None:
        unit = self.units.begin(actor_of(credential), rule_id, self.now())
        unit.write(end_step(credential.key_hash))
        before = {"id": credential.key_id, "expires_at": to_wire_or_none(credential.expires_at)}
        rule = Resource(Kind.TRUST_RULE.label, rule_id)
        unit.event("token_ended", rule, {"before": before, "after": None})
        unit.commit()
