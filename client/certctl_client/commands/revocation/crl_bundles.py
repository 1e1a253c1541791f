"""`certctl crl bundle`: the files by which a server that verifies clients refuses revoked ones."""

from pathlib import Path
from typing import Annotated

import typer

from certctl_client.commands.options import FactsOutput
from certctl_client.errors import ConfigurationError
from certctl_client.output import Format


def write_bundle(
    out: Annotated[Path, typer.Option("--out", help="The CRLs, PEM; replaced if it exists.", dir_okay=False)],
    issuer: Annotated[
        list[str] | None, typer.Option("--issuer", help="Id of the issuer; repeatable. Default: iss-local.")
    ] = None,
    ca_out: Annotated[
        Path | None,
        typer.Option("--ca-out", help="The CA certificates, PEM; replaced if it exists.", dir_okay=False),
    ] = None,
    ca: Annotated[
        Path | None,
        typer.Option("--ca", help="CA certificates: each chain must have one of them.", dir_okay=False),
    ] = None,
    output: FactsOutput = Format.TABLE,
) -> None:
    """Write the CRL of each CA of an issuer, and of the CAs above, for a server that verifies clients.

    Needs no key. Each CRL is fetched and verified (signature, number, next update) before a file is replaced,
    and none is replaced by an older one. The files stay as they are with exit code 4 (a CRL may not be relied
    on) and 6 (a CRL cannot be read).
    """
    if ca_out is not None and ca_out.absolute() == out.absolute():
        raise ConfigurationError("--out and --ca-out are the same file.", "Give two names.")
    from certctl_client.commands.revocation import bundle_files  # loads cryptography

    bundle_files.replaced(bundle_files.Files(out, ca_out, ca), issuer or ["iss-local"], output)
