"""The server's URL and the API key: CERTCTL_URL and CERTCTL_API_KEY, else the configuration file."""

import json
import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from certctl_client.errors import ConfigurationError
from certctl_client.files import replace_file

URL_VARIABLE = "CERTCTL_URL"
KEY_VARIABLE = "CERTCTL_API_KEY"
_FILE_LIMIT = 65536


@dataclass(frozen=True)
class Settings:
    """`url` is the base without `/api/v1`. The key never shows in a repr."""

    url: str
    api_key: str = field(repr=False)


def config_path(environment: Mapping[str, str]) -> Path:
    """`$CERTCTL_CONFIG`, else `certctl/config.toml` in `$XDG_CONFIG_HOME` or `~/.config`."""
    if chosen := environment.get("CERTCTL_CONFIG"):
        return Path(chosen).expanduser()
    base = environment.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "certctl" / "config.toml"


def load_settings(environment: Mapping[str, str]) -> Settings:
    """Loads URL and key; each variable of the environment overrides the file. Raises ConfigurationError."""
    stored = _stored(config_path(environment))
    url = _url(environment, stored)
    key = environment.get(KEY_VARIABLE) or stored.get("api_key", "")
    if not key:
        raise ConfigurationError("No API key is set.", f"Run `certctl login`, or set {KEY_VARIABLE}.")
    return Settings(url, checked_key(key))


def load_url(environment: Mapping[str, str]) -> str:
    """Loads the URL alone, for public endpoints that need no key. Raises ConfigurationError."""
    return _url(environment, _stored(config_path(environment)))


def store_settings(environment: Mapping[str, str], settings: Settings) -> Path:
    """Writes the configuration file with mode 0600. Raises CommandError."""
    path = config_path(environment)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"{path.parent} cannot be made: {error.strerror}.") from None
    # both are printable ASCII, whose JSON strings are valid TOML
    lines = (f"{name} = {json.dumps(value)}\n" for name, value in _values_of(settings).items())
    replace_file(path, "".join(lines).encode(), 0o600)
    return path


def _values_of(settings: Settings) -> dict[str, str]:
    return {"url": settings.url, "api_key": settings.api_key}


def _url(environment: Mapping[str, str], stored: Mapping[str, str]) -> str:
    url = environment.get(URL_VARIABLE) or stored.get("url", "")
    if not url:
        raise ConfigurationError(
            "No server is set.",
            f"Run `certctl login`, or set {URL_VARIABLE}, e.g. https://certctl.example.com",
        )
    return checked_url(url)


def checked_url(url: str) -> str:
    """Accepts https, and http to this machine: each request carries the key. Raises ConfigurationError."""
    advice = f"{URL_VARIABLE} must be like https://certctl.example.com (http only for this machine)."
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ConfigurationError("The server's URL cannot be read.", advice) from None
    if not url.isascii() or not url.isprintable():
        raise ConfigurationError("The server's URL has invalid characters.", advice)
    if not host or parts.username or parts.query or parts.fragment:
        raise ConfigurationError("The server's URL is not a base URL.", advice)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_this_machine(host)):
        raise ConfigurationError("The server's URL would send the key unencrypted.", advice)
    return url.rstrip("/").removesuffix("/api/v1")


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def checked_key(key: str) -> str:
    """Raises ConfigurationError."""
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigurationError("The API key has invalid characters.", f"Check {KEY_VARIABLE}.")
    return key


def _stored(path: Path) -> dict[str, str]:
    try:
        with path.open("rb") as file:
            _refuse_readable_by_others(os.fstat(file.fileno()), path)
            values = tomllib.loads(file.read(_FILE_LIMIT).decode())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError:
        raise ConfigurationError(f"{path} is not TOML.", "Correct or remove it.") from None
    return _texts(values)


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in values.items() if isinstance(value, str)}


def _refuse_readable_by_others(status: os.stat_result, path: Path) -> None:
    if os.name == "posix" and stat.S_IMODE(status.st_mode) & 0o077:
        raise ConfigurationError(f"{path} holds a key and others may read it.", f"chmod 600 {path}")
