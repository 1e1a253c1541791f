"""`certctl login` and `logout`: URL and key, or a session, in a context of the configuration file."""

import os
import sys
from dataclasses import replace
from enum import Enum
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from certctl_client.api.resources import Stack
from certctl_client.contexts import (
    DEFAULT,
    Context,
    Contexts,
    change_contexts,
    checked_name,
    load_contexts,
)
from certctl_client.errors import CommandError, ConfigurationError, RequestFailed
from certctl_client.output import say
from certctl_client.plain_text import counted
from certctl_client.session import stack_of
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
_SESSION = "certctl_ses_"
_HAS_ENDED = 401
_OTHER_KEY = (
    "Nothing was stored. Sign in with a live key: an administrator makes one by `certctl keys create`."
)


class _Way(Enum):
    """A way to sign in. ANY: by the browser if the stack has a provider, else with a key."""

    KEY_STDIN = 1
    ASK_KEY = 2
    NO_BROWSER = 3
    ANY = 4


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
        bool, typer.Option("--key-stdin", help="Read an API key from standard input.")
    ] = False,
    ask_key: Annotated[
        bool, typer.Option("--ask-key", help="Ask for an API key, also where people sign in with a provider.")
    ] = False,
    no_browser: Annotated[
        bool,
        typer.Option(
            "--no-browser",
            help="Show the page's address and paste its code: for a computer without a browser. The session "
            "is never an administrator's.",
        ),
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
    """Sign in to a stack, and store its URL and the session or API key in the configuration file.

    Where people sign in with an identity provider, the browser opens and asks for your consent; the session
    lasts 12 hours. Elsewhere an API key is asked for. It is not an option: it would appear in the shell's
    history and in the list of processes.
    With --rule the token is that of the CI job: GitHub Actions, GitLab CI, a file, or else the AWS role.
    """
    name = checked_name(context or load_contexts(os.environ).current or DEFAULT)
    server, ca = checked_url(url or _prompted_url()), str(ca_cert.absolute()) if ca_cert else ""
    if rule is None and (token_file or audience):
        raise ConfigurationError("--token-file and --audience belong to --rule.")
    if rule:
        key = _exchanged(server, ca, rule, _token(server, token_file, audience))
    else:
        key = _of_person(server, ca, _way(key_stdin, ask_key, no_browser))
    settings = Settings(server, checked_key(key), ca)
    with stack_of(settings) as stack:
        _check(stack)
    entry = Context(settings.url, settings.api_key, settings.ca_cert)
    path = change_contexts(
        os.environ, lambda stored: stored.with_context(name, _with_defaults(stored, name, entry))
    )
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
    """End the session, and remove it from the configuration file.

    An API key is removed only, and stays valid: `certctl keys revoke` ends it.
    """
    stored = load_contexts(os.environ)
    name = context or stored.current or next(iter(stored.contexts), "")
    if not stored.contexts:
        return say("There is nothing to remove.")
    for ended in stored.contexts.values() if all_ else [stored.named(name)]:
        _end_session(ended)
    if all_:
        path = change_contexts(os.environ, lambda _: Contexts())
        return say(f"{path} was removed.")
    path = change_contexts(os.environ, lambda now: now.without(name))
    left = load_contexts(os.environ).contexts
    say(f"The context {name} was removed from {path}." if left else f"{path} was removed.")


def _with_defaults(stored: Contexts, name: str, entry: Context) -> Context:
    """The context with the defaults that it had, if it is of the same stack."""
    before = stored.contexts.get(name, Context())
    if before.url != entry.url:
        return entry
    return replace(before, url=entry.url, api_key=entry.api_key, ca_cert=entry.ca_cert)


def _way(key_stdin: bool, ask_key: bool, no_browser: bool) -> "_Way":
    """Raises ConfigurationError for two at once."""
    chosen = [way for way, given in zip(_Way, (key_stdin, ask_key, no_browser), strict=False) if given]
    if len(chosen) > 1:
        raise ConfigurationError("--key-stdin, --ask-key and --no-browser exclude one another.")
    return chosen[0] if chosen else _Way.ANY


def _of_person(server: str, ca: str, way: "_Way") -> str:
    if way in (_Way.KEY_STDIN, _Way.ASK_KEY):
        return _key(way is _Way.KEY_STDIN)
    from certctl_client.commands.access.browser_login import by_browser, by_pasting, has_providers

    if way is _Way.NO_BROWSER:
        return by_pasting(server, ca)
    if sys.stdin.isatty() and has_providers(server, ca):
        return by_browser(server, ca)
    return _key(False)


def _end_session(context: Context) -> None:
    """Ends the session if the server can be reached; otherwise the session expires by itself."""
    if not context.api_key.startswith(_SESSION):
        return
    try:
        with stack_of(Settings(checked_url(context.url), context.api_key, context.ca_cert)) as stack:
            stack.keys.end_session()
    except RequestFailed as refused:
        if refused.status != _HAS_ENDED:
            say(f"The session could not be ended: {refused.message} It ends within 12 hours.")
    except CommandError as error:
        say(f"The session could not be ended: {error.message} It ends within 12 hours.")


def _check(stack: Stack) -> None:
    """Lists keys, which every role may. A key without that permission (403) is valid too."""
    try:
        list(islice(stack.keys.all({"per_page": 1}), 1))
    except RequestFailed as refused:
        if refused.status == _HAS_ENDED:
            raise CommandError(refused.message, _OTHER_KEY, refused.code) from None
        if refused.status != 403:
            raise


def _token(server: str, file: Path | None, audience: str | None) -> str:
    from certctl_client.commands.access.job_tokens import job_token  # a rule alone needs it

    return job_token(os.environ, file, audience or server)


def _exchanged(server: str, ca: str, rule: str, token: str) -> str:
    with stack_of(Settings(server, "", ca)) as stack:
        exchanged = stack.keys.exchanged(rule, token)
    account, minutes = exchanged["service_account_id"], exchanged["expires_in"] // 60
    say(f"The trust rule {rule} admitted this job as {account}, for {counted(minutes, 'minute')}.")
    return exchanged["access_token"]


def _prompted_url() -> str:
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
