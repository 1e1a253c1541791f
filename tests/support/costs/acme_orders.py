"""Costs of one certificate of an ACME client: the requests of certbot with a known ACME account, whose names
need no proof, and the run of the worker that signs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any

from requests import Response

from certctl.domain.acme.eab_keys import AuthorizationMode
from certctl.domain.base64url import to_base64url
from certctl_client.costs.usage import Usage
from tests.support.acme.eab_keys import EabKeys
from tests.support.acme.orders import csr_for
from tests.support.acme.raw import RawAcme
from tests.support.catalog.entries import store_referred
from tests.support.costs import costs
from tests.support.costs.idle_stack import measured
from tests.support.issuing.csr import new_key
from tests.support.issuing.issuing import Issuing

_NAME = "a.web.example.com"


@dataclass
class OrderCosts:
    """`usage` of both, the client's requests and the worker's run."""

    world: Issuing
    client: RawAcme
    usage: Usage = field(default_factory=Usage)
    nonces: list[str] = field(default_factory=list)

    def order(self) -> None:
        nonce = self._asked(self.client.nonce)
        self.nonces = [nonce]
        self._asked(partial(self.client.gateway.send, "GET", self.client.url("directory")))
        wanted = {"identifiers": [{"type": "dns", "value": _NAME}]}
        order = self._posted(self.client.url("new-order"), wanted)
        self._posted(order.json()["authorizations"][0])
        csr = to_base64url(csr_for(_NAME, [_NAME], new_key()))
        self._posted(f"{order.headers['Location']}/finalize", {"csr": csr})
        signed = measured(self.world, self.world.work)
        self.usage += costs.usage_of("signing_worker", signed)
        done = self._posted(order.headers["Location"]).json()
        self._posted(done["certificate"])

    def _posted(self, url: str, payload: Any = None) -> Response:
        response = self._asked(partial(self.client.post, url, payload, nonce=self.nonces.pop()))
        assert response.status_code < HTTPStatus.BAD_REQUEST, response.text
        self.nonces.append(response.headers["Replay-Nonce"])
        return response

    def _asked[R](self, act: Callable[[], R]) -> R:
        found = list[R]()
        run = measured(self.world, lambda: found.append(act()))
        self.usage += costs.usage_of_call("acme_api", run)
        return found[0]


def order_costs(world: Issuing) -> tuple[OrderCosts, OrderCosts]:
    """Orders a new certificate, then its renewal, once the process has what it keeps."""
    stack = world.stack
    store_referred(stack.database, stack.clock(), {"team_id": "t-web", "owner_id": "o-web"})
    keys = EabKeys(stack)
    client = keys.client(keys.made(authorization=AuthorizationMode.TRUSTED))
    first, renewal = OrderCosts(world, client), OrderCosts(world, client)
    first.order()
    renewal.order()
    return first, renewal
