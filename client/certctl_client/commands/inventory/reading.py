"""`certctl inventory list`, `get` and `sources`."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, cast

import typer

from certctl_client.api.schema import (
    CertificateTrait,
    ListInventorySourcesQuery,
    ListObservedCertificatesQuery,
    ObservedCertificateView,
    ObservedStatus,
    Renewer,
    SourceView,
)
from certctl_client.commands.listing import Shown, ShownRecord, a_list, a_record
from certctl_client.commands.options import Owner, Team, given
from certctl_client.output import Detail, Listing, Sections, fields_of
from certctl_client.output.views import Column
from certctl_client.session import open_stack
from certctl_client.times import wire_time_ahead

_COLUMNS: Mapping[str, Column] = {
    "FINGERPRINT": lambda record: str(record["fingerprint"])[:16],
    "NAME": "first_name",
    "STATUS": "status",
    "EXPIRES": "not_after",
    "ISSUER": "issuer",
    "PLACES": "sightings",
    "TEAM": "team_id",
    "OWNER": "owner_id",
    "RENEWED BY": "renewed_by",
}
_PLACES: Mapping[str, Column] = {"PLACE": "place", "SEEN": "seen_at", "RENEWED BY": "renewed_by"}
_SOURCES: Mapping[str, Column] = {
    "ID": "id",
    "KIND": "kind",
    "NAME": "name",
    "TEAM": "team_id",
    "SCOPES": lambda record: len(record["scopes"]),
    "SILENT": lambda record: sum(each.get("is_silent", False) for each in record["scopes"]),
}
_KEY = "fingerprint"

Fingerprint = Annotated[str, typer.Argument(metavar="FINGERPRINT", help="SHA-256, as the list has it.")]


@a_list
def list_observed(
    shown: Shown,
    status: Annotated[ObservedStatus | None, typer.Option(help="Only this status.")] = None,
    search: Annotated[
        str | None, typer.Option("--search", help="Beginning of a name, serial or fingerprint.")
    ] = None,
    team: Team = None,
    owner: Owner = None,
    issuer: Annotated[str | None, typer.Option(help="A part of the issuer's name.")] = None,
    expires_before: Annotated[
        str | None, typer.Option(help="Only what expires before: 2027-01-31, 30d. By expiry.")
    ] = None,
    ca: Annotated[bool, typer.Option("--ca", help="CA certificates in place of leaves.")] = False,
    trait: Annotated[
        CertificateTrait | None, typer.Option(help="Only what `inventory readiness` counts in this row.")
    ] = None,
    renewer: Annotated[
        Renewer | None, typer.Option(help="Only what `inventory readiness` counts in this column.")
    ] = None,
    unowned: Annotated[bool, typer.Option("--unowned", help="Only certificates without an owner.")] = False,
) -> None:
    """Observed certificates, of any issuer, newest first."""
    filters = given(
        status=status,
        q=search,
        team=team,
        owner=owner,
        issuer=issuer,
        expires_before=_expiry(expires_before),
        is_ca=ca or None,
        trait=trait,
        renewer=renewer,
        is_owned=False if unowned else None,
        per_page=shown.per_page,
    )
    with open_stack() as stack:
        query = cast(ListObservedCertificatesQuery, filters)
        shown.present(lambda: stack.inventory.all(query), _COLUMNS, fields_of(ObservedCertificateView), _KEY)


@a_record
def get_observed(shown: ShownRecord, fingerprint: Fingerprint) -> None:
    """One observed certificate, and the places that have it."""

    def look() -> Sections:
        record = stack.inventory.get(fingerprint)
        facts = {key: value for key, value in record.items() if key != "places"}
        places = Listing(record["places"], _PLACES, key="place")
        return Sections(record, [("Certificate", Detail(facts)), ("Places", places)], key=_KEY)

    with open_stack() as stack:
        shown.present(look)


@a_list
def list_sources(
    shown: Shown,
    team: Team = None,
    silent: Annotated[bool, typer.Option("--silent", help="Only those that no longer report.")] = False,
) -> None:
    """Who reports certificates, and what each report covers."""
    filters = given(team=team, is_silent=silent or None, per_page=shown.per_page)
    with open_stack() as stack:
        query = cast(ListInventorySourcesQuery, filters)
        shown.present(lambda: stack.inventory.sources(query), _SOURCES, fields_of(SourceView))


def _expiry(text: str | None) -> str | None:
    return wire_time_ahead(datetime.now(UTC), text) if text else None
