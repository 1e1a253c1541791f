"""`certctl login` and `logout`: URL and key in a context of the configuration file."""

import os
import sys
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from certctl_client.api import Api
from certctl_client.api.resources import Stack
from certctl_client.contexts import (
    DEFAULT,
    Context,
    Contexts,
    change_contexts,
    checked_name,
    load_contexts,
)
from certctl_client.errors import ConfigurationError, RequestFailed
from certctl_client.output import say
from certctl_client.settings import (
    CA_VARIABLE,
    CONTEXT_VARIABLE,
    KEY_VARIABLE,
    URL_VARIABLE,
    Settings,
    checked_key,
    checked_url,
)

_LONGEST_KEY = 1024


def login(
    url: Annotated[str | None, typer.Option(envvar=URL_VARIABLE, help="https://certctl.example.com")] = None,
    context: Annotated[
        str | None,
        typer.Option(
            envvar=CONTEXT_VARIABLE,
            help="Store them under this name, beside those of other stacks; default: the current context.",
        ),
    ] = None,
    ca_cert: Annotated[
        Path | None,
        typer.Option(
            "--ca-cert",
            envvar=CA_VARIABLE,
            dir_okay=False,
            help="PEM file of the private CA that issued the server's certificate; stored, too.",
        ),
    ] = None,
    key_stdin: Annotated[
        bool, typer.Option("--key-stdin", help="Read the key from standard input instead of asking.")
    ] = False,
    rule: Annotated[
        str | None,
        typer.Option(
            help="Id of a trust rule: exchange the token of this CI job, pod or role for a credential of "
            "minutes. Needs no stored key."
        ),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option("--token-file", dir_okay=False, help="With --rule: the file that has the token."),
    ] = None,
    audience: Annotated[
        str | None, typer.Option(help="With --rule: the aud of the token; default: the server's URL.")
    ] = None,
) -> None:
    """Store URL and API key in the configuration file, once the server has accepted the key.

    The key is not an option: it would appear in the shell's history and in the list of processes.
    With --rule the token is that of the CI job: GitHub Actions, GitLab CI, a file, or else the AWS role.
    """
    name = checked_name(context or load_contexts(os.environ).current or DEFAULT)
    server, ca = checked_url(url or _asked_url()), str(ca_cert.absolute()) if ca_cert else ""
    if rule is None and (token_file or audience):
        raise ConfigurationError("--token-file and --audience belong to --rule.")
    key = _exchanged(server, ca, rule, _token(server, token_file, audience)) if rule else _key(key_stdin)
    settings = Settings(server, checked_key(key), ca)
    with Api(settings) as api:
        _check(Stack(api))
    entry = Context(settings.url, settings.api_key, settings.ca_cert)
    path = change_contexts(os.environ, lambda stored: stored.with_context(name, entry))
    stored_as = "" if name == DEFAULT else f" as the context {name}"
    say(f"Signed in to {settings.url}. URL and key are stored in {path}{stored_as}.")
    for variable in (URL_VARIABLE, KEY_VARIABLE):
        if os.environ.get(variable):
            say(f"{variable} is set and overrides the file.")


def logout(
    context: Annotated[
        str | None, typer.Option(envvar=CONTEXT_VARIABLE, help="Default: the current context.")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every context, and the file.")] = False,
) -> None:
    """Remove URL and key from the configuration file. The key stays valid: `certctl keys revoke` ends it."""
    stored = load_contexts(os.environ)
    name = context or stored.current or next(iter(stored.contexts), "")
    if not stored.contexts:
        return say("There is nothing to remove.")
    if all_:
        path = change_contexts(os.environ, lambda _: Contexts())
        return say(f"{path} was removed.")
    path = change_contexts(os.environ, lambda now: now.without(name))
    left = load_contexts(os.environ).contexts
    say(f"The context {name} was removed from {path}." if left else f"{path} was removed.")


def _check(stack: Stack) -> None:
    """Lists keys, which every role may. A key without that permission (403) is valid too."""
    try:
        list(islice(stack.keys.all({"per_page": 1}), 1))
    except RequestFailed as refused:
        if refused.status != 403:
            raise


def _token(server: str, file: Path | None, audience: str | None) -> str:
    from certctl_client.commands.access.job_tokens import job_token  # a rule alone needs it

    return job_token(os.environ, file, audience or server)


def _exchanged(server: str, ca: str, rule: str, token: str) -> str:
    with Api(Settings(server, "", ca)) as api:
        exchanged = Stack(api).keys.exchanged(rule, token)
    account, minutes = exchanged["service_account_id"], exchanged["expires_in"] // 60
    say(f"The trust rule {rule} admitted this job as {account}, for {minutes} minutes.")
    return exchanged["access_token"]


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
