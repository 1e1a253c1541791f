"""Routes of the inventory: observed certificates, their places, and the sources that report them."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from certctl.api.inventory.schemas import (
    ObservedBelongingBody,
    ObservedCertificateDetailView,
    ObservedCertificateView,
    SightingView,
    SourceView,
    detail_view,
    observed_view,
    sighting_view,
    source_view,
)
from certctl.api.list_positions import position_of, position_view
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PageView, PerPage, decode_cursor, page_view
from certctl.api.resolver import Api
from certctl.api.times import Moment
from certctl.domain.access.permissions import Permission
from certctl.domain.errors import NotFound
from certctl.domain.inventory.census.traits import CertificateTrait, Renewer
from certctl.domain.inventory.filters import ObservedFilter, SourceFilter
from certctl.domain.inventory.statuses import ObservedStatus

if TYPE_CHECKING:
    from certctl.services.inventory.belongings import ObservedBelongings
    from certctl.services.inventory.reading import InventoryReads

_TAGS = ["inventory"]
_CERTIFICATES = "/api/v1/inventory/certificates"
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")

Status = Annotated[ObservedStatus | None, Query(description="Only certificates in this status.")]
Searched = Annotated[str | None, Query(description="Beginning of a name, serial or fingerprint.")]
Team = Annotated[str | None, Query(description="Only certificates of this team.")]
Owner = Annotated[str | None, Query(description="Only certificates of this owner.")]
Issuer = Annotated[str | None, Query(max_length=120, description="A part of the issuer's name.")]
ExpiresBefore = Annotated[Moment | None, Query(description="Only certificates that expire before this time.")]
IsOwned = Annotated[bool | None, Query(description="Only certificates with an owner, or only those without.")]
TeamOfSource = Annotated[str | None, Query(description="Only sources of this team.")]
IsSilent = Annotated[bool, Query(description="Only sources with a scope that no longer reports.")]
IsCa = Annotated[bool, Query(description="CA certificates in place of leaves.")]
Trait = Annotated[
    CertificateTrait | None, Query(description="Only what a report counts with this trait, of your teams.")
]
RenewedBy = Annotated[
    Renewer | None, Query(description="Only what a report counts as renewed by these, of your teams.")
]


def add_inventory_routes(api: Api, reads: "Callable[[], InventoryReads]") -> None:
    """Callers see certificates of their teams, and facts of those that their teams' scopes have."""

    @api.get(
        _CERTIFICATES,
        Permission.INVENTORY_READ,
        summary="List observed certificates, newest first; by expiry with expires_before",
        tags=_TAGS,
    )
    def list_observed_certificates(
        status: Status = None,
        q: Searched = None,
        team: Team = None,
        owner: Owner = None,
        issuer: Issuer = None,
        expires_before: ExpiresBefore = None,
        is_ca: IsCa = False,
        trait: Trait = None,
        renewer: RenewedBy = None,
        is_owned: IsOwned = None,
        per_page: PerPage = DEFAULT_PER_PAGE,
        cursor: Cursor = None,
    ) -> PageView[ObservedCertificateView]:
        wanted = ObservedFilter(
            status, q, team, owner, issuer, expires_before, is_ca, trait, renewer, is_owned
        )
        page = reads().page(api.caller, wanted, position_of(cursor), per_page)
        return page_view([observed_view(each) for each in page.records], position_view(page.next), per_page)

    @api.get(
        f"{_CERTIFICATES}/<fingerprint>",
        Permission.INVENTORY_READ,
        summary="Get an observed certificate with its first places",
        tags=_TAGS,
    )
    def get_observed_certificate(fingerprint: str) -> ObservedCertificateDetailView:
        return detail_view(reads().detail(api.caller, _fingerprint(fingerprint)))

    @api.get(
        f"{_CERTIFICATES}/<fingerprint>/places",
        Permission.INVENTORY_READ,
        summary="List the places that have an observed certificate",
        tags=_TAGS,
    )
    def list_places_of_observed_certificate(
        fingerprint: str, per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None
    ) -> PageView[SightingView]:
        page = reads().places(api.caller, _fingerprint(fingerprint), position_of(cursor), per_page)
        return page_view([sighting_view(each) for each in page.records], position_view(page.next), per_page)

    @api.get(
        "/api/v1/inventory/sources",
        Permission.INVENTORY_READ,
        summary="List the sources that report certificates, with their scopes",
        tags=_TAGS,
    )
    def list_inventory_sources(
        team: TeamOfSource = None,
        is_silent: IsSilent = False,
        per_page: PerPage = DEFAULT_PER_PAGE,
        cursor: Cursor = None,
    ) -> PageView[SourceView]:
        after = (decode_cursor(cursor, "id") or {}).get("id")
        sources, following = reads().sources_page(api.caller, SourceFilter(team, is_silent), after, per_page)
        position = {"id": following} if following else None
        return page_view([source_view(each) for each in sources], position, per_page)


def add_belonging_route(api: Api, belongings: "Callable[[], ObservedBelongings]") -> None:
    """Callers change the certificates of the teams that they may write the inventory of."""

    @api.put(
        f"{_CERTIFICATES}/<fingerprint>",
        Permission.INVENTORY_WRITE,
        summary="Change the team, the owner or the tags of an observed certificate",
        tags=_TAGS,
    )
    def change_observed_certificate(fingerprint: str, body: ObservedBelongingBody) -> ObservedCertificateView:
        changed = belongings().change(api.caller, _fingerprint(fingerprint), body.parsed())
        return observed_view(changed)


def _fingerprint(text: str) -> str:
    """64 digits, as `openssl x509 -fingerprint -sha256` prints them, with or without colons. Raises
    NotFound."""
    digits = text.lower().replace(":", "")
    if not _FINGERPRINT.fullmatch(digits):
        raise NotFound("There is no such observed certificate.")
    return digits
