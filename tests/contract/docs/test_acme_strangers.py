"""docs/security.md: what the most expensive requests to the ACME server cost, of who has no ACME account."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from certctl.crypto.acme.cert_ids import cert_id_of
from certctl.crypto.pem import load_certificate
from certctl.domain.base64url import to_base64url
from tests.support.acme.eab_keys import EabKeys
from tests.support.acme.gateway import DIRECTORY
from tests.support.acme.raw import RawAcme, binding, jws, new_key
from tests.support.clock import Clock
from tests.support.docs.strangers import ACME, MARGIN, best, on_the_page
from tests.support.functions.deployed import deployed
from tests.support.issuing.issuing import Issuing, issuing

type Prepared = Callable[[], Callable[[], object]]
_CERTIFICATES = "/api/v1/certificates"


@pytest.fixture
def world() -> Iterator[Issuing]:
    with deployed(Clock()) as stack, issuing(stack) as made:
        yield made


def _prepared(world: Issuing) -> dict[str, Prepared]:
    """How each request of the page is made; what its sender does before it is not measured."""
    keys, known = EabKeys(world.stack), EabKeys(world.stack).made()
    client, stranger = keys.client(known), RawAcme(keys.client(known).gateway)
    certificate = world.issued("www.example.com")
    pem = world.stack.admin("certificates_api").get(f"{_CERTIFICATES}/{certificate['id']}/export/pem").text
    leaf = load_certificate(pem)
    named, der = cert_id_of(leaf), to_base64url(leaf.public_bytes(Encoding.DER))

    def get(url: str) -> Callable[[], object]:
        return lambda: stranger.gateway.send("GET", url)

    def forged() -> Callable[[], object]:
        body = jws(new_key(), client.header(client.kid), None)
        return lambda: stranger.send(client.kid, body)

    def signed(place: str, payload: Callable[[str], object]) -> Callable[[], object]:
        url = stranger.url(place)
        body = jws(stranger.key, stranger.header(url, by_key=True), payload(url))
        return lambda: stranger.send(url, body)

    def wrong(url: str) -> object:
        """The binding to an EAB key that exists, with a secret that is not its own."""
        held = keys.held(known, generation=7)
        return {"externalAccountBinding": binding(stranger.key, held.id, held.secret, url)}

    requests: list[Prepared] = [
        lambda: get(DIRECTORY),
        lambda: get(stranger.url("new-nonce")),
        lambda: get(stranger.url("renewal-info", str(named))),
        forged,
        lambda: signed("new-account", wrong),
        lambda: signed("revoke-cert", lambda _: {"certificate": der}),
    ]
    return dict(zip(ACME, requests, strict=True))


def test_a_stranger_s_request_to_the_acme_server_costs_what_the_page_says(world: Issuing) -> None:
    page = on_the_page()
    for name, prepare in _prepared(world).items():
        cost, milliseconds = best(partial(prepare))
        known, bound = page[name]
        assert (name, cost) == (name, known)
        assert milliseconds <= MARGIN * bound, name
