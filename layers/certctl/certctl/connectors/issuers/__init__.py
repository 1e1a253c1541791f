"""Connectors of external issuers: each kind has a factory, which the composition puts into a table."""

from collections.abc import Callable, Mapping

from certctl.connectors.issuers.base import ExternalIssuer, IssuerDependencies
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.kinds import CatalogKinds
from certctl.domain.catalog.validation import problems_of
from certctl.domain.errors import InvalidInput

Factory = Callable[[AnyEntry, IssuerDependencies], ExternalIssuer]
Factories = Mapping[str, Factory]
"""Factories of issuers, by type of issuer."""


def build_issuer(
    entry: AnyEntry, factories: Factories, dependencies: IssuerDependencies, kinds: CatalogKinds
) -> ExternalIssuer:
    """Reads no secret and reaches nothing. Raises InvalidInput for a type without a connector, and for a
    configuration that cannot work."""
    factory = factories.get(entry.content.type)
    if factory is None:
        raise InvalidInput.of("type", f"no connector for {entry.content.type} issuers")
    problems = problems_of(entry, dependencies.stack, kinds)
    if problems:
        raise InvalidInput(f"The configuration of the issuer {entry.id} is refused.", problems)
    return factory(entry, dependencies)
