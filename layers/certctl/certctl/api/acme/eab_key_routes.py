"""Routes of EAB keys."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from certctl.api.acme.eab_key_schemas import (
    EabKeyBody,
    EabKeyView,
    MintedEabKeyView,
    NewEabKeyBody,
    eab_key_view,
    minted_eab_key_view,
)
from certctl.api.idempotency import Replay
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PageView, PerPage, decode_cursor, page_view
from certctl.api.preconditions import expected_revision
from certctl.api.resolver import Api, no_content
from certctl.domain.access.permissions import Permission
from certctl.domain.acme.requests import EabKeyFilter
from certctl.domain.errors import InvalidInput

if TYPE_CHECKING:
    from certctl.domain.acme.eab_keys import EabKey
    from certctl.services.acme.administered import AcmeRecords
    from certctl.services.acme.eab_keys import EabKeys, MintedEabKey

_KEYS = "/api/v1/acme/eab-keys"
_ONE = f"{_KEYS}/<eab_key_id>"
_TAGS = ["acme"]

_Team = Annotated[str | None, Query(max_length=64, description="Only those of this team.")]
_Account = Annotated[str | None, Query(max_length=64, description="Only those of this service account.")]

_ShownTo = Annotated[
    str | None,
    Query(
        max_length=64,
        description="Those in force whose secret this API key, session, user or service account was shown.",
    ),
]


def add_eab_key_routes(
    api: Api,
    eab_keys: "Callable[[], EabKeys]",
    records: "Callable[[], AcmeRecords]",
    directory_url: Callable[[], str | None],
) -> None:
    """The secret of an EAB key is shown once, when it is made or rotated."""

    def shown(key: "EabKey") -> EabKeyView:
        return api.at_revision(key.revision, eab_key_view(records().counted([key])[0]))

    def minted(new: "MintedEabKey") -> MintedEabKeyView:
        counted = records().counted([new.key])[0]
        view = minted_eab_key_view(counted, new.secret, directory_url())
        return api.at_revision(new.key.revision, view)

    @api.get(_KEYS, Permission.ACME_READ, summary="List EAB keys, oldest first", tags=_TAGS)
    def list_eab_keys(
        team_id: _Team = None,
        service_account_id: _Account = None,
        shown_to: _ShownTo = None,
        per_page: PerPage = DEFAULT_PER_PAGE,
        cursor: Cursor = None,
    ) -> PageView[EabKeyView]:
        after = (decode_cursor(cursor, "after") or {}).get("after")
        wanted = EabKeyFilter(team_id, service_account_id, shown_to)
        page = records().eab_keys(api.caller, wanted, after, per_page)
        following = {"after": page.next} if page.next else None
        return page_view([eab_key_view(each) for each in page.records], following, per_page)

    @api.post(
        _KEYS,
        Permission.ACME_WRITE,
        Replay.REFUSAL,
        summary="Make an EAB key, with which ACME clients register",
        tags=_TAGS,
        status_code=201,
    )
    def create_eab_key(body: NewEabKeyBody) -> MintedEabKeyView:
        return minted(eab_keys().create(api.caller, body.parsed()))

    @api.get(_ONE, Permission.ACME_READ, summary="Read an EAB key", tags=_TAGS)
    def get_eab_key(eab_key_id: str) -> EabKeyView:
        found = records().eab_key(api.caller, eab_key_id)
        return api.at_revision(found.key.revision, eab_key_view(found))

    @api.put(_ONE, Permission.ACME_WRITE, summary="Change what an EAB key may order", tags=_TAGS)
    def edit_eab_key(eab_key_id: str, body: EabKeyBody) -> EabKeyView:
        if_match = expected_revision(api.call.headers)
        if if_match is not None and body.version not in (None, if_match):
            raise InvalidInput.of("version", "is not the one of If-Match: give one of the two")
        revision = if_match or body.version
        return shown(eab_keys().edit(api.caller, eab_key_id, body.parsed(), revision))

    @api.post(f"{_ONE}/rotate", Permission.ACME_WRITE, summary="Replace the secret of an EAB key", tags=_TAGS)
    def rotate_eab_key(eab_key_id: str) -> MintedEabKeyView:
        return minted(eab_keys().rotate(api.caller, eab_key_id))

    @api.post(f"{_ONE}/revoke", Permission.ACME_REVOKE, summary="Revoke an EAB key", tags=_TAGS)
    def revoke_eab_key(eab_key_id: str) -> EabKeyView:
        return shown(eab_keys().revoke(api.caller, eab_key_id))

    @api.delete(
        _ONE,
        Permission.ACME_WRITE,
        summary="Delete an EAB key that has no ACME accounts",
        tags=_TAGS,
        status_code=204,
    )
    def delete_eab_key(eab_key_id: str) -> Response[None]:
        eab_keys().delete(api.caller, eab_key_id, expected_revision(api.call.headers))
        return no_content()
