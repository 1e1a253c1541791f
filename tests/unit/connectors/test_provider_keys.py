"""How long an issuer of tokens may take to publish its keys."""

import json
from typing import Any

import pytest

from certctl.connectors.http.adapter import HttpReply, HttpRequest, OutboundHttp
from certctl.connectors.provider_keys import ProviderKeys
from certctl.domain.identity.foreign_tokens import KeysUnavailable
from tests.support.identity.issuers import jwk

ISSUER = "https://issuer.example"
DISCOVERY = {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys"}


class SlowNetwork(OutboundHttp):
    """Each response takes `duration_ms`. Notes the deadlines."""

    def __init__(self, duration_ms: int) -> None:
        self.deadlines: list[float] = []
        self._duration_ms = duration_ms

    def send(self, request: HttpRequest, deadline_seconds: float) -> HttpReply:
        self.deadlines.append(deadline_seconds)
        body: Any = {"keys": [jwk("RSA")]} if request.url == DISCOVERY["jwks_uri"] else DISCOVERY
        return HttpReply(200, {}, json.dumps(body).encode(), self._duration_ms)


@pytest.mark.parametrize(("duration_ms", "left"), [(0, 5.0), (1_500, 3.5), (5_000, 0.1)])
def test_both_responses_of_an_issuer_share_five_seconds(duration_ms: int, left: float) -> None:
    network = SlowNetwork(duration_ms)

    published = ProviderKeys(network).fetch(ISSUER)

    assert [key.id for key in published.keys] == ["k1"]
    assert network.deadlines == [5.0, left]


def test_a_document_over_256_kib_is_not_read() -> None:
    class Padded(SlowNetwork):
        def send(self, request: HttpRequest, deadline_seconds: float) -> HttpReply:
            reply = super().send(request, deadline_seconds)
            return HttpReply(200, {}, reply.body + b" " * 256 * 1024, 0)

    with pytest.raises(KeysUnavailable, match="over 262144 bytes"):
        ProviderKeys(Padded(0)).fetch(ISSUER)
