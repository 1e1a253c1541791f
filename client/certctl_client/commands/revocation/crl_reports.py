"""Reads and verifies CRLs for `certctl crl`, and reports what they say."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import typer
from cryptography import x509

from certctl_client.commands.revocation.receipts import SERIAL_COLUMNS
from certctl_client.crl.all_cas import CheckedCrl, checked_crls
from certctl_client.crl.checks import distribution_urls, faults_of, issuer_of, scope_faults
from certctl_client.crl.documents import (
    Crl,
    Entry,
    fingerprint,
    load_certificates,
    load_crl,
    parse_serial,
    serial_text,
)
from certctl_client.crl.issuer_lists import IssuerLists, read_lists
from certctl_client.crl.public import LIMIT, PublicObjects
from certctl_client.errors import ConfigurationError
from certctl_client.exit_codes import ExitCode
from certctl_client.files import read_bounded
from certctl_client.output import Detail, Format, Listing, Sections, show
from certctl_client.output.views import Column
from certctl_client.plain_text import counted
from certctl_client.session import ca_cert, open_stack
from certctl_client.settings import load_url
from certctl_client.times import wire

_FILE_LIMIT = 4 * 1024 * 1024
_FIELDS = ("serial_number", "reason", "revoked_at", "invalidity_date")
_OF_ALL_CAS_FIELDS = ("ca_id", "shard", "url", "number", "entries", "this_update", "next_update", "faults")
_OF_ALL_CAS: Mapping[str, Column] = {
    "CA": "ca_id",
    "SHARD": "shard",
    "NUMBER": "number",
    "ENTRIES": "entries",
    "NEXT UPDATE": "next_update",
    "VERDICT": lambda row: "; ".join(row["faults"]) or "good",
}


@dataclass(frozen=True)
class Source:
    """Where a CRL is: at a URL, in a file, else where the issuer publishes its own."""

    issuer: str
    url: str | None
    file: Path | None


def show_published(source: Source, limit: int | None, output: Format) -> None:
    """Shows a CRL and its first `limit` entries, or all if it is None."""
    place, crl = _crl(source.issuer, source.url, source.file)
    entries = [_entry_view(entry) for entry in islice(crl.entries(), limit)]
    listing = Listing(entries, SERIAL_COLUMNS, _FIELDS, "serial_number")
    if output in (Format.CSV, Format.NAME):
        return show(listing, output)
    head = {**_head_view(crl), "source": place}
    show(Sections({**head, "revoked": entries}, [("CRL", Detail(head)), ("Revoked", listing)]), output)


def verify_one(
    source: Source, ca: Path | None, serial: str | None, certificate: Path | None, output: Format
) -> None:
    """Verifies the CRL of the source, or the one that the certificate names. Ends with the exit code."""
    issuer, url, file = source.issuer, source.url, source.file
    leaf = load_certificates(read_bounded(certificate, _FILE_LIMIT))[0] if certificate else None
    serial_number = serial_text(leaf.serial_number) if leaf else serial and parse_serial(serial)
    place, crl = _crl(issuer, url or _named_by(leaf, file), file)
    authority = issuer_of(crl, _authorities(issuer, ca))
    faults = faults_of(crl, authority, datetime.now(UTC))
    faults += scope_faults(crl, authority, leaf) if leaf else []
    entry = crl.entry(serial_number) if serial_number else None
    pin = {"ca_sha256": fingerprint(authority), "ca_pinned": ca is not None}
    status = {"serial_number": serial_number, "revoked": bool(entry) if serial_number else None}
    record = {"good": not faults, "faults": faults, **_head_view(crl), "source": place, **pin, **status}
    if entry:
        record |= {"reason": entry.reason, "revoked_at": wire(entry.revoked_at)}
    show(Detail(record, _report(record)), output)
    raise typer.Exit(_code(faults, entry))


def verify_all(issuer: str, ca: Path | None, typed: str | None, output: Format) -> None:
    """Verifies the CRLs of every CA of the issuer. Ends with the exit code."""
    serial = parse_serial(typed) if typed else None
    trusted = load_certificates(read_bounded(ca, _FILE_LIMIT)) if ca else None
    with PublicObjects(load_url(os.environ), ca_cert()) as public:
        found = read_lists(public, issuer, serial, trusted, datetime.now(UTC))
    record = _record_of(found, serial) | {"ca_pinned": ca is not None}
    show(Detail(record, _report(record)), output)
    if serial and not found.faults and not found.was_issued:
        raise typer.Exit(ExitCode.NOT_FOUND)
    raise typer.Exit(_code(found.faults, found.entry))


def verify_all_cas(output: Format) -> None:
    """Verifies every CRL of every CA that is not retired. Ends with the exit code."""
    now = datetime.now(UTC)
    with open_stack() as stack, PublicObjects(None, ca_cert()) as public:
        known = [ca for ca in stack.authorities.all() if ca["state"] != "retired"]
        details = (stack.authorities.get(ca["ca_id"]) for ca in known)
        checked = [_row_view(each) for ca in details for each in checked_crls(public, ca, now)]
    show(Listing(checked, _OF_ALL_CAS, _OF_ALL_CAS_FIELDS), output)
    raise typer.Exit(ExitCode.NOT_INTACT if any(row["faults"] for row in checked) else ExitCode.OK)


def _row_view(checked: CheckedCrl) -> dict[str, Any]:
    head = _head_view(checked.crl) if checked.crl else {}
    place = {"ca_id": checked.ca_id, "shard": checked.shard, "url": checked.url}
    read = {name: head.get(name) for name in ("number", "entries", "this_update", "next_update")}
    return {**place, **read, "faults": checked.faults}


def _record_of(found: IssuerLists, serial: str | None) -> dict[str, Any]:
    listed, entry = found.shown, found.entry
    lists = [{**_head_view(each.crl), "source": each.place, "faults": each.faults} for each in found.lists]
    is_revoked = bool(entry) if serial and found.was_issued else None
    record = {
        "good": not found.faults,
        "faults": found.faults,
        **_head_view(listed.crl),
        "source": listed.place,
        "ca_sha256": fingerprint(listed.authority),
        "serial_number": serial,
        "revoked": is_revoked,
        "issued": found.was_issued if serial else None,
        "lists": lists,
    }
    return record | ({"reason": entry.reason, "revoked_at": wire(entry.revoked_at)} if entry else {})


def _code(faults: list[str], entry: Entry | None) -> ExitCode:
    if faults:
        return ExitCode.NOT_INTACT
    return ExitCode.REVOKED if entry else ExitCode.OK


def _report(record: Mapping[str, Any]) -> str:
    lines = ["CRL GOOD" if record["good"] else "CRL NOT GOOD: " + "; ".join(record["faults"])]
    lines += [
        f"CRL {record['number']} of {record['issuer']}, {counted(record['entries'], 'entry', 'entries')}",
        f"made {record['this_update']}, good until {record['next_update']}",
        f"CA certificate SHA-256 {record['ca_sha256']}",
    ]
    if not record["ca_pinned"]:
        lines.append("The CA certificate came from the server: give one that you trust with --ca.")
    if record["revoked"]:
        lines.append(f"REVOKED: {record['serial_number']}, {record['reason']}, since {record['revoked_at']}")
    elif record["serial_number"] and record.get("issued") is False:
        lines.append(f"UNKNOWN: no CA of this issuer issued {record['serial_number']}")
    elif record["serial_number"]:
        lines.append(f"Not listed: serial {record['serial_number']}")
    others = [each for each in record.get("lists", ()) if each["source"] != record["source"]]
    lines += [f"Also checked: CRL {each['number']} of {each['issuer']}" for each in others]
    return "\n".join(lines)


def _crl(issuer: str, url: str | None, file: Path | None) -> tuple[str, Crl]:
    """The CRL and its URL or path."""
    if url and file:
        raise ConfigurationError("--url and --file exclude each other.", "Give one of them.")
    if file:
        return str(file), load_crl(read_bounded(file, LIMIT))
    with PublicObjects(None if url else load_url(os.environ), ca_cert()) as public:
        place, data = public.fetch(url) if url else public.crl(issuer)
    return place, load_crl(data)


def _named_by(leaf: x509.Certificate | None, file: Path | None) -> str | None:
    if leaf is None or file is not None:
        return None
    return next(iter(distribution_urls(leaf)), None)


def _authorities(issuer: str, ca: Path | None) -> list[x509.Certificate]:
    if ca:
        return load_certificates(read_bounded(ca, _FILE_LIMIT))
    with PublicObjects(load_url(os.environ), ca_cert()) as public:
        return load_certificates(public.ca_certificate(issuer)[1])


def _head_view(crl: Crl) -> dict[str, Any]:
    return {
        "issuer": crl.document.issuer.rfc4514_string(),
        "number": crl.number,
        "this_update": wire(crl.this_update),
        "next_update": wire(crl.next_update) if crl.next_update else None,
        "entries": len(crl.document),
        "scope": crl.scope_urls,
    }


def _entry_view(entry: Entry) -> dict[str, Any]:
    return {
        "serial_number": entry.serial_number,
        "reason": entry.reason,
        "revoked_at": wire(entry.revoked_at),
        "invalidity_date": wire(entry.invalidity_date) if entry.invalidity_date else None,
    }
