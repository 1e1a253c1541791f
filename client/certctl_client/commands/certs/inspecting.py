"""`certctl certs inspect` and `find`: what a file holds, and whose a serial or fingerprint is."""

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from certctl_client.api.resources import Stack
from certctl_client.api.schema import CertificateView, VersionView
from certctl_client.catalog.bodies import STANDARD_INPUT
from certctl_client.commands.options import FactsOutput, Output
from certctl_client.errors import CommandError, ConfigurationError
from certctl_client.exit_codes import ExitCode
from certctl_client.files import read_bounded
from certctl_client.output import Detail, Format, Sections, say, show
from certctl_client.session import ca_cert, open_stack
from certctl_client.settings import load_settings, load_url

_FILE_LIMIT = 4 * 1024 * 1024
_SHA256_DIGITS, _SERIAL_DIGITS = 64, 40
_DECIMAL_DIGITS = 9
"""Longer numbers are also read as decimal by the search."""
_MOST_FOUND = 5
_FIELDS = ("certificate_id", "name", "status", "team_id", "issuer_id")

PasswordFile = Annotated[
    Path | None,
    typer.Option("--password-file", help="Password of a PKCS #12 file; default: asked for.", dir_okay=False),
]
Offline = Annotated[bool, typer.Option("--offline", help="Do not look it up on the server.")]


def inspect(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="- is standard input.")],
    password_file: PasswordFile = None,
    offline: Offline = False,
    output: FactsOutput = Format.TABLE,
) -> None:
    """Show the certificates in a file: PEM, DER, PKCS #7 or PKCS #12, one or a chain.

    If you are signed in, it also shows which record of the stack the certificate belongs to, by its
    fingerprint. Private keys in the file are not read.
    """
    from certctl_client.inspection import certificates_in, chain_faults, described, is_ca

    found = certificates_in(_content(file), lambda: _password(password_file))
    now = datetime.now(UTC)
    views = [described(each, now) for each in found]
    if not offline and _is_signed_in():
        _look_up([view for each, view in zip(found, views, strict=True) if not is_ca(each)])
    parts = [(f"Certificate {n} of {len(views)}", Detail(view)) for n, view in enumerate(views, start=1)]
    faults = list(chain_faults(found))
    show(Sections({"certificates": views, "chain_faults": faults}, parts), output)
    for fault in faults:
        say(f"Chain: {fault}.")


def find(
    text: Annotated[
        str, typer.Argument(metavar="SERIAL", help="A serial or SHA-256 fingerprint, in any notation.")
    ],
    issuer: Annotated[str, typer.Option(help="Issuer to check if no record has the serial.")] = "iss-local",
    output: Output = Format.TABLE,
) -> None:
    """Show whose serial or fingerprint this is: the certificate's record and version.

    Exit code 3 if no record that you can see has it; the message says whether the stack issued it at all.
    """
    with open_stack() as stack:
        found = found_by(stack, text)
    if found is None:
        raise CommandError(_elsewhere(text, issuer), code=ExitCode.NOT_FOUND)
    show(Detail(found, key="certificate_id"), output)


def _look_up(views: Sequence[dict[str, Any]]) -> None:
    """Adds each certificate's record. The command goes on without a server."""
    try:
        with open_stack() as stack:
            for view in views:
                view["known_as"] = _owner_of(stack, view["fingerprint_sha256"])
    except CommandError as error:
        say(f"The certificate was not looked up on the server: {error.message}")


def found_by(stack: Stack, text: str) -> dict[str, Any] | None:
    """The record and version with this serial or fingerprint; None if there is none. Raises CommandError."""
    digits = _digits_of(text)
    for record in islice(stack.certificates.all({"search": text, "per_page": _MOST_FOUND}), _MOST_FOUND):
        for version in stack.certificates.versions(record["id"], {}):
            if {version["serial_number"], version["fingerprint_sha256"]} & set(digits):
                return {**_record(record), **_version(version)}
    return None


def _digits_of(text: str) -> list[str]:
    """The digits as stored: hex, or for decimal digits both readings. Raises ConfigurationError."""
    from certctl_client.crl.documents import parse_serial, serial_text  # loads cryptography

    plain = text.rpartition("=")[2] or text
    digits = "".join(plain.split()).replace(":", "").replace("-", "").lower().removeprefix("0x")
    if len(digits) == _SHA256_DIGITS and not set(digits) - set("0123456789abcdef"):
        return [digits]
    if digits.isdecimal() and digits.isascii() and len(digits) > _DECIMAL_DIGITS:
        return [serial_text(int(digits)), *([parse_serial(digits)] if len(digits) <= _SERIAL_DIGITS else [])]
    return [parse_serial(digits)]


def _record(record: CertificateView) -> dict[str, Any]:
    return {"certificate_id": record["id"], **{name: record.get(name) for name in _FIELDS[1:]}}


def _version(version: VersionView) -> dict[str, Any]:
    return {
        "serial_number": version["serial_number"],
        "not_before": version["not_before"],
        "not_after": version["not_after"],
        "revoked_at": version.get("revoked_at"),
        "fingerprint_sha256": version["fingerprint_sha256"],
    }


def _elsewhere(text: str, issuer: str) -> str:
    """Names who may have issued the certificate, by its published status."""
    from certctl_client.crl.public import PublicObjects  # loads httpx

    digits = _digits_of(text)[0]
    missing = f"No certificate that you can see has {digits}"
    if len(digits) == _SHA256_DIGITS:
        return f"{missing}: it was issued elsewhere, or belongs to a team outside your key's scope."
    with PublicObjects(load_url(os.environ), ca_cert()) as public:
        status = public.status(issuer, digits)
    if status in (None, "unknown"):
        return f"{missing}, and {issuer} never issued it: it comes from another CA."
    return f"{missing}, but {issuer} issued it ({status}): its team is outside your key's scope."


def _owner_of(stack: Stack, fingerprint: str) -> Mapping[str, Any] | None:
    found = found_by(stack, fingerprint)
    return {name: found[name] for name in _FIELDS} if found else None


def _is_signed_in() -> bool:
    try:
        load_settings(os.environ)
    except ConfigurationError:
        return False
    return True


def _content(file: Path) -> bytes:
    if file != STANDARD_INPUT:
        return read_bounded(file, _FILE_LIMIT)
    content = sys.stdin.buffer.read(_FILE_LIMIT + 1)
    if len(content) > _FILE_LIMIT:
        raise ConfigurationError(f"Standard input has more than {_FILE_LIMIT} bytes.")
    return content


def _password(file: Path | None) -> bytes:
    if file:
        return read_bounded(file, 1024).strip(b"\r\n")
    if not sys.stdin.isatty():
        raise ConfigurationError("The PKCS #12 file needs a password.", "Give --password-file.")
    return str(typer.prompt("Password", hide_input=True, err=True)).encode()
