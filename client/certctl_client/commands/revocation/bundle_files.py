"""Fetches and verifies the CRLs of a bundle, and replaces its files."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

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
from certctl_client.errors import CommandError
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


@dataclass(frozen=True)
class Files:
    """`crls` and `cas` are written; each chain must have a CA certificate of `pinned`, if it is given."""

    crls: Path
    cas: Path | None
    pinned: Path | None


def replaced(files: Files, issuers: Sequence[str], output: Format) -> None:
    """Replaces the files, and shows what they contain. Raises CommandError before anything is written."""
    held = crls_in(read_bounded(files.crls, 2 * LIMIT)) if files.crls.exists() else []
    with PublicObjects(load_url(os.environ), ca_cert()) as public:
        known = [lists for each in issuers for lists in public.lists(each)]
        _require_pinned(known, files.pinned)
        bundle = _read(public, known, held)
    replace_file(files.crls, bundle.crl_pem)
    if files.cas is not None:
        replace_file(files.cas, bundle.ca_pem)
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
