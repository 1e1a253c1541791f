"""New endpoints and changes of them, as people ask for them."""

from dataclasses import dataclass
from ipaddress import ip_address

from certctl.domain.errors import FieldProblem, InvalidInput
from certctl.domain.inventory.endpoints.endpoints import (
    MAX_CERTIFICATES,
    PUBLIC,
    PUBLIC_PORTS,
    Endpoint,
    Expected,
)
from certctl.domain.inventory.endpoints.findings import Finding
from certctl.domain.inventory.endpoints.probes import Starttls
from certctl.domain.networks import is_public
from certctl.domain.urls import UrlMalformed, parse_host

_LARGEST_PORT = 65_535


@dataclass(frozen=True)
class Wanted:
    """What an endpoint should serve."""

    certificate_ids: tuple[str, ...] = ()
    expected: Expected | None = None
    """`version` is expected in place of None if there is a certificate, else `any_valid`."""
    expected_issuer: str = ""

    @property
    def expectation(self) -> Expected:
        return self.expected or (Expected.VERSION if self.certificate_ids else Expected.ANY_VALID)

    @property
    def problems(self) -> list[FieldProblem]:
        found = []
        if len(set(self.certificate_ids)) > MAX_CERTIFICATES:
            found.append(FieldProblem("certificate_ids", "are two at most: one with RSA, one with ECDSA"))
        if self.expectation is Expected.VERSION and not self.certificate_ids:
            found.append(FieldProblem("expected", "version needs a certificate"))
        if self.expectation is Expected.ISSUER and not (self.certificate_ids or self.expected_issuer):
            found.append(FieldProblem("expected_issuer", "is needed without a certificate"))
        return found


@dataclass(frozen=True)
class NewEndpoint:
    """An endpoint to create. `prober` is `public` or the id of an agent."""

    host: str
    port: int
    prober: str = PUBLIC
    server_name: str = ""
    starttls: Starttls | None = None
    team_id: str = ""
    owner_id: str = ""
    wanted: Wanted = Wanted()

    @property
    def problems(self) -> list[FieldProblem]:
        """What is wrong with it by itself."""
        return [
            *_host_problems("host", self.host),
            *self._name_problems(),
            *self._port_problems(),
            *self._reach(),
        ]

    def _name_problems(self) -> list[FieldProblem]:
        return _host_problems("server_name", self.server_name) if self.server_name else []

    def _port_problems(self) -> list[FieldProblem]:
        if not 1 <= self.port <= _LARGEST_PORT:
            return [FieldProblem("port", f"must lie between 1 and {_LARGEST_PORT}")]
        if self.prober == PUBLIC and self.port not in PUBLIC_PORTS:
            ports = ", ".join(map(str, sorted(PUBLIC_PORTS)))
            return [
                FieldProblem("port", f"the public prober connects to {ports}: another one needs an agent")
            ]
        return []

    def _reach(self) -> list[FieldProblem]:
        """An address that the public prober never sees. What a name resolves to is checked at each probe."""
        try:
            is_reached = self.prober != PUBLIC or is_public(ip_address(self.host.strip("[]")))
        except ValueError:
            return []
        return [] if is_reached else [FieldProblem("host", "is not public: it needs an agent as its prober")]

    def checked(self) -> "NewEndpoint":
        """Itself. Raises InvalidInput."""
        if found := [*self.problems, *self.wanted.problems]:
            raise InvalidInput("The endpoint was refused.", found)
        return self


@dataclass(frozen=True)
class EndpointFilter:
    """Each field limits the list if it is set."""

    team_id: str | None = None
    owner_id: str | None = None
    certificate_id: str | None = None
    finding: Finding | None = None
    has_findings: bool = False

    def matches(self, endpoint: Endpoint) -> bool:
        open_ = {each.finding for each in endpoint.open_findings}
        return (
            self.team_id in (None, endpoint.team_id)
            and self.owner_id in (None, endpoint.owner_id)
            and (self.certificate_id is None or self.certificate_id in endpoint.certificate_ids)
            and (self.finding is None or self.finding in open_)
            and (bool(open_) or not self.has_findings)
        )


def _host_problems(name: str, host: str) -> list[FieldProblem]:
    text = f"[{host}]" if ":" in host and not host.startswith("[") else host
    try:
        parse_host(text)
    except UrlMalformed as malformed:
        return [FieldProblem(name, str(malformed))]
    return []
