"""Composes acme_api, which anyone may call."""

import json
from typing import Any

from certctl.compose.rooms.acme_orders import AcmeOrderFactories
from certctl.compose.rooms.base import DEPLOYED, Base, Overrides
from certctl.compose.rooms.changes import ChangeFactories


class AcmeApi:
    def __init__(self, overrides: Overrides = DEPLOYED) -> None:
        self._base = Base(overrides)
        self._ordering = AcmeOrderFactories(ChangeFactories(self._base))

    def unavailable(self) -> dict[str, Any]:
        """The response until the server answers: 503."""
        problem = {
            "type": "urn:ietf:params:acme:error:serverInternal",
            "detail": "The ACME server does not answer yet.",
            "status": 503,
        }
        headers = {"content-type": "application/problem+json", "retry-after": "60"}
        return {"statusCode": 503, "headers": headers, "body": json.dumps(problem)}
