"""What records certificates that were found, for those who report places and for those who probe."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl.compose.rooms.catalog import CatalogFactories

if TYPE_CHECKING:
    from certctl.compose.rooms.base import Base
    from certctl.unit_of_work.inventory.recording import Recorder


class RecordingFactories:
    def __init__(self, base: "Base") -> None:
        self._base = base
        self._catalog = CatalogFactories(base)

    @cached_property
    def recorder(self) -> "Recorder":
        from certctl.store.authorities.authorities import AuthorityStore
        from certctl.store.certificates.certificates import CertificateStore
        from certctl.store.inventory.known_versions import KnownVersions
        from certctl.store.inventory.observed import ObservedStore
        from certctl.store.issuing.serials import SerialStore
        from certctl.unit_of_work.inventory.belongings import Belongings
        from certctl.unit_of_work.inventory.issuances import Issuances
        from certctl.unit_of_work.inventory.newcomers import Newcomers
        from certctl.unit_of_work.inventory.recording import Recorder

        database = self._base.database
        versions, records = KnownVersions(database), CertificateStore(database)
        belongings = Belongings(
            ObservedStore(database), versions, records, lambda: self._catalog.cached.names()
        )
        issuances = Issuances(SerialStore(database), records)
        newcomers = Newcomers(AuthorityStore(database), issuances, versions, belongings)
        return Recorder(database, newcomers)
