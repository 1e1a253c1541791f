"""`certctl audit`: list the trail, export it, and verify that it is intact."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from certctl_client.api.paths import Parameters, path_of
from certctl_client.api.responses import canonical_json
from certctl_client.api.schema import AuditEventView
from certctl_client.commands.audit import options
from certctl_client.commands.audit.actions import or_unknown_action
from certctl_client.commands.audit.options import filters
from certctl_client.commands.options import All, FactsOutput, Limit, OutFile, Output, first_of, per_page
from certctl_client.errors import CommandError
from certctl_client.exit_codes import ExitCode
from certctl_client.files import write_private
from certctl_client.output import Detail, Format, Listing, fields_of, say, show
from certctl_client.output.progress import Progress, progress_bar
from certctl_client.output.views import Column
from certctl_client.session import open_api

if TYPE_CHECKING:
    from certctl_client.api.transport import Api

app = typer.Typer(help="The audit trail: list, export, verify.", no_args_is_help=True)


def _credential_of(event: AuditEventView) -> str:
    """The id of the credential, or nothing for an event without one."""
    used = event["details"].get("credential")
    return str(used.get("id", "")) if isinstance(used, dict) else ""


def _sentence_of(event: AuditEventView) -> str:
    """What happened in words; a server of an earlier release sends none."""
    told = event.get("sentence")
    return str(told or f"{event['actor']} {event['action']} {event['resource_id']}")


_COLUMNS: Mapping[str, Column] = {
    "TIME": "timestamp",
    "WHAT": _sentence_of,
    "ACTOR": "actor",
    "CREDENTIAL": _credential_of,
    "RESOURCE": "resource_id",
    "TEAM": "team_id",
    "EVENT": "id",
}


@app.command("list")
def list_events(
    actor: options.Actor = None,
    actor_type: options.ActorType = None,
    action: options.Action = None,
    resource_type: options.ResourceType = None,
    resource_id: options.ResourceId = None,
    from_: options.From = None,
    to: options.To = None,
    since: options.Since = None,
    changes_only: options.ChangesOnly = False,
    kind: options.Kind = None,
    limit: Limit = 50,
    all_: All = False,
    output: Output = Format.TABLE,
) -> None:
    """Events in sentences, newest first. `-o csv --all` is for a spreadsheet."""
    query = filters(
        actor, actor_type, action, resource_type, resource_id, from_, to, since, changes_only, kind
    )
    with open_api() as api:
        found = api.records(path_of("audit"), {**query, "per_page": per_page(limit, all_)})
        events = or_unknown_action(found, action)
        show(Listing(first_of(events, limit, all_), _COLUMNS, fields_of(AuditEventView)), output)


@app.command("get")
def get_event(event_id: str, output: Output = Format.TABLE) -> None:
    """One event, as it was recorded."""
    with open_api() as api:
        show(Detail(api.read(path_of("audit", event_id))), output)


@app.command("head")
def show_head(out: OutFile = None, output: FactsOutput = Format.TABLE) -> None:
    """Show the newest signed head. Keep it in a safe place: it reveals a later truncation of the trail."""
    from certctl_client.export.seal_lists import newest_head, seq_of

    with open_api() as api:
        signed = newest_head(api)
    if out:
        write_private(out, canonical_json(signed) + b"\n")
        say(f"Head of seal {seq_of(signed)} written to {out}.")
        return
    show(Detail(signed if output is Format.JSON else signed["head"]), output)


@app.command("key")
def show_key(out: OutFile = None, output: FactsOutput = Format.TABLE) -> None:
    """Show the public key of the seals, and its SHA-256 for pinning."""
    with open_api() as api:
        pem = api.get(path_of("audit", "key")).content
    digest = _fingerprint(pem)
    if out:
        write_private(out, pem)
        say(f"Key with SHA-256 {digest} written to {out}.")
        return
    text = pem.decode()
    show(Detail({"key_sha256": digest, "pem": text}, f"{text.rstrip()}\nSHA-256 {digest}"), output)


@app.command("export")
def export(
    out: Annotated[Path, typer.Option(help="The directory to create.", file_okay=False)],
    actor: options.Actor = None,
    actor_type: options.ActorType = None,
    action: options.Action = None,
    resource_type: options.ResourceType = None,
    resource_id: options.ResourceId = None,
    from_: options.From = None,
    to: options.To = None,
    since: options.Since = None,
    changes_only: options.ChangesOnly = False,
    kind: options.Kind = None,
    heads_from: Annotated[
        int | None,
        typer.Option(min=1, help="With a filter: export heads from this seal on."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing export.")] = False,
) -> None:
    """Export all sealed events, or with a filter the matching events with proofs, for `audit verify`.

    Repeating the command continues an interrupted export of all events.
    """
    from certctl_client.export.directory import finished, prepare, refuse_existing

    query = filters(
        actor, actor_type, action, resource_type, resource_id, from_, to, since, changes_only, kind
    )
    if not force:
        refuse_existing(out)
    with open_api() as api, progress_bar() as progress, prepare(out) as partial:
        summary = _exported(api, partial, query, heads_from, progress)
        finished(partial, out)
    say(f"{summary} written to {out}.\nCheck it: certctl audit verify {out} --key KEY --head HEAD")


@app.command("verify")
def verify_bundle(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A directory that `audit export` wrote.")],
    key: options.KeyFile = None,
    key_sha256: options.KeySha256 = None,
    head: options.HeadFile = None,
    output: FactsOutput = Format.TABLE,
) -> None:
    """Check an export, offline: finds edited, missing, inserted and reordered events, and names the first.

    With --head it also finds a truncated tail. Exit code 0: intact, 4: not intact.
    """
    from certctl_client.trail.bundle import DirectoryBundle
    from certctl_client.trail.verify import verify

    trusted = options.trust(key, key_sha256, head)
    if not directory.is_dir():
        raise CommandError(
            f"{directory} is not a directory.", "Give a directory that `audit export` wrote.", ExitCode.USAGE
        )
    report = verify(DirectoryBundle(directory), trusted)
    show(Detail(report.view(), report.text()), output)
    raise typer.Exit(ExitCode.OK if report.is_intact else ExitCode.NOT_INTACT)


def _exported(
    api: "Api", partial: Path, query: Parameters, heads_from: int | None, progress: Progress
) -> str:
    from certctl_client.export.filtered import export_filtered
    from certctl_client.export.full import export_full

    if not query:
        return export_full(api, partial, progress).sentence()
    return export_filtered(api, partial, query, heads_from, progress).sentence()


def _fingerprint(pem: bytes) -> str:
    from certctl_client.trail.keys import NotASealKey, seal_key

    try:
        return seal_key(pem).sha256
    except NotASealKey as error:
        raise CommandError(f"The server's seal key cannot be used: {error}.") from None
