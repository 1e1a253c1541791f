"""`certctl inventory import`: certificates from where they lie."""

import socket
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from certctl_client.api.schema import ImportBody, ImportView
from certctl_client.commands.options import Output, Team
from certctl_client.exit_codes import ExitCode
from certctl_client.output import Detail, Format, Listing, Sections, say, show
from certctl_client.output.progress import progress_bar
from certctl_client.output.views import Column
from certctl_client.plain_text import counted
from certctl_client.session import open_stack

if TYPE_CHECKING:
    from certctl_client.importing.sources import Sources
    from certctl_client.importing.tally import Tally

_FOUND: Mapping[str, Column] = {
    "PLACE": "place",
    "FINGERPRINT": "fingerprint",
    "CHAIN": "chain",
    "RENEWED BY": "renewed_by",
}
_REFUSED: Mapping[str, Column] = {"PLACE": "place", "REASON": "reason"}


def import_certificates(
    places: Annotated[
        list[Path], typer.Argument(metavar="DIR|FILE|-", help="What to import; - is standard input.")
    ],
    name: Annotated[
        str | None,
        typer.Option(
            help="What the places belong to: later imports under it update them. Default: the host's name."
        ),
    ] = None,
    team: Team = None,
    password_file: Annotated[
        Path | None,
        typer.Option(
            help="Passwords of PKCS #12 files, one a line; mode 0600. Default: asked for.", dir_okay=False
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List what would be sent, and send nothing.")
    ] = False,
    resume: Annotated[
        str | None, typer.Option(metavar="ID", help="Continue this import, which was interrupted.")
    ] = None,
    output: Output = Format.TABLE,
) -> None:
    """Import certificates from directories, files or standard input. Private keys stay where they are.

    Reads PEM, DER, PKCS #7, PKCS #12, Java keystores, acme.json of Traefik, and secrets of Kubernetes as JSON
    or YAML. In directories of certbot, acme.sh, dehydrated, lego and Caddy it notes who renews. What has
    arrived is not written again. Exit code 1: something was refused, or nothing was found.
    """
    from certctl_client.importing.scanning import Scan  # loads cryptography
    from certctl_client.importing.sources import Sources, passwords_from

    sources = Sources(places, Scan(passwords_from(password_file, _asked)))
    if dry_run:
        show(Listing(_listed(sources), _FOUND, key="place"), output)
        _say_refusals(sources.tally)
    else:
        body: ImportBody = {"name": name or socket.gethostname()}
        show(
            _view(_sent(sources, {**body, "team_id": team} if team else body, resume), sources.tally), output
        )
    say(_summary(sources))
    if sources.tally.refusals or not sources.tally.certificates:
        raise typer.Exit(ExitCode.FAILED)


def _sent(sources: "Sources", body: ImportBody, resume: str | None) -> ImportView:
    from certctl_client.importing.sending import Sender

    with open_stack() as stack, progress_bar() as progress:
        inventory = stack.inventory
        begun = inventory.get_import(resume) if resume else inventory.begin_import(body)
        return Sender(inventory, sources, progress).send_all(begun)


def _listed(sources: "Sources") -> Iterator[dict[str, Any]]:
    from hashlib import sha256

    for each in sources.found():
        yield {
            "place": each.place,
            "fingerprint": sha256(each.certificate).hexdigest(),
            "chain": len(each.chain),
            "renewed_by": each.renewed_by,
        }


def _view(record: ImportView, tally: "Tally") -> Sections | Detail:
    """The import with what the client left out, and the refusals of both."""
    found = {**record, **tally.counts(), "refusals": tally.refusals_listed()}
    facts = {key: value for key, value in found.items() if key != "refusals"}
    parts: list[tuple[str, Listing | Detail]] = [("Import", Detail(facts))]
    if tally.refusals:
        parts.append(("Refused", Listing(tally.refusals_listed(), _REFUSED, key="place")))
    return Sections(found, parts)


def _say_refusals(tally: "Tally") -> None:
    for each in tally.refused:
        say(f"{each.place}: {each.reason}")


def _summary(sources: "Sources") -> str:
    """Counts what was read and what was left, in a sentence."""
    tally, scan = sources.tally, sources.scan
    keys = sum(tally.keys.values())
    kinds = f" ({', '.join(sorted(tally.keys))})" if keys else ""
    parts = [
        f"{counted(scan.files, 'file')} read",
        f"{counted(tally.certificates, 'certificate')} found",
        f"{counted(tally.refusals, 'refusal')}",
        f"{counted(keys, 'private key')} left where {'it is' if keys == 1 else 'they are'}{kinds}",
    ]
    if tally.trust_stores:
        parts.append(f"{counted(tally.trust_stores, 'trust store')} only counted")
    return f"{', '.join(parts)}."


def _asked() -> str:
    """Asks for a password on a terminal; elsewhere there is none."""
    if not sys.stdin.isatty():
        return ""
    return str(typer.prompt("Password of PKCS #12 files", hide_input=True, default="", err=True))
