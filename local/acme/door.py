"""The https port of the ACME server, in place of API Gateway's own endpoint."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientSession, web
from yarl import URL

from local import browsers
from local.front import GATEWAY_BODY_BYTES, listening, new_session, pass_on


@dataclass(frozen=True)
class AcmeDoor:
    """`address` is where the emulator serves the ACME server's HTTP API."""

    address: str
    client: ClientSession
    port: int

    async def handle(self, request: web.Request) -> web.Response:
        refused = browsers.acme_refusal(request.headers)
        if refused:
            return web.Response(status=403, text=refused)
        address = URL(self.address + request.raw_path, encoded=True)
        return await pass_on(request, self.client, address, {"Host": address.authority}, self.port)


async def serve(address: str, port: int, leaf: Path) -> tuple[web.AppRunner, ClientSession]:
    """Open the port on the loopback address with the key and chain of `leaf`; the caller closes both that it
    gets. Raises OSError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(leaf)
    client = new_session()
    application = web.Application(client_max_size=GATEWAY_BODY_BYTES)
    application.router.add_route("*", "/{path:.*}", AcmeDoor(address, client, port).handle)
    return await listening(application, port, context), client
