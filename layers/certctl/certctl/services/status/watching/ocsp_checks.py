"""Whether the OCSP URL of a CA answers in public: asked before certificates name it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from certctl.connectors.ocsp_host import OcspHost
from certctl.connectors.relying_party import RelyingParty
from certctl.domain.errors import InvalidInput
from certctl.store.authorities.authorities import AuthorityStore


@dataclass(frozen=True)
class OcspChecks:
    authorities: AuthorityStore
    party: RelyingParty
    now: Callable[[], datetime]

    @cached_property
    def _host(self) -> OcspHost:
        return OcspHost(self.party, self.now)

    def fault(self, ca_id: str, serial: str) -> str | None:
        """Why a relying party gets no valid answer that the CA issued `serial`, in hex; None if it gets one.
        Raises InvalidInput, Unavailable."""
        authority = self.authorities.get(ca_id)
        if authority is None:
            raise InvalidInput.of("ca_id", "is no CA of this stack")
        try:
            return self._host.fault(authority, serial)
        except ValueError as error:
            raise InvalidInput.of("serial", "must be a serial number in hex") from error
