"""`certctl ocsp`: what the CA's responder says about a certificate, as relying parties see it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from certctl_client.commands.options import FactsOutput
from certctl_client.exit_codes import ExitCode
from certctl_client.output import Detail, Format, show

app = typer.Typer(help="OCSP: ask whether a certificate is revoked.", no_args_is_help=True)

_CODES: Mapping[str, ExitCode] = {
    "good": ExitCode.OK,
    "revoked": ExitCode.REVOKED,
    "unknown": ExitCode.NOT_FOUND,
}

Target = Annotated[
    str, typer.Argument(metavar="CERTIFICATE", help="Id of a certificate, or a PEM or DER file.")
]
Ca = Annotated[
    Path | None,
    typer.Option("--ca", help="The CA certificate that you trust; default: as named.", dir_okay=False),
]
Url = Annotated[
    str | None, typer.Option("--url", help="URL of a responder; default: that in the certificate.")
]
Nonce = Annotated[
    bool, typer.Option("--nonce", help="Ask by POST with a nonce: no cache answers. Default: GET.")
]


@app.callback()
def ocsp() -> None:
    """OCSP: ask whether a certificate is revoked."""


@app.command("check")
def check(
    target: Target, ca: Ca = None, url: Url = None, nonce: Nonce = False, output: FactsOutput = Format.TABLE
) -> None:
    """Ask the CA's responder about a certificate, and check the answer.

    A file needs no key. Exit code 0: good. 3: the CA did not issue it. 4: the answer may not be relied on. 7:
    it is revoked.
    """
    from certctl_client.commands.revocation import ocsp_answers as answers  # loads cryptography

    answered = answers.asked(target, ca, url, nonce)
    show(Detail(answered.record, answered.report), output)
    raise typer.Exit(ExitCode.NOT_INTACT if answered.faults else _CODES[answered.status])
