"""Counts of an import, and what was refused, for its end."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from certctl_client.importing.found import Finding, Found, KeyLeft, Refused, TrustStore

_MOST_SHOWN = 1_000


@dataclass
class Tally:
    """`refused` has the first 1,000 refusals, `refusals` counts all."""

    certificates: int = 0
    refusals: int = 0
    refused: list[Refused] = field(default_factory=list)
    keys: Counter[str] = field(default_factory=Counter)
    trust_stores: int = 0
    counted_authorities: int = 0

    def found_in(self, findings: Iterable[Finding]) -> Iterator[Found]:
        """Yields the certificates, and counts the rest."""
        for each in findings:
            match each:
                case Found():
                    self.certificates += 1
                    yield each
                case Refused():
                    self.refuse(each)
                case KeyLeft():
                    self.keys[each.format] += 1
                case TrustStore():
                    self.trust_stores += 1
                    self.counted_authorities += each.authorities

    def refuse(self, refused: Refused) -> None:
        self.refusals += 1
        if len(self.refused) < _MOST_SHOWN:
            self.refused.append(refused)

    def counts(self) -> dict[str, Any]:
        return {
            "certificates": self.certificates,
            "refused": self.refusals,
            "private_keys_left": dict(self.keys),
            "trust_stores": self.trust_stores,
            "authorities_in_trust_stores": self.counted_authorities,
        }

    def refusals_listed(self) -> list[dict[str, str]]:
        return [{"place": each.place, "reason": each.reason} for each in self.refused]
