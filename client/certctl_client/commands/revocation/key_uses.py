"""`certctl keys show`: the certificates that a leak of one key would touch."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from certctl_client.api.schema import ConfirmedCampaignView, KeyObservedView, KeyRecordView
from certctl_client.commands.options import Output
from certctl_client.errors import ConfigurationError
from certctl_client.files import read_bounded
from certctl_client.output import Detail, Format, Listing, Sections, fields_of, show
from certctl_client.output.views import Column, Tiles
from certctl_client.session import open_stack
from certctl_client.spki import spki_of, spki_text

_KEY_LIMIT = 1024 * 1024
_ENDED = frozenset({"Completed", "Failed", "Cancelled"})
_COLUMNS: Mapping[str, Column] = {
    "CERTIFICATE": "certificate_id",
    "NAME": "certificate_name",
    "STATUS": "status",
    "TEAM": "team_id",
    "VERSIONS": lambda record: len(record["versions"]),
    "REVOKED": lambda record: sum(each["revoked_at"] is not None for each in record["versions"]),
    "TARGETS": lambda record: _ids(record["targets"]),
    "AGENTS": lambda record: _ids(record["agents"]),
    "OPEN JOBS": lambda record: _ids([job for job in record["jobs"] if job["status"] not in _ENDED]),
}

_OBSERVED: Mapping[str, Column] = {
    "FINGERPRINT": "fingerprint",
    "NAME": lambda each: each["first_name"] or each["subject"],
    "STATUS": "status",
    "ISSUER": "issuer",
    "EXPIRES": "not_after",
    "PLACES": "sightings",
    "TEAM": "team_id",
}

KeyOf = Annotated[
    Path | None,
    typer.Option(
        "--key-of",
        help="The key of this file: a certificate, a CSR, a public or private key. It is not sent.",
        dir_okay=False,
    ),
]


def show_key_uses(
    spki: Annotated[
        str | None, typer.Argument(metavar="SPKI", help="SHA-256 of a SubjectPublicKeyInfo, in hex.")
    ] = None,
    key_of: KeyOf = None,
    output: Output = Format.TABLE,
) -> None:
    """Where the key of a certificate is used: certificates, their targets, agents and jobs.

    Certificates that were found with the key, of any issuer, are listed below. This is about keys of
    certificates, not about API keys. REVOKED counts versions on hold, too. Exit code 3 if there is no
    certificate with the key.
    """
    spki_sha256 = key_named(spki, key_of)
    if spki_sha256 is None:
        raise ConfigurationError("No key is given.", "Give its SHA-256, or --key-of FILE.")
    with open_stack() as stack:
        found = stack.key_uses.of(spki_sha256)
    listing = Listing(found["data"], _COLUMNS, fields_of(KeyRecordView), "certificate_id")
    if output in (Format.CSV, Format.NAME):
        return show(listing, output)
    facts = {"spki_sha256": found["spki_sha256"], "refused": found["refused"] or "no"}
    if campaign := found.get("campaign"):  # an earlier release has none
        facts["campaign"] = campaign_text(campaign)
    parts: list[tuple[str, Listing | Detail | Tiles]] = [("Key", Detail(facts)), ("Certificates", listing)]
    if observed := found.get("observed"):  # null without inventory:read, missing in an earlier release
        fields = fields_of(KeyObservedView)
        parts.append(("Observed certificates", Listing(observed, _OBSERVED, fields, "fingerprint")))
    show(Sections(found, parts), output)


def campaign_text(campaign: ConfirmedCampaignView) -> str:
    """`cmp-1 (running, keyCompromise, revokes what is left 2026-12-01T10:00:00Z)`."""
    acts = "revokes what is left" if campaign["on_deadline"] == "revoke" else "alerts"
    return f"{campaign['id']} ({campaign['state']}, {campaign['reason']}, {acts} {campaign['deadline']})"


def key_named(spki: str | None, file: Path | None) -> str | None:
    """The SHA-256 of a key, given as hex or as a file. Raises ConfigurationError."""
    if spki and file:
        raise ConfigurationError("A key and --key-of exclude each other.", "Give one of them.")
    if file:
        return spki_of(read_bounded(file, _KEY_LIMIT))
    return spki_text(spki) if spki else None


def _ids(records: object) -> str:
    """The ids of the records, or `?` if the caller may not read them."""
    return "?" if not isinstance(records, list) else ", ".join(record["id"] for record in records)
