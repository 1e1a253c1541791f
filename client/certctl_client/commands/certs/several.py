"""Commands that change several certificates, one request for each, with the result of each."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from certctl_client.errors import CommandError, ConfigurationError
from certctl_client.files import read_bounded
from certctl_client.output import Format, Listing, show
from certctl_client.output.progress import progress_bar

MOST_IDS = 1000
_FILE_LIMIT = 1024 * 1024
_COLUMNS = {"ID": "certificate_id", "RESULT": "result", "JOB": "job_id", "ERROR": "error"}
_FIELDS = ["certificate_id", "result", "job_id", "error"]

Ids = Annotated[list[str] | None, typer.Option("--id", help="Id of a certificate. Repeatable.")]
IdsFile = Annotated[
    Path | None, typer.Option("--ids-from", help="A file with ids, one a line.", dir_okay=False)
]
CertificateIds = Annotated[
    list[str] | None, typer.Argument(metavar="ID...", help="As `certctl certs list` shows them.")
]


def named(ids: Sequence[str], file: Path | None) -> list[str]:
    """The given ids, each once, in order. Raises ConfigurationError for a file without ids, and for too
    many."""
    lines = read_bounded(file, _FILE_LIMIT).decode(errors="replace").splitlines() if file else []
    found = list(dict.fromkeys([*ids, *(line.strip() for line in lines if line.strip())]))
    if file and not found:
        raise ConfigurationError(f"{file} contains no ids.", "Write one id a line.")
    if len(found) > MOST_IDS:
        raise ConfigurationError(f"{len(found)} ids are more than {MOST_IDS}.", "Split the list.")
    return found


def required(ids: Sequence[str] | None, file: Path | None) -> list[str]:
    """The given ids. Raises ConfigurationError if there are none."""
    found = named(ids or (), file)
    if not found:
        raise ConfigurationError("No certificate is given.", "Give ids, or --ids-from FILE.")
    return found


def change_each(ids: Sequence[str], act: Callable[[str], str | None], done: str, output: Format) -> None:
    """Shows the result of each; a refusal of one stops no other. `act` returns the id of the job that it
    started, if any. Raises CommandError if one failed."""
    results = []
    with progress_bar() as progress:
        for number, certificate_id in enumerate(ids, 1):
            results.append(_result(certificate_id, act, done))
            progress("certificates", number, len(ids))
    show(Listing(results, _COLUMNS, _FIELDS, "certificate_id"), output)
    failed = sum(result["result"] == "failed" for result in results)
    if failed:
        raise CommandError(f"{failed} of {len(ids)} failed.", "Standard output has the reason of each.")


def _result(certificate_id: str, act: Callable[[str], str | None], done: str) -> dict[str, str | None]:
    result: dict[str, str | None] = {"certificate_id": certificate_id, "job_id": None, "error": None}
    try:
        return {**result, "result": done, "job_id": act(certificate_id)}
    except CommandError as refused:
        return {**result, "result": "failed", "error": refused.message}
