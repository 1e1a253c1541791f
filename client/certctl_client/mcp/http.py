"""`certctl mcp --http`: streamable HTTP, on this machine only, for clients that have the token."""

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import AnyHttpUrl

from certctl_client.errors import ConfigurationError
from certctl_client.mcp.server import Guard

TOKEN_VARIABLE = "CERTCTL_MCP_TOKEN"  # noqa: S105 - the name of a variable
_SHORTEST_TOKEN = 20
_NAMES = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True)
class Address:
    """`host` is a loopback address, as it stands in a URL."""

    host: str
    port: int

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"


@dataclass(frozen=True)
class OneToken:
    """Accepts a single token. Comparing takes the same time whatever is sent."""

    token: str

    async def verify_token(self, token: str) -> AccessToken | None:
        if not hmac.compare_digest(token.encode(), self.token.encode()):
            return None
        return AccessToken(token=token, client_id="certctl-mcp", scopes=[])


def address_in(text: str) -> Address:
    """Parses `HOST:PORT`, or a port. Raises ConfigurationError for an address that other machines reach: the
    token and all answers would cross the network unencrypted."""
    host, _, port = text.rpartition(":")
    host = host or "127.0.0.1"
    if not (port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
        raise ConfigurationError(f"{text!r} is not HOST:PORT.", "For example: --http 127.0.0.1:8765")
    if not _is_loopback(host):
        raise ConfigurationError(
            f"{host} can be reached from other machines.",
            "Use 127.0.0.1, and a proxy with TLS before it that sends `Host: 127.0.0.1:PORT`.",
        )
    return Address(host, int(port))


def token_in(environment: Mapping[str, str]) -> tuple[str, bool]:
    """The token, and whether it was made now. Raises ConfigurationError for one that can be guessed."""
    given = environment.get(TOKEN_VARIABLE, "")
    if not given:
        return secrets.token_urlsafe(32), True
    if len(given) < _SHORTEST_TOKEN or not given.isascii() or not given.isprintable() or " " in given:
        raise ConfigurationError(
            f"{TOKEN_VARIABLE} must have at least {_SHORTEST_TOKEN} characters, without blanks.",
            "For example: openssl rand -hex 32",
        )
    return given, False


def guard_for(address: Address, token: str) -> Guard:
    """Every request needs the token. There is no OAuth server: the token is configured in the client."""
    settings = AuthSettings(
        issuer_url=AnyHttpUrl(address.url), resource_server_url=None, validate_token_resource=False
    )
    return Guard(settings, OneToken(token))


def serve_http(
    make: Callable[[Guard], MCPServer], where: str, environment: Mapping[str, str], say: Callable[[str], None]
) -> None:
    """Serves until Ctrl-C. Raises ConfigurationError for an address or a token that is not safe."""
    address, (token, is_new) = address_in(where), token_in(environment)
    server = make(guard_for(address, token))
    say(f"Serving MCP on {address.url}/mcp; Ctrl-C ends it.")
    if is_new:
        say(f"Token of this run ({TOKEN_VARIABLE} sets one): Authorization: Bearer {token}")
    server.run(
        "streamable-http",
        host=address.host.strip("[]"),
        port=address.port,
        **options_of(address),
    )


def options_of(address: Address) -> dict[str, Any]:
    """Options of the transport: no sessions, which a restart would end, and no streams: each answer is
    one."""
    return {"json_response": True, "stateless_http": True, "transport_security": _security_of(address)}


def _security_of(address: Address) -> TransportSecuritySettings:
    """Refuses pages of other origins, and names that only resolve to this machine (DNS rebinding)."""
    hosts = [f"{name}:{address.port}" for name in dict.fromkeys((address.host, *_NAMES))]
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=hosts,
        allowed_origins=[f"http://{host}" for host in hosts],
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
