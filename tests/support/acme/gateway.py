"""The function of the ACME server behind `requests`: libraries of clients reach it without a network."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from requests import PreparedRequest, Response, Session
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from tests.support.api.http import event
from tests.support.functions.deployed import Deployed
from tests.support.functions.lambda_context import Context

HOST = "acme.example.net"
DIRECTORY = f"https://{HOST}/acme/directory"


@dataclass
class AcmeGateway:
    """Sends requests to the function with its own permissions, as the gateway does: bodies in base64.
    `source_ip` is the address of the client, `host` the one that it connected to."""

    stack: Deployed
    source_ip: str = "198.51.100.7"
    host: str = HOST
    sent: list[tuple[str, str]] = field(default_factory=list)
    """Method and path of each request."""

    def send(
        self, method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Response:
        import functions.acme_api.app as app

        parts = urlsplit(url)
        made = event(
            method,
            parts.path,
            body=body,
            query=dict(parse_qsl(parts.query)),
            headers=headers,
            source_ip=self.source_ip,
        )
        made["rawQueryString"] = parts.query
        made["requestContext"]["domainName"] = self.host
        self.sent.append((method, parts.path))
        handler = self.stack.privileges.of("acme_api", app.lambda_handler)
        return _response(handler(made, Context()), url)

    @property
    def session(self) -> Session:
        session = Session()
        session.mount("https://", _Adapter(self))
        return session


class _Adapter(BaseAdapter):
    def __init__(self, gateway: AcmeGateway) -> None:
        super().__init__()
        self._gateway = gateway

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        body = request.body.encode() if isinstance(request.body, str) else request.body
        assert request.method is not None
        assert request.url is not None
        response = self._gateway.send(request.method, request.url, body, dict(request.headers))
        response.request = request
        return response

    def close(self) -> None:
        """Holds nothing."""


def _response(answer: dict[str, Any], url: str) -> Response:
    response = Response()
    response.status_code = answer["statusCode"]
    response.headers = CaseInsensitiveDict(answer["headers"])
    response.raw = BytesIO((answer.get("body") or "").encode())
    response.url = url
    response.encoding = "utf-8"
    return response
