"""Which mail server a channel means, and how far away it may be for what it is to be told."""

from dataclasses import dataclass, field

from certctl.connectors.address_guard import PinnedHost, Reach
from certctl.connectors.mail_settings import (
    MAIL_PORTS,
    Security,
    Settings,
    host_of,
    port_of,
    refuse_half_a_login,
    security_of,
)
from certctl.connectors.secrets import Secrets
from certctl.domain.errors import InvalidInput


@dataclass(frozen=True)
class Relay:
    """Where to hand mail over. Without `username` nobody logs in."""

    host: str
    port: int
    security: Security
    username: str
    password: str = field(repr=False)


def relay_of(settings: Settings, secrets: Secrets) -> Relay:
    """Raises InvalidInput for settings that cannot be meant, SecretUnavailable."""
    refuse_half_a_login(settings)
    reference = settings.get("password", "")
    password = secrets.read(reference, "channels") if reference else ""
    return Relay(
        host_of(settings), port_of(settings), security_of(settings), settings.get("username", ""), password
    )


def refuse_exposure(relay: Relay, target: PinnedHost) -> None:
    """Other ports than mail's would make this a port scanner; without TLS anybody on the way reads along,
    and a password is not even shown to a network that was opened. On this machine all is open.
    Raises InvalidInput.
    """
    if target.reach is Reach.LOCAL:
        return
    if relay.port not in MAIL_PORTS:
        raise InvalidInput.of("port", f"must be one of {', '.join(map(str, MAIL_PORTS))}")
    if relay.security is not Security.NONE:
        return
    if target.reach is Reach.PUBLIC:
        raise InvalidInput.of("tls", "none is for private networks that are opened by CIDR")
    if relay.username:
        raise InvalidInput.of("tls", "a password is sent over TLS only")
