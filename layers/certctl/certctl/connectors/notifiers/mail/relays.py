"""The mail server of a channel."""

from dataclasses import dataclass, field

from certctl.connectors.aws.secrets import Secrets
from certctl.domain.channels.kinds.definitions import SettingValues
from certctl.domain.channels.kinds.email import (
    Security,
    host_of,
    port_of,
    refuse_half_a_login,
    security_of,
)


@dataclass(frozen=True)
class Relay:
    """The server that accepts mail. Without `username` there is no login."""

    host: str
    port: int
    security: Security
    username: str
    password: str = field(repr=False)


def relay_of(settings: SettingValues, secrets: Secrets) -> Relay:
    """Raises InvalidInput for invalid settings, SecretUnavailable."""
    refuse_half_a_login(settings)
    reference = settings.get("password", "")
    password = secrets.read(reference, "channels") if reference else ""
    return Relay(
        host_of(settings), port_of(settings), security_of(settings), settings.get("username", ""), password
    )
