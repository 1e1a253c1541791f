"""`certctl crl bundle`: the files by which a server that verifies clients refuses revoked ones."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from certctl_client.commands.options import Output
from certctl_client.crl.bundles import (
    Bundle,
    all_sources,
    bundle_of,
    chain_of,
    crls_in,
    fetched,
    newest,
)
from certctl_client.crl.documents import Crl, fingerprint, load_certificates
from certctl_client.crl.public import LIMIT, AuthorityLists, PublicObjects
from certctl_client.errors import CommandError, ConfigurationError
from certctl_client.exit_codes import ExitCode
from certctl_client.files import read_bounded, replace_file
from certctl_client.output import Detail, Format, Listing, Sections, say, show
from certctl_client.output.views import Column
from certctl_client.session import ca_cert
from certctl_client.settings import load_url
from certctl_client.times import wire

_CA_FILE_LIMIT = 4 * 1024 * 1024
_COLUMNS: dict[str, Column] = {
    "CA": "ca",
    "NUMBER": "number",
    "ENTRIES": "entries",
    "THIS UPDATE": "this_update",
    "NEXT UPDATE": "next_update",
}
_MISSING = (
    "MISSING: no certificate names the CRL of {name}. NGINX and HAProxy refuse every client without it: "
    "get it from that CA, and append it to the file."
)


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
    output: Output = Format.TABLE,
) -> None:
    """Write the CRL of each CA of an issuer, and of the CAs above, for a server that verifies clients.

    Needs no key. Each CRL is fetched and verified (signature, number, next update) before a file is replaced,
    and none is replaced by an older one. The files stay as they are with exit code 4 (a CRL may not be relied
    on) and 6 (a CRL cannot be read).
    """
    if ca_out is not None and ca_out.absolute() == out.absolute():
        raise ConfigurationError("--out and --ca-out are the same file.", "Give two names.")
    held = crls_in(read_bounded(out, 2 * LIMIT)) if out.exists() else []
    with PublicObjects(load_url(os.environ), ca_cert()) as public:
        known = [lists for each in issuer or ["iss-local"] for lists in public.lists(each)]
        _require_pinned(known, ca)
        bundle = _read(public, known, held)
    replace_file(out, bundle.crl_pem)
    if ca_out is not None:
        replace_file(ca_out, bundle.ca_pem)
    _show(bundle, output)


def _read(public: PublicObjects, known: Sequence[AuthorityLists], held: Sequence[Crl]) -> Bundle:
    sources, now = all_sources(known), datetime.now(UTC)
    read = [(source, fetched(public, source, now) if source.urls else None) for source in sources]
    return bundle_of(known, [(source, newest(source, crl, held)) for source, crl in read])


def _require_pinned(known: Sequence[AuthorityLists], ca: Path | None) -> None:
    if ca is None:
        return
    pinned = {fingerprint(each) for each in load_certificates(read_bounded(ca, _CA_FILE_LIMIT))}
    for lists in known:
        chain = chain_of(lists)
        if not pinned & {fingerprint(each) for each in chain}:
            subject = chain[0].subject.rfc4514_string()
            raise CommandError(f"{subject} is not below a CA in {ca}.", code=ExitCode.NOT_INTACT)


def _show(bundle: Bundle, output: Format) -> None:
    rows = [_row_view(crl) for crl in bundle.crls]
    missing = [source.name for source in bundle.missing]
    for name in missing:
        say(_MISSING.format(name=name))
    listing = Listing(rows, _COLUMNS)
    if output is Format.CSV:
        return show(listing, output)
    facts = {"authorities": len(bundle.authorities), "missing": missing}
    show(Sections({**facts, "crls": rows}, [("Bundle", Detail(facts)), ("CRLs", listing)]), output)


def _row_view(crl: Crl) -> dict[str, Any]:
    return {
        "ca": crl.document.issuer.rfc4514_string(),
        "number": crl.number,
        "entries": len(crl.document),
        "this_update": wire(crl.this_update),
        "next_update": wire(crl.next_update) if crl.next_update else None,
    }
