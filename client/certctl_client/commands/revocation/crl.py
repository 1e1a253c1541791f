"""`certctl crl`: the revocation list of an issuer, as relying parties see it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import typer

from certctl_client.api.schema import RevokedSerialView
from certctl_client.commands.options import All, FactsOutput, Limit, Output, first_of, per_page
from certctl_client.commands.revocation import crl_bundles, receipts
from certctl_client.errors import ConfigurationError
from certctl_client.output import Format, Listing, fields_of, show
from certctl_client.output.views import Column
from certctl_client.session import open_stack

app = typer.Typer(help="Revocation lists: show, verify and bundle.", no_args_is_help=True)
app.command("bundle")(crl_bundles.write_bundle)

_OF_THE_API: Mapping[str, Column] = {
    **receipts.SERIAL_COLUMNS,
    "CA": lambda entry: entry.get("ca_id"),  # servers of earlier releases have one CA
    "CERTIFICATE": "certificate_id",
    **receipts.COLUMNS,
}
_OF_THE_API_FIELDS = (*(name for name in fields_of(RevokedSerialView) if name != "receipt"), *receipts.FIELDS)

Issuer = Annotated[str, typer.Option(help="Id of the issuer.")]
Url = Annotated[str | None, typer.Option("--url", help="URL of a CRL, as in certificates.")]
File = Annotated[Path | None, typer.Option("--file", help="A CRL in a file.", dir_okay=False)]
Source = Annotated[
    Literal["public", "api"],
    typer.Option("--source", help="public: the published list. api: the entries of the next one."),
]


@app.command("show")
def show_crl(
    issuer: Issuer = "iss-local",
    source: Source = "public",
    url: Url = None,
    file: File = None,
    limit: Limit = 50,
    all_: All = False,
    output: Output = Format.TABLE,
) -> None:
    """The revoked serials of an issuer. The published list needs no key."""
    if source == "api":
        return _show_next(issuer, limit, all_, output)
    from certctl_client.commands.revocation import crl_reports as reports  # loads cryptography

    reports.show_published(reports.Source(issuer, url, file), None if all_ else limit, output)


@app.command("verify")
def verify_crl(
    issuer: Issuer = "iss-local",
    url: Url = None,
    file: File = None,
    ca: Annotated[
        Path | None, typer.Option("--ca", help="The CA certificate that you trust.", dir_okay=False)
    ] = None,
    serial: Annotated[str | None, typer.Option(help="Look up this serial.")] = None,
    certificate: Annotated[
        Path | None,
        typer.Option(
            "--certificate", help="Look up this certificate, on the CRL that it names.", dir_okay=False
        ),
    ] = None,
    all_cas: Annotated[
        bool, typer.Option("--all-cas", help="Every CRL of every CA that is not retired. Needs a key.")
    ] = False,
    output: FactsOutput = Format.TABLE,
) -> None:
    """Check signature and freshness of CRLs, and whether a certificate is on one.

    Without --url, --file and --certificate, checks the CRLs of every CA of the issuer that may have unexpired
    leaves. Exit code 0: good. 3: no CA of the issuer issued the serial. 4: a CRL may not be relied on. 7: the
    CRLs are good, and the certificate is on one.
    """
    from certctl_client.commands.revocation import crl_reports as reports  # loads cryptography

    if all_cas:
        if url or file or certificate or ca or serial:
            raise ConfigurationError("--all-cas checks all CRLs.", "Give it alone.")
        return reports.verify_all_cas(output)
    if not (url or file or certificate):
        return reports.verify_all(issuer, ca, serial, output)
    reports.verify_one(reports.Source(issuer, url, file), ca, serial, certificate, output)


def _show_next(issuer: str, limit: int, all_: bool, output: Format) -> None:
    with open_stack() as stack:
        found = stack.certificates.revocations({"issuer_id": issuer, "per_page": per_page(limit, all_)})
        shown = first_of(map(receipts.flattened, found), limit, all_)
        show(Listing(shown, _OF_THE_API, _OF_THE_API_FIELDS, "serial_number"), output)
