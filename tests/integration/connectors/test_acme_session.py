"""The session of the acme library against servers that speak no ACME: it uses the adapter of all HTTP."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from josepy.jwk import JWKEC

from certctl.connectors.address_guard import AddressGuard, GuardPolicy
from certctl.connectors.issuers.acme.session import AcmeSession, Missing, Refused
from certctl.connectors.issuers.base import IssuerUnavailable
from tests.support.channels.receivers import Receiver, answers

LOCAL = GuardPolicy.for_local_mode(["127.0.0.0/8"])


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().running() as running:
        yield running


def session(url: str, policy: GuardPolicy = LOCAL) -> AcmeSession:
    key = JWKEC(key=ec.generate_private_key(ec.SECP256R1()))
    return AcmeSession(url, AddressGuard(policy), None, key, lambda _: None)


def test_an_error_keeps_its_status_and_its_wait(receiver: Receiver) -> None:
    receiver.behave(answers(503, b"busy", {"Retry-After": "120"}))
    with pytest.raises(IssuerUnavailable, match="HTTP 503") as failure:
        session(receiver.url()).get(receiver.url())
    assert failure.value.retry_after == timedelta(seconds=120)


def test_what_the_server_does_not_know_is_missing(receiver: Receiver) -> None:
    receiver.behave(answers(404, b"no such page"))
    with pytest.raises(Missing, match="HTTP 404"):
        session(receiver.url()).get(receiver.url())


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_failure_and_is_not_followed(receiver: Receiver, status: int) -> None:
    receiver.behave(answers(status, b"", {"Location": "/elsewhere"}))
    with pytest.raises(IssuerUnavailable, match="redirect"):
        session(receiver.url()).get(receiver.url())
    assert [request.path for request in receiver.received] == ["/hook"]


def test_a_url_that_the_guard_refuses_is_not_called(receiver: Receiver) -> None:
    with pytest.raises(Refused, match="may not be called"):
        session(receiver.url(), GuardPolicy.for_stack()).get(receiver.url())
    assert receiver.connections == 0


def test_one_steps_requests_share_a_connection(receiver: Receiver) -> None:
    receiver.behave(answers(200, b"{}", {"Content-Type": "application/json"}))
    step = session(receiver.url())
    for _ in range(3):
        assert step.get(receiver.url()).body == {}
    assert receiver.connections == 1
    assert {request.headers["user-agent"] for request in receiver.received} == {"certctl"}
