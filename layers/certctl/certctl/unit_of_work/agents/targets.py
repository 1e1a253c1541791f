"""The targets of a certificate that have an agent, according to the cached catalog."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from certctl.domain.catalog.record_kinds import Kind

if TYPE_CHECKING:
    from certctl.domain.catalog.entries import Entry
    from certctl.domain.catalog.records import Target
    from certctl.domain.certificates.certificates import Certificate
    from certctl.store.catalog.cache import CachedCatalog


@dataclass(frozen=True)
class AgentTargets:
    book: "CachedCatalog"

    def of(self, certificate: "Certificate") -> list["Entry[Target]"]:
        """The targets in the certificate's order, including disabled ones."""
        return self.find(certificate.target_ids)

    def find(self, target_ids: Sequence[str]) -> list["Entry[Target]"]:
        if not target_ids:
            return []
        places = [(Kind.TARGET, target_id) for target_id in target_ids]
        found = self.book.find_many(places)
        return [found[place] for place in places if place in found]

    def agent_of(self, certificate: "Certificate") -> str | None:
        """The agent of the certificate's targets; None if they have none, or more than one: then no agent
        makes the key."""
        agents = {target.content.agent_id for target in self.of(certificate)}
        return agents.pop() if len(agents) == 1 else None
