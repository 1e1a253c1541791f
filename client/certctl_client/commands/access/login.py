"""`certctl login` and `logout`: URL and key in the configuration file."""

import os
import sys
from itertools import islice
from typing import Annotated

import typer

from certctl_client.api import Api
from certctl_client.api.resources import Stack
from certctl_client.errors import CommandError, ConfigurationError, RequestFailed
from certctl_client.output import say
from certctl_client.settings import (
    KEY_VARIABLE,
    URL_VARIABLE,
    Settings,
    checked_key,
    checked_url,
    config_path,
    store_settings,
)

_LONGEST_KEY = 1024


def login(
    url: Annotated[str | None, typer.Option(envvar=URL_VARIABLE, help="https://certctl.example.com")] = None,
    key_stdin: Annotated[
        bool, typer.Option("--key-stdin", help="Read the key from standard input instead of asking.")
    ] = False,
) -> None:
    """Store URL and API key in the configuration file, once the server has accepted the key.

    The key is not an option: it would appear in the shell's history and in the list of processes.
    """
    settings = Settings(checked_url(url or _asked_url()), checked_key(_key(key_stdin)))
    with Api(settings) as api:
        _check(Stack(api))
    path = store_settings(os.environ, settings)
    say(f"Signed in to {settings.url}. URL and key are stored in {path}.")
    for variable in (URL_VARIABLE, KEY_VARIABLE):
        if os.environ.get(variable):
            say(f"{variable} is set and overrides the file.")


def logout() -> None:
    """Remove the configuration file. The key stays valid: `certctl keys revoke` ends it."""
    path = config_path(os.environ)
    try:
        path.unlink()
    except FileNotFoundError:
        return say("There is nothing to remove.")
    except OSError as error:
        raise CommandError(f"{path} cannot be removed: {error.strerror}.") from None
    say(f"{path} was removed.")


def _check(stack: Stack) -> None:
    """Lists keys, which every role may. A key without that permission (403) is valid too."""
    try:
        list(islice(stack.keys.all({"per_page": 1}), 1))
    except RequestFailed as refused:
        if refused.status != 403:
            raise


def _asked_url() -> str:
    _require_person("--url URL")
    return str(typer.prompt("URL", err=True)).strip()


def _key(from_stdin: bool) -> str:
    if from_stdin:
        return _nonempty(sys.stdin.readline(_LONGEST_KEY).strip())
    _require_person("--key-stdin")
    return _nonempty(str(typer.prompt("API key", hide_input=True, err=True)).strip())


def _nonempty(key: str) -> str:
    if not key:
        raise ConfigurationError("No key was given.", "It starts with certctl_.")
    return key


def _require_person(instead: str) -> None:
    if not sys.stdin.isatty():
        raise ConfigurationError("There is no terminal to ask for it.", f"Use {instead}.")
