"""The route of the API's own description."""

from pathlib import Path

from aws_lambda_powertools.event_handler import Response

from certctl.api.resolver import Api, text
from certctl.domain.access.permissions import Permission


def add_document_routes(api: Api, document: Path) -> None:
    """`document` is a file in the function's folder, read at each request."""

    @api.get("/api/v1/openapi.json", Permission.CATALOG_READ, summary="This document", tags=["openapi"])
    def openapi() -> Response[str]:
        return text(document.read_text(encoding="utf-8"), "application/json")
