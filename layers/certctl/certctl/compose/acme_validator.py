"""Composes acme_validator, which connects to what strangers name."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl import config
from certctl.compose.rooms.base import DEPLOYED, Base, Overrides

if TYPE_CHECKING:
    from certctl.connectors.acme.validator import Validator
    from certctl.services.acme.validations import Validations


class AcmeValidator:
    def __init__(self, overrides: Overrides = DEPLOYED) -> None:
        self._base = Base(overrides)

    @cached_property
    def validations(self) -> "Validations":
        from certctl.services.acme.validations import Validations
        from certctl.store.acme.claims import AuthorizationClaims

        return Validations(AuthorizationClaims(self._base.database), self._validator, self._base.now)

    @property
    def _validator(self) -> "Validator":
        """Private networks are those of AcmeValidationCidrs alone, whatever AllowedPrivateCidrs opens to
        alerts: strangers name these hosts."""
        from certctl.connectors.acme.paths import Ports
        from certctl.connectors.acme.validator import Validator
        from certctl.connectors.address_guard import GuardPolicy
        from certctl.domain.acme.name_servers import name_servers

        settings = config.acme_validation()
        return Validator(
            policy=GuardPolicy.for_relying_party(settings.cidrs),
            servers=name_servers(settings.dns_servers),
            caa_identities=settings.caa_identities,
            ports=Ports(settings.http_port, settings.tls_port),
        )
