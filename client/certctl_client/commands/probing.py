"""`certctl probe`: judges what TLS servers serve, without a stack."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from certctl_client.cli.values import one_of
from certctl_client.commands.options import Output
from certctl_client.errors import ConfigurationError
from certctl_client.output import Detail, Format, Listing, Sections, show
from certctl_client.output.progress import progress_bar
from certctl_client.output.views import Column
from certctl_client.session import ca_cert

if TYPE_CHECKING:
    from certctl_client.judging.probing import Question

_STANDARD_INPUT = "-"
_LONGEST_INPUT = 16 * 1024 * 1024
_STARTTLS = ("auto", "none", "smtp", "imap", "ldap", "postgres", "mysql")
_KEY = "endpoint"

Hosts = Annotated[
    list[str],
    typer.Argument(metavar="HOST[:PORT]...", help="Servers; port 443 by default. - reads them, one a line."),
]
StartTlsOption = Annotated[
    str,
    typer.Option(
        "--starttls",
        parser=one_of({each: each for each in _STARTTLS}),
        metavar="|".join(_STARTTLS),
        help="The protocol in which TLS begins. auto: that of ports 25, 143, 389, 587, 3306 and 5432.",
    ),
]
Sni = Annotated[
    str | None,
    typer.Option("--sni", help="The name to ask for, and that the certificate must be for. Default: HOST."),
]
Cas = Annotated[
    list[Path] | None,
    typer.Option("--ca", help="PEM file of further CAs to trust. Repeatable.", dir_okay=False, exists=True),
]
ExpectedIssuer = Annotated[
    str, typer.Option("--expect-issuer", metavar="TEXT", help="Part of the name that the issuer must have.")
]
Days = Annotated[int, typer.Option(min=0, help="Exit code 9 if it ends within so many days.")]


def probe(
    hosts: Hosts,
    starttls: StartTlsOption = "auto",
    sni: Sni = None,
    cas: Cas = None,
    expect_issuer: ExpectedIssuer = "",
    days: Days = 14,
    output: Output = Format.TABLE,
) -> None:
    """Judge what TLS servers serve: at each address the certificate, its chain and end, and versions of TLS.

    Needs no key and no stack, and sends nothing after a handshake. Trusted are the CAs of this system and of
    Mozilla's list, and those of --ca. One HOST is shown in full; several are one line each, 64 at once.

    Exit code 0: all are good. Else that of the most urgent finding: 6 unreachable, 10 expired (or not yet
    valid), 11 name_mismatch, 12 untrusted, 13 chain_incomplete, 14 unexpected issuer, 15 weak, 16
    old_protocol, 9 ends_soon.
    """
    from certctl_client.judging.kinds import Kind, exit_code

    records = _records(_questions(_named(hosts), starttls, sni, days, expect_issuer), cas or [])
    show(_listing(records) if len(records) > 1 or hosts == [_STANDARD_INPUT] else _whole(records[0]), output)
    found = {Kind(each["finding"]) for record in records for each in record["findings"]}
    raise typer.Exit(exit_code(found))


def _named(hosts: Iterable[str]) -> list[str]:
    """The hosts in order, each once."""
    named = (each for host in hosts for each in (_lines() if host == _STANDARD_INPUT else [host]))
    return list(dict.fromkeys(named))


def _lines() -> list[str]:
    """The lines of standard input without comments and empty ones. Raises ConfigurationError."""
    text = sys.stdin.read(_LONGEST_INPUT + 1)
    if len(text) > _LONGEST_INPUT:
        raise ConfigurationError(f"Standard input has more than {_LONGEST_INPUT} characters.")
    return [host for line in text.splitlines() if (host := line.partition("#")[0].strip())]


def _questions(
    hosts: Sequence[str], starttls: str, sni: str | None, days: int, issuer: str
) -> "list[Question]":
    from certctl_client.judging.endpoints import order_of
    from certctl_client.judging.probing import THOROUGHLY, Question

    orders = [order_of(host, THOROUGHLY, sni, starttls) for host in hosts]
    return [Question(order, order.sni or sni or order.host, days, issuer) for order in orders]


def _records(questions: "Sequence[Question]", cas: Sequence[Path]) -> list[dict[str, Any]]:
    """The records in the order of the questions."""
    from datetime import UTC, datetime

    from certctl_client.judging.probing import judge_each
    from certctl_client.judging.verdicts import Judged
    from certctl_client.judging.views import record_of

    records: dict[int, dict[str, Any]] = {}
    trusted = [*cas, *([Path(file)] if (file := ca_cert()) else [])]
    with progress_bar() as progress:

        def take(number: int, judged: Judged) -> None:
            records[number] = record_of(judged, questions[number].name, datetime.now(UTC))
            progress("servers", len(records), len(questions))

        judge_each(questions, trusted, take)
    return [records[number] for number in range(len(questions))]


def _listing(records: Sequence[Mapping[str, Any]]) -> Listing:
    columns: Mapping[str, Column] = {
        "ENDPOINT": _KEY,
        "VERDICT": "verdict",
        "FINDINGS": lambda record: ", ".join(dict.fromkeys(each["finding"] for each in record["findings"])),
        "ENDS": "not_after",
        "ISSUER": "issuer",
    }
    return Listing(list(records), columns, key=_KEY)


def _whole(record: Mapping[str, Any]) -> Sections:
    parts: list[tuple[str, Listing | Detail]] = [(record[_KEY], Detail(_facts(record)))]
    if record["findings"]:
        parts.append(("Findings", Listing(record["findings"], _FINDING_COLUMNS)))
    parts.append(("Addresses", Listing(record["addresses"], _ADDRESS_COLUMNS)))
    if chain := record["certificates"]:
        parts.append(("Chain as sent", Listing(chain, _CHAIN_COLUMNS)))
    if others := record["other_certificates"]:
        parts.append(("Other certificates", Listing(others, _CHAIN_COLUMNS)))
    return Sections(record, parts, key=_KEY)


def _facts(record: Mapping[str, Any]) -> dict[str, Any]:
    accepted = ", ".join(f"{version} {state}" for version, state in record["protocols"].items())
    keys = ("verdict", "name", "starttls", "names", "validity", "not_after", "key", "signature", "issuer")
    facts = {key: record[key] for key in keys if record[key]}
    return {**facts, "protocols": accepted, **({"notes": record["notes"]} if record["notes"] else {})}


_FINDING_COLUMNS: Mapping[str, Column] = {"FINDING": "finding", "WHAT": "message", "WHAT TO DO": "next_step"}
_ADDRESS_COLUMNS: Mapping[str, Column] = {
    "ADDRESS": "address",
    "PROTOCOL": "protocol",
    "CIPHER": "cipher",
    "SENT": "sent",
    "SHA-256": lambda record: record["fingerprint_sha256"][:16],
    "ERROR": "error",
}
_CHAIN_COLUMNS: Mapping[str, Column] = {
    "SUBJECT": "subject",
    "ENDS": "not_after",
    "KEY": "key",
    "SIGNATURE": "signature",
    "SERIAL": "serial_number",
}
