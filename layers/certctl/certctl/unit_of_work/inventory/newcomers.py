"""Decides what a certificate is that the inventory sees for the first time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.inventory.observed import ObservedCertificate, ParsedCertificate


@dataclass(frozen=True)
class Newcomers:
    def made(
        self, parsed: Sequence[ParsedCertificate], team_id: str, now: datetime
    ) -> list[ObservedCertificate]:
        """The records of new certificates; `team_id` is the team of the source."""
        return [
            ObservedCertificate(
                fingerprint=each.fingerprint,
                facts=each.facts,
                spki_sha256=each.spki_sha256,
                names_digest=each.names_digest,
                first_seen_at=now,
                team_id=team_id,
            )
            for each in parsed
        ]
