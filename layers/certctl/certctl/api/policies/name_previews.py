"""Previews of a team's allowed names on the wire, and their route."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypedDict

from pydantic import BaseModel, Field, StrictInt

from certctl.api.catalog.entry_bodies import AllowedNames
from certctl.api.list_positions import position_of, position_view
from certctl.api.pagination import DEFAULT_PER_PAGE, encode_cursor
from certctl.api.records import STRICT, view_of
from certctl.api.resolver import Api
from certctl.domain.access.permissions import Permission

if TYPE_CHECKING:
    from certctl.domain.policies.name_edits import RefusedCertificate
    from certctl.services.policies.name_previews import NamePreviews, NamesPreview

_ABOUT = (
    "Lists the existing certificates, of this team and of others, whose next issuance would be refused if "
    "the team had these names, and is not refused today. It stores nothing. One page examines at most "
    "`per_page` certificates, oldest first: continue with the cursor, and add up the counts. Until "
    "`next_cursor` is null, the certificates that were not examined may be refused, too."
)


class NamesPreviewBody(BaseModel):
    """The names that the team would have."""

    model_config = STRICT

    allowed_names: AllowedNames
    per_page: Annotated[StrictInt, Field(ge=1, le=500, description="Certificates to examine at most.")] = (
        DEFAULT_PER_PAGE
    )
    cursor: Annotated[
        str | None, Field(max_length=2048, description="`next_cursor` of the previous page.")
    ] = None


class RefusedNameView(TypedDict):
    name: str
    reason: str


class RefusedCertificateView(TypedDict):
    """`names` are the first five of `name_count`; names and reasons have at most 300 characters.
    `exemptible`: it has been issued, and none of its names was refused before."""

    certificate_id: str
    common_name: str
    team_id: str
    names: list[RefusedNameView]
    name_count: int
    exemptible: bool


class NamesPreviewView(TypedDict):
    """`data` are the certificates of this page that would be refused. Of the `examined`, `evaluated` ones
    were evaluated; the others are revoked or archived. `total` is the number of certificates in the stack,
    whatever their status, from counters; null if only this team's are examined, because names are only taken
    away: that affects no other team."""

    data: list[RefusedCertificateView]
    examined: int
    evaluated: int
    total: int | None
    next_cursor: str | None
    per_page: int


def add_names_preview_route(api: Api, previews: "Callable[[], NamePreviews]") -> None:
    """Adds a route for those who may store the names."""

    @api.post(
        "/api/v1/teams/<team_id>/names/preview",
        Permission.NAMES_WRITE,
        summary="Preview which existing certificates a team's names would refuse",
        description=_ABOUT,
        tags=["teams"],
    )
    def preview_team_names(team_id: str, body: NamesPreviewBody) -> NamesPreviewView:
        position = position_of(body.cursor)
        page = previews().page(api.caller, team_id, body.allowed_names, position, body.per_page)
        return _preview_view(page, body.per_page)


def _preview_view(page: "NamesPreview", per_page: int) -> NamesPreviewView:
    return view_of(
        NamesPreviewView,
        page,
        data=[_refused_view(certificate) for certificate in page.refused],
        next_cursor=encode_cursor(position_view(page.next)),
        per_page=per_page,
    )


def _refused_view(refused: "RefusedCertificate") -> RefusedCertificateView:
    return view_of(
        RefusedCertificateView,
        refused,
        names=[RefusedNameView(name=each.name, reason=each.reason) for each in refused.names],
        exemptible=refused.is_exemptible,
    )
