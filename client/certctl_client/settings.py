"""The server and the key of a command: options and environment variables, else a context of the file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from certctl_client.contexts import Context, Contexts, load_contexts
from certctl_client.errors import ConfigurationError

URL_VARIABLE = "CERTCTL_URL"
KEY_VARIABLE = "CERTCTL_API_KEY"
CONTEXT_VARIABLE = "CERTCTL_CONTEXT"
CA_VARIABLE = "CERTCTL_CA_CERT"
DEBUG_VARIABLE = "CERTCTL_DEBUG"
OUTPUT_VARIABLE = "CERTCTL_OUTPUT"


@dataclass(frozen=True)
class Settings:
    """`url` is the base without `/api/v1`. `ca_cert` is a PEM file with further CAs to trust, or empty. The
    key never shows in a repr. With `debug` each request is shown."""

    url: str
    api_key: str = field(repr=False)
    ca_cert: str = ""
    debug: bool = False


def load_settings(environment: Mapping[str, str]) -> Settings:
    """Loads URL and key; a variable of the environment overrides the context. Raises
    ConfigurationError."""
    context = _context_in(environment)
    url = _url(environment, context)
    key = environment.get(KEY_VARIABLE) or _key_for(url, context)
    if not key:
        raise ConfigurationError("No API key is set.", f"Run `certctl login`, or set {KEY_VARIABLE}.")
    ca_cert, debug = environment.get(CA_VARIABLE) or context.ca_cert, bool(environment.get(DEBUG_VARIABLE))
    return Settings(url, checked_key(key), ca_cert, debug)


def load_url(environment: Mapping[str, str]) -> str:
    """Loads the URL alone, for public endpoints that need no key. Raises ConfigurationError."""
    return _url(environment, _context_in(environment))


def load_defaults(environment: Mapping[str, str]) -> Context:
    """The context in use, for the defaults of new certificates. Raises ConfigurationError."""
    return _context_in(environment)


def load_ca_cert(environment: Mapping[str, str]) -> str:
    """The path of the PEM file with further CAs to trust, or an empty text. Raises ConfigurationError."""
    return environment.get(CA_VARIABLE) or _context_in(environment).ca_cert


def _context_in(environment: Mapping[str, str]) -> Context:
    """The chosen context, else the one of the chosen URL, else the current one."""
    if environment.get(URL_VARIABLE) and environment.get(KEY_VARIABLE):
        return Context()  # nothing is needed of the file, which need not be readable
    stored = load_contexts(environment)
    if name := environment.get(CONTEXT_VARIABLE):
        return stored.named(name)
    return _of_url(environment.get(URL_VARIABLE, ""), stored) or stored.contexts.get(
        stored.current, Context()
    )


def _of_url(url: str, stored: Contexts) -> Context | None:
    return next((each for each in stored.contexts.values() if url and _same(each.url, url)), None)


def _same(url: str, other: str) -> bool:
    return _base(url) == _base(other)


def _key_for(url: str, context: Context) -> str:
    """A key is sent to the server that it was stored for, and to no other. Raises ConfigurationError."""
    if context.api_key and context.url and not _same(context.url, url):
        raise ConfigurationError(
            f"No key is stored for {url}.",
            f"Run `certctl login --url {url} --context NAME`, or set {KEY_VARIABLE}.",
        )
    return context.api_key


def _url(environment: Mapping[str, str], context: Context) -> str:
    url = environment.get(URL_VARIABLE) or context.url
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
    return _base(url)


def _base(url: str) -> str:
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
