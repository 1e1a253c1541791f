"""One attempt to see a proof: 10 seconds of wall-clock time over lookups, connections and every byte."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from certctl.connectors.acme.caa import caa_refusal
from certctl.connectors.acme.dns_challenges import dns_outcome
from certctl.connectors.acme.http_challenges import http_outcome
from certctl.connectors.acme.paths import STANDARD_PORTS, Path, Ports, path_of
from certctl.connectors.acme.tls_alpn_challenges import tls_alpn_outcome
from certctl.connectors.address_guard import GuardPolicy
from certctl.connectors.http.timed_socket import Countdown
from certctl.domain.acme.challenges import Outcome, Proof, Refused
from certctl.domain.acme.eab_keys import ChallengeType
from certctl.domain.acme.name_servers import NameServer

DEADLINE_SECONDS = 10.0

_WAYS: Mapping[ChallengeType, Callable[[Proof, Path], Outcome]] = {
    ChallengeType.HTTP_01: http_outcome,
    ChallengeType.DNS_01: dns_outcome,
    ChallengeType.TLS_ALPN_01: tls_alpn_outcome,
}


@dataclass(frozen=True)
class Validator:
    """Without `caa_identities`, CAA records are not looked up."""

    policy: GuardPolicy
    servers: tuple[NameServer, ...] = ()
    caa_identities: tuple[str, ...] = ()
    ports: Ports = STANDARD_PORTS
    seconds: float = DEADLINE_SECONDS

    def outcome(self, proof: Proof) -> Outcome:
        """Never raises for what a server does."""
        path = path_of(Countdown(self.seconds, time.monotonic), self.servers, self.policy, self.ports)
        found = _WAYS[proof.type](proof, path)
        if isinstance(found, Refused):
            return found
        return caa_refusal(proof, path, self.caa_identities) or found
