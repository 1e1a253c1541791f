"""`certctl certs list`, `get` and `versions`."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from certctl_client.api.schema import (
    CertificateDetailsView,
    CertificateSort,
    CertificateView,
    RenewalFilter,
    VersionView,
)
from certctl_client.api.schema import Status as CertificateStatus
from certctl_client.commands.certs.finding import CertificateQuery, Named, id_of, listed
from certctl_client.commands.choices import several
from certctl_client.commands.filters import or_unknown
from certctl_client.commands.listing import Shown, ShownRecord, a_list, a_record
from certctl_client.commands.options import given
from certctl_client.commands.record_options import columns_of, ids_in, with_filters
from certctl_client.commands.revocation.campaign_views import WAITS_FOR
from certctl_client.errors import ConfigurationError
from certctl_client.idn import with_unicode
from certctl_client.output import Detail, Listing, Sections, fields_of, say
from certctl_client.output.views import Column
from certctl_client.record_fields.certificates import CERTIFICATE_FIELDS
from certctl_client.session import open_stack
from certctl_client.times import wire_time_ahead

_RENEWALS = {"in_progress": "in progress", "failed": "failed"}
COLUMNS: dict[str, Column] = {
    "ID": "id",
    "NAME": lambda record: with_unicode(record["name"]),
    "STATUS": "status",
    "RENEWAL": lambda record: _RENEWALS.get(record.get("renewal_state")),
    "EXPIRES": "expires_at",
    "URGENCY": "urgency",
    **columns_of(CERTIFICATE_FIELDS),
}
_VERSION_COLUMNS = {
    "SERIAL": "serial_number",
    "FROM": "not_before",
    "UNTIL": "not_after",
    "REVOKED": "revoked_at",
    "REASON": "revocation_reason",
    "AT ISSUER": "issuer_revocation",
    "REASON THERE": "issuer_reason",
    "SHA-256": "fingerprint_sha256",
}

_CAMPAIGN_COLUMNS: dict[str, Column] = {
    "CAMPAIGN": "id",
    "STATE": "state",
    "REASON": "reason",
    "REPLACE BY": "deadline",
    "THEN": lambda campaign: "revoked" if campaign["on_deadline"] == "revoke" else "alert",
    "WAITS FOR": lambda campaign: WAITS_FOR.get(campaign["item_state"], campaign["item_state"]),
}

Statuses = Annotated[
    list[str] | None, several(CertificateStatus, "--status", help="Only this status. Repeatable.")
]
Time = "A time, or a span from now: 30d."
Search = "The beginning of a name's label, display name, id, serial, fingerprint or tag."


@a_list
@with_filters(CERTIFICATE_FIELDS)
def list_certificates(
    shown: Shown,
    filters: Mapping[str, Any],
    status: Statuses = None,
    search: Annotated[str | None, typer.Option(help=Search)] = None,
    serial: Annotated[str | None, typer.Option(help="A serial, in any notation; see `certs find`.")] = None,
    name: Annotated[str | None, typer.Option(help="A domain with all names in it, or a full name.")] = None,
    tag: Annotated[
        list[str] | None, typer.Option(help="name=value, or name for any value. Repeatable: all must match.")
    ] = None,
    target: Annotated[str | None, typer.Option(help="Id of a target to which it is deployed.")] = None,
    renewal: Annotated[
        RenewalFilter | None,
        typer.Option(
            help="stuck: started but not finished, and the certificate expires soon. urgent: expired, or "
            "expires within 72 hours and is not renewed by itself. manual: in force, and not renewed by "
            "itself. acme_stopped: in force, and its ACME client stopped renewing."
        ),
    ] = None,
    acme: Annotated[
        bool | None, typer.Option(help="Only those that ACME clients renew, or only the others.")
    ] = None,
    acme_eab_key: Annotated[
        str | None, typer.Option("--eab-key", help="Id of an EAB key whose ACME clients renew them.")
    ] = None,
    expires_before: Annotated[str | None, typer.Option(help=Time)] = None,
    expires_after: Annotated[str | None, typer.Option(help=Time)] = None,
    sort: Annotated[
        CertificateSort | None,
        typer.Option(
            help="Prefix with - for descending order. By expiry, certificates not in force come last."
        ),
    ] = None,
) -> None:
    """Certificates, newest first; a search in the order of its matches, several statuses one by one."""
    now = datetime.now(UTC)
    if search and serial:
        raise ConfigurationError("--search and --serial exclude each other.", "Give one of them.")
    others = given(
        search=_serial(serial) if serial else search,
        name=name,
        renewal=renewal,
        acme=acme,
        acme_eab_key=acme_eab_key,
        expires_before=expires_before and wire_time_ahead(now, expires_before),
        expires_after=expires_after and wire_time_ahead(now, expires_after),
        sort=sort,
        per_page=shown.per_page,
    )
    query = CertificateQuery({**filters, **others}, status or (), tag or (), target, sort, shown.per_page)
    ids = [*ids_in(CERTIFICATE_FIELDS, filters), ("targets", target)]
    remarks: dict[str, None] = {}
    with open_stack() as stack:
        shown.present(
            lambda: or_unknown(listed(stack, query, remarks.setdefault), stack, ids),
            COLUMNS,
            fields_of(CertificateView),
        )
    for remark in remarks:
        say(remark)


def _serial(text: str) -> str:
    from certctl_client.crl.documents import parse_serial  # loads cryptography, which lists do not need

    return parse_serial(text)


@a_record
def get_certificate(shown: ShownRecord, certificate: Named) -> None:
    """Show a certificate's record."""
    with open_stack() as stack:
        certificate_id = id_of(stack, certificate)
        shown.present(lambda: _view(stack.certificates.get(certificate_id)))


def _view(record: CertificateDetailsView) -> Detail | Sections:
    """The record; the campaigns that replace its versions are a section of their own, if there are any."""
    campaigns = record.get("campaigns")  # an earlier release has none
    facts = {name: value for name, value in record.items() if name != "campaigns"}
    if not campaigns:
        return Detail(record)
    parts: list[tuple[str, Detail | Listing]] = [
        ("Replaced by campaigns", Listing(campaigns, _CAMPAIGN_COLUMNS)),
        ("Certificate", Detail(facts)),
    ]
    return Sections(record, parts)


@a_list
def list_versions(shown: Shown, certificate: Named) -> None:
    """Every issued version, newest first."""
    with open_stack() as stack:
        certificate_id = id_of(stack, certificate)
        shown.present(
            lambda: stack.certificates.versions(certificate_id, {"per_page": shown.per_page}),
            _VERSION_COLUMNS,
            fields_of(VersionView),
            "serial_number",
        )
