"""The route that answers the challenges of ACME servers."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler import Response

from certctl.api.resolver import ANYONE, Api, text
from certctl.domain.errors import NotFound

if TYPE_CHECKING:
    from certctl.store.issuing.acme import AcmeStore

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,256}")


def add_challenge_route(api: Api, challenges: "Callable[[], AcmeStore]") -> None:
    """Adds a route for anyone: the response is public."""

    @api.get(
        "/.well-known/acme-challenge/<token>",
        ANYONE,
        summary="The key authorization that answers an ACME http-01 challenge (RFC 8555 section 8.3)",
        tags=["public"],
    )
    def acme_challenge(token: str) -> Response[str]:
        answer = challenges().key_authorization(token) if _TOKEN.fullmatch(token) else None
        if answer is None:
            raise NotFound("There is no such challenge.")
        return text(answer, "text/plain")
