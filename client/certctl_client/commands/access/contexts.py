"""`certctl context`: the stacks that this user has signed in to. Keys are never shown."""

import os
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from certctl_client.cli.completion import completed_contexts
from certctl_client.commands.confirmation import confirm
from certctl_client.commands.options import Output, Yes
from certctl_client.contexts import Context, Contexts, change_contexts, config_path, load_contexts
from certctl_client.errors import ConfigurationError
from certctl_client.output import Detail, Format, Listing, say, show
from certctl_client.output.views import Column
from certctl_client.settings import CONTEXT_VARIABLE

app = typer.Typer(help="Contexts: the stacks that you have signed in to.", no_args_is_help=True)

_FIELDS = ("name", "current", "url", "ca_cert")
_COLUMNS: Mapping[str, Column] = {
    "NAME": "name",
    "CURRENT": lambda context: "yes" if context["current"] else "",
    "URL": "url",
    "CA CERTIFICATE": "ca_cert",
}

Name = Annotated[str, typer.Argument(metavar="NAME", autocompletion=completed_contexts)]


@app.command("list")
def list_contexts(output: Output = Format.TABLE) -> None:
    """The stored contexts, by name."""
    stored = load_contexts(os.environ)
    records = [_record(name, stored.contexts[name], stored) for name in sorted(stored.contexts)]
    show(Listing(records, _COLUMNS, _FIELDS, "name"), output)


@app.command("show")
def show_context(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", autocompletion=completed_contexts, help="Default: the current one."),
    ] = None,
    output: Output = Format.TABLE,
) -> None:
    """Show a context, without its key."""
    stored = load_contexts(os.environ)
    chosen = name or _chosen(stored)
    record = _record(chosen, stored.named(chosen), stored)
    show(
        Detail(
            {**record, **_defaults(stored.named(chosen)), "file": str(config_path(os.environ))}, key="name"
        ),
        output,
    )


@app.command("use")
def use_context(name: Name) -> None:
    """Make a context the current one, which commands use without --context."""
    change_contexts(os.environ, lambda stored: stored.using(name))
    say(f"The context {name} is in use.")


@app.command("set")
def set_defaults(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", autocompletion=completed_contexts, help="Default: the current one."),
    ] = None,
    team: Annotated[str | None, typer.Option(help="Id of the team of new certificates; '' for none.")] = None,
    profile: Annotated[str | None, typer.Option(help="Id of their profile; '' for none.")] = None,
    issuer: Annotated[str | None, typer.Option(help="Id of their issuer; '' for none.")] = None,
    domain: Annotated[
        str | None, typer.Option(help="What `certs create www` appends to the name; '' for nothing.")
    ] = None,
) -> None:
    """Set what `certs create` takes for options that are not given."""
    values = {"team": team, "profile": profile, "issuer": issuer, "domain": domain and domain.strip(".")}
    changes = {key: value for key, value in values.items() if value is not None}
    if not changes:
        raise ConfigurationError("There is nothing to set.", "Give an option, such as --team ID.")
    chosen = name or _chosen(load_contexts(os.environ))
    change_contexts(os.environ, lambda stored: stored.changed(chosen, **changes))
    say(f"The context {chosen} has new defaults: `certctl context show {chosen}`.")


@app.command("delete")
def delete_context(name: Name, yes: Yes = False) -> None:
    """Remove a context with its key from the file. The key stays valid: `certctl keys revoke` ends it."""
    load_contexts(os.environ).named(name)
    confirm(f"Remove the context {name}?", yes)
    change_contexts(os.environ, lambda stored: stored.without(name))
    say(f"The context {name} was removed.")


def _defaults(context: Context) -> dict[str, str | None]:
    return {key: getattr(context, key) or None for key in ("team", "profile", "issuer", "domain")}


def _chosen(stored: Contexts) -> str:
    return os.environ.get(CONTEXT_VARIABLE) or stored.current


def _record(name: str, context: Context, stored: Contexts) -> dict[str, Any]:
    """The current one is that of the environment, if it names one."""
    is_current = name == _chosen(stored)
    return {"name": name, "current": is_current, "url": context.url, "ca_cert": context.ca_cert or None}
