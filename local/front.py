"""The front door: one loopback port for the dashboard, the API, and what the CAs publish on the PKI host.

It stands for both CloudFront distributions: the API functions believe what it says of the caller's address.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, web
from aiohttp.typedefs import Handler
from multidict import CIMultiDict
from yarl import URL

from local import browsers, dashboard
from local.demo import receivers
from local.emulator import cookies
from local.settings import CLIENT_HEADER, ORIGIN_HEADER

# What API Gateway takes; our own limit of 1 MiB is the functions' to tell.
GATEWAY_BODY_BYTES = 10 * 1024 * 1024
# API Gateway gives a function 30 s.
GATEWAY_SECONDS = 30
# The emulator starts a process for each call of a function that finds the others busy: a page that reads
# ten things at once would start ten, each with a second of imports, and all be late.
CALLS_AT_ONCE = 4
# What requests under way get when the stack is stopped.
STOP_SECONDS = 3
# RFC 9110 7.6.1, what the client library writes itself, and what the emulator takes for a page's own request.
_HOP_BY_HOP = frozenset(
    ["connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "upgrade"]
) | frozenset(["transfer-encoding", "content-length", "host", "expect", "origin"])


_OCSP = "/ocsp/"
_TRANSLATED = {"cookie": cookies.for_api, "set-cookie": cookies.for_browser}


@dataclass(frozen=True)
class Destination:
    """Where the emulator serves one stack: its endpoint, HTTP APIs and CloudFront host, and what CloudFront
    shows the API."""

    endpoint: str
    api_id: str
    ocsp_api_id: str
    pki_host: str
    origin_secret: str

    def address(self, raw_path: str) -> URL:
        """The emulator's URL for a path and query, left encoded as the client sent them."""
        if raw_path.startswith("/pki/"):
            return URL(self.endpoint + raw_path, encoded=True)
        api_id = self.ocsp_api_id if raw_path.startswith(_OCSP) else self.api_id
        return URL(f"{self.endpoint}/_aws/execute-api/{api_id}/$default{raw_path}", encoded=True)

    def headers(self, raw_path: str, caller: str) -> dict[str, str]:
        """The headers that the caller does not choose: the Host by which the emulator finds the distribution
        or the gateway, and what the API learns about the caller."""
        if raw_path.startswith("/pki/"):
            return {"Host": self.pki_host}
        if raw_path.startswith(_OCSP):
            return {"Host": URL(self.endpoint).authority}
        headers = {ORIGIN_HEADER: self.origin_secret, CLIENT_HEADER: caller}
        return {"Host": URL(self.endpoint).authority} | headers


def _end_to_end(headers: Mapping[str, str], port: int) -> "CIMultiDict[str]":
    kept: CIMultiDict[str] = CIMultiDict()
    for name, value in headers.items():
        lower = name.lower()
        if lower not in _HOP_BY_HOP and not lower.startswith("sec-fetch-"):
            kept.add(name, _TRANSLATED[lower](value, port) if lower in _TRANSLATED else value)
    return kept


@dataclass(frozen=True)
class FrontDoor:
    """Passes each request on and its answer back, unchanged but for the form of cookies."""

    destination: Destination
    client: ClientSession
    port: int

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        file = dashboard.file_of(request.method, request.path, request.headers.get("Accept", ""))
        if file is not None:
            return web.FileResponse(file, headers=dashboard.headers_of(request.path))
        chosen = self.destination.headers(request.raw_path, request.remote or "")
        return await pass_on(
            request, self.client, self.destination.address(request.raw_path), chosen, self.port
        )


async def pass_on(
    request: web.Request, client: ClientSession, address: URL, chosen: Mapping[str, str], port: int
) -> web.Response:
    """The answer from `address`, with `chosen` in place of the caller's headers; as API Gateway 503 where the
    function is late, and 502 without an emulator."""
    headers, body = _end_to_end(request.headers, port), await request.read()
    for name, value in chosen.items():
        headers[name] = value
    try:
        async with client.request(
            request.method, address, headers=headers, data=body, allow_redirects=False
        ) as answer:
            content, kept = await answer.read(), _end_to_end(answer.headers, port)
            return web.Response(status=answer.status, headers=kept, body=content)
    except TimeoutError:
        return web.json_response({"message": "Service Unavailable"}, status=503)
    except ClientError:
        return web.json_response({"message": "Bad Gateway"}, status=502)


@web.middleware
async def _ours_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    transport = request.transport
    port = transport.get_extra_info("sockname")[1] if transport else 0
    refusal = browsers.refusal(request.method, request.path, request.headers, port)
    return web.Response(status=403, text=refusal) if refusal else await handler(request)


def new_session() -> ClientSession:
    """To the emulator; the caller closes it."""
    return ClientSession(
        connector=TCPConnector(limit=CALLS_AT_ONCE),
        auto_decompress=False,
        # what the caller did not send is not sent: it has not said that it reads gzip
        skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent"),
        cookie_jar=DummyCookieJar(),
        timeout=ClientTimeout(total=None, sock_read=GATEWAY_SECONDS),
    )


async def listening(
    application: web.Application, port: int, context: ssl.SSLContext | None = None
) -> web.AppRunner:
    """Serves on the loopback address, by TLS with a context. Raises OSError."""
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=STOP_SECONDS)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, ssl_context=context).start()
    return runner


async def serve(destination: Destination, port: int) -> tuple[web.AppRunner, ClientSession]:
    """Open the front door on the loopback address; the caller closes both that it gets. Raises OSError."""
    client = new_session()
    application = web.Application(client_max_size=GATEWAY_BODY_BYTES, middlewares=[_ours_only])
    application.router.add_post(receivers.PATH, receivers.answer)
    application.router.add_route("*", "/{path:.*}", FrontDoor(destination, client, port).handle)
    return await listening(application, port), client
