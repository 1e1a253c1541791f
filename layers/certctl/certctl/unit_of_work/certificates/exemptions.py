"""Which certificates may be renewed unchanged although their team may not have their names any more."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.policies.name_edits import effect_at_its_time
from certctl.store.catalog.records import CatalogStore
from certctl.store.policies.name_edits import NamesEditStore


@dataclass(frozen=True)
class NameExemptions:
    catalog: CatalogStore
    edits: NamesEditStore
    now: Callable[[], datetime]

    def cover(self, certificate: Certificate, team: AnyEntry) -> bool:
        """Whether a certificate that is refused keeps its names. Until the recorded work of an edit has
        marked its certificates, the edit itself decides: one query, and another if there is any."""
        now = self.now()
        if certificate.keeps_its_names(now):
            return True
        pending = self.edits.pending()
        recorded = [each for each in pending if each.exempts(now) and each.edit.may_affect(team.id)]
        if not recorded:
            return False
        listed, names = self.catalog.team_names.all(), {team.id: team.content.names}
        effects = (effect_at_its_time(each, pending, listed, names) for each in recorded)
        return any(effect.may_exempt(certificate) for effect in effects)
