"""Answers OCSP requests of anyone. Has an API of its own, so that a flood here slows no other."""

from collections.abc import Mapping
from typing import Any

from certctl.api.status.ocsp_messages import http_response, request_body
from certctl.compose.ocsp_responder import OcspResponder
from certctl.observability import with_context

services = OcspResponder()


@with_context
def lambda_handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """`GET /ocsp/{ca_id}/{request}` or `POST /ocsp/{ca_id}`. The request names the CA, the path is for
    caches."""
    answer = services.answers.answer(request_body(event))
    services.unknown.add(answer.unknown)
    return http_response(answer)
