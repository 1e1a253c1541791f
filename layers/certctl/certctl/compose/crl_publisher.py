"""Composes crl_publisher: the CRLs of the issuing CAs."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl.compose.rooms.authorities import AuthorityFactories
from certctl.compose.rooms.base import DEPLOYED, Base, Overrides

if TYPE_CHECKING:
    from certctl.services.status.crl_ages import CrlAges
    from certctl.services.status.crl_publishing import CrlPublication


class CrlPublisher:
    def __init__(self, overrides: Overrides = DEPLOYED) -> None:
        self._base = Base(overrides)
        self._authorities = AuthorityFactories(self._base)

    @property
    def publishing(self) -> "CrlPublication":
        return self._authorities.crl_publishing

    @cached_property
    def ages(self) -> "CrlAges":
        from certctl.services.status.crl_ages import CrlAges

        return CrlAges(self._authorities.store, self._base.now)
