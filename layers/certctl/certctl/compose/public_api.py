"""Composes public_api, which anyone may call: it may not read credentials."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl.compose.rooms.api import ApiFactories
from certctl.compose.rooms.base import DEPLOYED, Base, Overrides

if TYPE_CHECKING:
    from certctl.api.edge import Edge
    from certctl.api.resolver import ApiServices
    from certctl.services.status.serials import SerialStatuses
    from certctl.store.authorities.authorities import AuthorityStore
    from certctl.store.issuing.acme import AcmeStore


class PublicAccess:
    """The edge of a function without keys."""

    def __init__(self, base: Base) -> None:
        self._api = ApiFactories(base)

    @property
    def edge(self) -> "Edge":
        return self._api.edge

    @cached_property
    def api_services(self) -> "ApiServices":
        return self._api.services(None)


class PublicApi:
    def __init__(self, overrides: Overrides = DEPLOYED) -> None:
        self._base = Base(overrides)
        self.access = PublicAccess(self._base)

    @cached_property
    def authorities(self) -> "AuthorityStore":
        from certctl.store.authorities.authorities import AuthorityStore

        return AuthorityStore(self._base.database)

    @cached_property
    def acme(self) -> "AcmeStore":
        from certctl.store.issuing.acme import AcmeStore

        return AcmeStore(self._base.database, self._base.now)

    @cached_property
    def serial_statuses(self) -> "SerialStatuses":
        from certctl.services.status.serials import SerialStatuses
        from certctl.store.issuing.serials import SerialStore
        from certctl.store.revocation.revocations import RevocationStore

        database = self._base.database
        serials, revocations = SerialStore(database), RevocationStore(database)
        return SerialStatuses(self.authorities, serials, revocations, self._base.now)
