"""Whether the OCSP URL of a CA answers in public: asked before certificates name it."""

from collections.abc import Callable
from datetime import datetime

from certctl.connectors.ocsp_host import OcspHost
from certctl.connectors.relying_party import RelyingParty
from certctl.domain.errors import InvalidInput
from certctl.store.authorities.authorities import AuthorityStore


class OcspChecks:
    def __init__(self, authorities: AuthorityStore, party: RelyingParty, now: Callable[[], datetime]) -> None:
        self._authorities = authorities
        self._host = OcspHost(party, now)

    def fault(self, ca_id: str, serial: str) -> str | None:
        """Why a relying party gets no valid answer that the CA issued `serial`, in hex; None if it gets one.
        Raises InvalidInput, Unavailable."""
        authority = self._authorities.get(ca_id)
        if authority is None:
            raise InvalidInput.of("ca_id", "is no CA of this stack")
        try:
            return self._host.fault(authority, serial)
        except ValueError as error:
            raise InvalidInput.of("serial", "must be a serial number in hex") from error
