"""The external issuers of the catalog, each with its connector."""

from dataclasses import dataclass, replace

from certctl.connectors.issuers import Factories, build_issuer
from certctl.connectors.issuers.base import ExternalIssuer, IssuerDependencies, UnkeptHealth
from certctl.domain.catalog.record_kinds import Kind
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.catalog.records import CatalogStore


@dataclass(frozen=True)
class ExternalIssuers:
    store: CatalogStore
    cached: CachedCatalog
    factories: Factories
    dependencies: IssuerDependencies

    def find(self, issuer_id: str) -> ExternalIssuer | None:
        """The issuer; None for one that is gone or disabled. Raises InvalidInput if its configuration cannot
        work."""
        entry = self.cached.find(Kind.ISSUER, issuer_id)
        if entry is None or not entry.content.enabled:
            return None
        return build_issuer(entry, self.factories, self.dependencies, self.store.kinds)

    def find_for_test(self, issuer_id: str) -> ExternalIssuer | None:
        """Read consistently, enabled or not; its contacts are not recorded. Raises InvalidInput as `find`."""
        entry = self.store.get(Kind.ISSUER, issuer_id)
        if entry is None or entry.is_deleting:
            return None
        dependencies = replace(self.dependencies, health=UnkeptHealth())
        return build_issuer(entry, self.factories, dependencies, self.store.kinds)
