"""The registry: a type of external issuer to the factory of its connector."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from certctl.connectors.issuers.acme.issuer import acme_issuer
from certctl.connectors.issuers.base import ExternalIssuer, IssuerWorld
from certctl.domain.catalog.records import AnyEntry, IssuerType
from certctl.domain.errors import InvalidInput

Factory = Callable[[AnyEntry, IssuerWorld], ExternalIssuer]

FACTORIES: Mapping[IssuerType, Factory] = MappingProxyType({IssuerType.ACME: acme_issuer})


def build_issuer(entry: AnyEntry, world: IssuerWorld) -> ExternalIssuer:
    """Reads no secret and reaches nothing. Raises InvalidInput for a type without a connector, and for a
    configuration that cannot work."""
    factory = FACTORIES.get(entry.content.type)
    if factory is None:
        raise InvalidInput.of("type", f"no connector for {entry.content.type} issuers")
    return factory(entry, world)
