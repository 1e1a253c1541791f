"""`certctl inspect`: what a TLS server presents, or a file holds, and what is wrong with it."""

from typing import Annotated

import typer

from certctl_client.commands.options import FactsOutput
from certctl_client.exit_codes import ExitCode
from certctl_client.output import Detail, Format, Sections, show

_CODES = {
    "good": ExitCode.OK,
    "not judged": ExitCode.OK,
    "ends soon": ExitCode.ENDS_SOON,
    "faulty": ExitCode.NOT_INTACT,
}


def inspect(
    what: Annotated[
        str, typer.Argument(metavar="HOST:PORT|FILE", help="A TLS server (port 443 by default), or a file.")
    ],
    days: Annotated[int, typer.Option(min=0, help="Exit code 9 if it ends within so many days.")] = 14,
    name: Annotated[
        str | None, typer.Option(help="The name that it must be for, and that a server is asked for (SNI).")
    ] = None,
    output: FactsOutput = Format.TABLE,
) -> None:
    """Show the certificate of a TLS server or a file: names, days left, chain, and what is wrong.

    Needs no key. A server is connected to as a client would: with the usual CAs, and those of --ca-cert. Of a
    file it is judged whether its chain leads to --ca-cert; without it the verdict is "not judged" where
    nothing else is wrong. Exit code 0: good, or not judged. 4: something is wrong. 6: no answer. 9: it ends
    within --days. `certctl probe` judges a server in more respects: protocols before TLS, versions of TLS,
    several servers at once.
    """
    from certctl_client.findings import findings_of  # loads cryptography

    found = findings_of(what, name, days)
    certificates = found.record["certificates"]
    facts = {key: value for key, value in found.record.items() if key != "certificates"}
    parts = [
        (f"Certificate {n} of {len(certificates)}", Detail(each)) for n, each in enumerate(certificates, 1)
    ]
    show(Sections(found.record, [("Result", Detail(facts)), *parts]), output)
    raise typer.Exit(_CODES[found.verdict])
