"""Public keys that no certificate is issued for: compromised ones for ever, others while a certificate with
that key is on hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from certctl.domain.errors import CsrRejected
from certctl.domain.revocation.key_uses import KeyStanding
from certctl.domain.revocation.states import KeyRefusal
from certctl.store.database import Database
from certctl.store.issuing.compromised_keys import CompromisedKeyStore
from certctl.store.issuing.held_keys import HeldKeyStore
from certctl.store.items import StateItem
from certctl.store.keys import CAMPAIGN_OF_KEY, COMPROMISED_KEY, HELD_KEY
from certctl.store.writes import Write

_COMPROMISED = "the key is on the list of compromised keys; make a new one"
_HELD = "the key is that of a certificate on hold; end that hold, or make a new key"


@dataclass(frozen=True)
class RefusedKeys:
    """The keys that are refused, by the SHA-256 of the SubjectPublicKeyInfo, in hex (ADR 26)."""

    database: Database

    @property
    def compromised(self) -> CompromisedKeyStore:
        return CompromisedKeyStore(self.database)

    @property
    def held(self) -> HeldKeyStore:
        return HeldKeyStore(self.database)

    def reason_against(self, spki_sha256: str) -> str | None:
        return self.reasons_against([spki_sha256]).get(spki_sha256)

    def reasons_against(self, spki_sha256s: Sequence[str]) -> dict[str, str]:
        """The refused ones, read consistently."""
        wanted = [(kind, spki) for spki in spki_sha256s for kind in (COMPROMISED_KEY, HELD_KEY)]
        rows = self.database.batch_get(StateItem, wanted, consistent=True)
        held = {row.id: _HELD for row in rows if row.kind == HELD_KEY and row.members}
        return held | {row.id: _COMPROMISED for row in rows if row.kind == COMPROMISED_KEY}

    def standing_of(self, spki_sha256: str) -> KeyStanding:
        """Why the key is refused, compromised (for ever) before held (for now), and the campaign for it."""
        wanted = [(kind, spki_sha256) for kind in (COMPROMISED_KEY, HELD_KEY, CAMPAIGN_OF_KEY)]
        rows = {row.kind: row for row in self.database.batch_get(StateItem, wanted, consistent=True)}
        of_campaign = rows.get(CAMPAIGN_OF_KEY)
        return KeyStanding(_refusal_by(rows), of_campaign.body if of_campaign else None)

    def absent_steps(self, spki_sha256: str) -> list[Write]:
        """Make a transaction depend on the key not being refused. Raise CsrRejected."""
        # ADR 26: requests were checked up to a week ago, so the reservation is conditional on both lists.
        return [
            self.compromised.absent_step(spki_sha256, CsrRejected([_COMPROMISED])),
            self.held.absent_step(spki_sha256, CsrRejected([_HELD])),
        ]


def _refusal_by(rows: Mapping[str, StateItem]) -> KeyRefusal | None:
    if COMPROMISED_KEY in rows:
        return KeyRefusal.COMPROMISED
    is_held = HELD_KEY in rows and rows[HELD_KEY].members
    return KeyRefusal.HELD if is_held else None
