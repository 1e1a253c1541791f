"""A client of the ACME server, its nudges, and the validator, with the permissions of each function."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from certctl.crypto.acme.keys import checked_jwk, thumbprint
from certctl.domain.acme.eab_keys import AuthorizationMode, ChallengeType
from certctl.domain.base64url import to_base64url
from certctl.store.acme.authorizations import AuthorizationStore
from functions.acme_validator import app
from tests.support.acme.dns_server import DnsServer
from tests.support.acme.eab_keys import TEAM, EabKeys
from tests.support.acme.raw import RawAcme, jwk
from tests.support.catalog.entries import store_referred
from tests.support.channels.receivers import Receiver, answers
from tests.support.functions.deployed import Deployed
from tests.support.functions.lambda_context import Context
from tests.support.issuing.issuing import issuing, received

NAME = "www.web.example.com"
WRONG = answers(200, b"not yet")


class Waiting:
    """A client that waits for its order."""

    def __init__(self, stack: Deployed, web: Receiver) -> None:
        self.stack = stack
        self.web = web
        store_referred(stack.database, stack.clock(), {"team_id": TEAM, "owner_id": "o-web"})
        keys = EabKeys(stack)
        types = (ChallengeType.HTTP_01, ChallengeType.DNS_01)
        key = keys.made(authorization=AuthorizationMode.CHALLENGES, challenges=types)
        self.client: RawAcme = keys.client(key)
        wanted = {"identifiers": [{"type": "dns", "value": NAME}]}
        made = self.client.post(self.client.url("new-order"), wanted)
        assert made.status_code == 201, made.text
        self.order_url = made.headers["Location"]
        (self.authorization_url,) = made.json()["authorizations"]

    def read(self, url: str = "") -> Any:
        response = self.client.post(url or self.authorization_url)
        assert response.status_code == 200, response.text
        return response

    def challenge(self, type: str = "http-01") -> dict[str, Any]:
        (found,) = [each for each in self.read().json()["challenges"] if each["type"] == type]
        return dict(found)

    def key_authorization(self) -> bytes:
        return f"{self.challenge()['token']}.{thumbprint(checked_jwk(jwk(self.client.key)))}".encode()

    def answer(self) -> dict[str, Any]:
        response = self.client.post(self.challenge()["url"], {})
        assert response.status_code == 200, response.text
        return dict(response.json())

    def validate(self) -> int:
        """Runs the validator for each nudge; returns how many there were."""
        handler = self.stack.privileges.of("acme_validator", app.lambda_handler)
        nudges = received("acme_validations")
        for nudge in nudges:
            assert handler({"Records": [nudge]}, Context(30)) == {"batchItemFailures": []}
        return len(nudges)

    def wait(self, seconds: float) -> None:
        self.stack.clock.advance(timedelta(seconds=seconds))


@pytest.fixture
def waiting(stack: Deployed, monkeypatch: pytest.MonkeyPatch) -> Iterator[Waiting]:
    dns = DnsServer()
    dns.add(NAME, "A", "127.0.0.1")
    with dns.running() as server, Receiver(WRONG).running() as web, issuing(stack):
        monkeypatch.setenv("CERTCTL_ACME_DNS_SERVERS", f"127.0.0.1:{server.port}")
        monkeypatch.setenv("CERTCTL_ACME_VALIDATION_CIDRS", "127.0.0.1/32")
        monkeypatch.setenv("CERTCTL_ACME_HTTP_PORT", str(web.port))
        yield Waiting(stack, web)


def test_an_answer_is_validated_and_makes_the_order_ready(waiting: Waiting) -> None:
    waiting.web.behave(answers(200, waiting.key_authorization()))
    assert waiting.answer()["status"] == "processing"
    assert waiting.validate() == 1
    assert waiting.challenge()["status"] == "valid"
    assert "validated" in waiting.challenge()
    order_id = waiting.order_url.rsplit("/", 1)[-1]
    (proven,) = AuthorizationStore(waiting.stack.database).all_of(order_id)
    assert proven.addresses == ("127.0.0.1",)
    assert waiting.read().json()["status"] == "valid"
    assert waiting.read(waiting.order_url).json()["status"] == "ready"
    assert waiting.validate() == 0


def test_a_client_that_polls_brings_each_attempt_about(waiting: Waiting) -> None:
    right = waiting.key_authorization()
    waiting.answer()
    waiting.validate()
    polled = waiting.read()
    assert (polled.json()["status"], waiting.validate()) == ("pending", 0)
    assert int(polled.headers["Retry-After"]) == 3
    waiting.web.behave(answers(200, right))
    waiting.wait(3)
    assert waiting.read().json()["status"] == "pending"
    assert waiting.validate() == 1
    assert waiting.read().json()["status"] == "valid"


@pytest.mark.parametrize("polled", ["challenge", "authorization", "order"])
def test_a_lost_nudge_costs_one_poll(waiting: Waiting, polled: str) -> None:
    """dehydrated polls the challenge alone, others the order alone."""
    challenge = waiting.challenge()["url"]
    urls = {"challenge": challenge, "authorization": waiting.authorization_url, "order": waiting.order_url}
    waiting.web.behave(answers(200, waiting.key_authorization()))
    waiting.answer()
    received("acme_validations")
    waiting.read(urls[polled])
    assert waiting.validate() == 1
    assert waiting.read(challenge).json()["status"] == "valid"


def test_five_wrong_answers_make_the_order_invalid_with_the_reason(waiting: Waiting) -> None:
    waiting.answer()
    for seconds in (3, 5, 10, 20, 0):
        waiting.read()
        waiting.validate()
        waiting.wait(seconds)
    shown = waiting.challenge()
    assert shown["status"] == "invalid"
    assert shown["error"]["type"] == "urn:ietf:params:acme:error:incorrectResponse"
    assert "not yet" not in json.dumps(shown)
    assert waiting.read().json()["status"] == "invalid"
    assert waiting.read(waiting.order_url).json()["status"] == "invalid"
    assert len(waiting.web.received) == 5


def test_the_answer_counts_with_the_key_of_its_time(waiting: Waiting) -> None:
    """A key authorization of another key proves nothing."""
    token = waiting.challenge()["token"]
    waiting.web.behave(answers(200, f"{token}.{to_base64url(bytes(32))}".encode()))
    waiting.answer()
    waiting.validate()
    assert waiting.read().json()["status"] == "pending"
