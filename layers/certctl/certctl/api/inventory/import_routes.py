"""Routes of imports."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path

from certctl.api.idempotency import Replay
from certctl.api.inventory.schemas import (
    ImportBody,
    ImportChunkBody,
    ImportChunkView,
    ImportView,
    chunk_view,
    import_view,
)
from certctl.api.request import LARGEST_BODY
from certctl.api.resolver import Api
from certctl.domain.access.permissions import Permission
from certctl.domain.inventory.imports import MAX_CHUNKS, Progress

if TYPE_CHECKING:
    from certctl.services.inventory.imports import Imports

_TAGS = ["inventory"]
_IMPORTS = "/api/v1/inventory/imports"
Number = Annotated[int, Path(ge=1, le=MAX_CHUNKS, description="The number of the chunk, from 1.")]


def add_import_routes(api: Api, imports: "Callable[[], Imports]") -> None:
    """A caller imports for the teams that it may write the inventory of."""

    @api.post(
        _IMPORTS,
        Permission.INVENTORY_WRITE,
        Replay.ANSWER,
        summary="Begin an import of certificates",
        tags=_TAGS,
        status_code=201,
    )
    def begin_import(body: ImportBody) -> ImportView:
        return import_view(Progress(imports().begin(api.caller, body.name, body.team_id), ()))

    @api.put(
        f"{_IMPORTS}/<import_id>/chunks/<number>",
        Permission.INVENTORY_WRITE,
        body_limit=LARGEST_BODY,
        summary="Send one chunk of an import: at most 300 certificates, and no private key",
        tags=_TAGS,
    )
    def send_import_chunk(import_id: str, number: Number, body: ImportChunkBody) -> ImportChunkView:
        sent = [each.parsed() for each in body.certificates]
        return chunk_view(imports().take(api.caller, import_id, number, sent))

    @api.post(
        f"{_IMPORTS}/<import_id>/complete",
        Permission.INVENTORY_WRITE,
        summary="Complete an import",
        tags=_TAGS,
    )
    def complete_import(import_id: str) -> ImportView:
        return import_view(imports().complete(api.caller, import_id))

    @api.get(
        f"{_IMPORTS}/<import_id>",
        Permission.INVENTORY_READ,
        summary="Get the progress of an import",
        tags=_TAGS,
    )
    def get_import(import_id: str) -> ImportView:
        return import_view(imports().progress(api.caller, import_id))
