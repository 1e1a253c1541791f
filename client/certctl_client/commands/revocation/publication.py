"""`certctl revocation`: where relying parties can see that a certificate is revoked, and since when."""

import time
from collections.abc import Callable
from typing import Annotated, Any

import typer

from certctl_client.api.resources import Stack
from certctl_client.api.schema import RevocationPublicationView
from certctl_client.commands.options import Output
from certctl_client.errors import CommandError
from certctl_client.exit_codes import ExitCode
from certctl_client.output import Detail, Format, show
from certctl_client.session import open_stack

app = typer.Typer(help="Who sees a revocation, since when.", no_args_is_help=True)

_INTERVAL_SECONDS = 1.0
_LOOKS = 180
"""With a second between: later than an alert."""


@app.callback()
def _group() -> None:
    """A group, although it has one command."""


@app.command()
def status(
    certificate_id: Annotated[str, typer.Argument(metavar="ID", help="As `certctl certs list` shows it.")],
    output: Output = Format.TABLE,
) -> None:
    """Show the CRL that lists a revoked certificate, and when a relying party first saw it.

    Exit code 3 if the certificate is neither revoked nor on hold.
    """
    with open_stack() as stack:
        revocation = stack.certificates.get(certificate_id)["revocation"]
    if revocation is None:
        raise CommandError(f"{certificate_id} is neither revoked nor on hold.", code=ExitCode.NOT_FOUND)
    show(Detail(flattened(revocation)), output)


def awaited(
    stack: Stack, certificate_id: str, sleep: Callable[[float], None] = time.sleep
) -> RevocationPublicationView | None:
    """Once a relying party has seen it by every way that is watched; as it is after three minutes, or if
    nobody watches it."""
    revocation = stack.certificates.get(certificate_id)["revocation"]
    for _ in range(_LOOKS):
        if revocation is None or (receipt := revocation["receipt"]) is None or receipt["is_complete"]:
            break
        sleep(_INTERVAL_SECONDS)
        revocation = stack.certificates.get(certificate_id)["revocation"]
    return revocation


def flattened(revocation: RevocationPublicationView) -> dict[str, Any]:
    """The receipt's fields beside the others."""
    fields: dict[str, Any] = dict(revocation)
    receipt = fields.pop("receipt")
    seen = {name: value for name, value in (receipt or {}).items() if name != "crl_number"}
    return {**fields, "seen_in_crl": receipt and receipt["crl_number"], **seen}
