"""No outcome, exception, traceback or log of any failure shows a URL, host, secret or body."""

import logging
import traceback
from dataclasses import dataclass

import pytest

from certctl.connectors.address_guard import AddressGuard, GuardPolicy, UrlRefused
from certctl.connectors.http.adapter import OutboundHttp
from certctl.connectors.http.failures import HttpFailed
from certctl.connectors.notifiers import build_notifier
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.outcomes import Outcome
from tests.support.channels.hostile_urls import HOSTILE_ANSWERS, HOSTILE_URLS
from tests.support.channels.provider_channels import HTTP_KINDS, PREFIX, secrets_of
from tests.support.channels.receivers import Behaviour, Receiver, ScriptedDns, answers, drips, sends_raw
from tests.support.notifications.messages import REVOKED, providers

TOKEN = "s3cr3tT0ken"
HOST = "private-hooks.test"
API_KINDS = (ChannelKind.PAGERDUTY, ChannelKind.OPSGENIE, ChannelKind.JSM)
TLS_BYTES = b"\x16\x03\x01"

BEHAVIOURS: list[Behaviour] = [
    *(
        answers(status, f"{TOKEN} {HOST}".encode(), {"X-Echo": TOKEN})
        for status in (301, 400, 404, 410, 429, 500)
    ),
    answers(302, b"", {"Location": f"http://{HOST}/{TOKEN}"}),
    sends_raw(b""),
    sends_raw(f"{TOKEN} {HOST} is not HTTP\r\n\r\n".encode()),
    sends_raw(f"HTTP/1.1 {TOKEN} {HOST}\r\n\r\n".encode()),
    sends_raw(f"HTTP/1.1 200 OK\r\n{TOKEN} {HOST}\r\n\r\n".encode()),
    sends_raw(f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{TOKEN}\r\n".encode()),
    sends_raw(f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n99\r\n{TOKEN}".encode()),
    sends_raw(f"HTTP/1.1 200 OK\r\nRetry-After: {TOKEN}\r\n\r\n{TOKEN}".encode()),
    drips(TLS_BYTES),
]


@dataclass(frozen=True)
class Case:
    """A URL with a secret path at a host that has a name of its own."""

    http: OutboundHttp
    url: str


def a_case(scheme: str, port: int) -> Case:
    dns = ScriptedDns({HOST: [["127.0.0.1"]], "rebound.test": [["10.0.0.1"]]})
    guard = AddressGuard(GuardPolicy.for_local_mode(["127.0.0.0/8"]), dns)
    return Case(OutboundHttp(guard), f"{scheme}://{HOST}:{port}/{TOKEN}?key={TOKEN}")


def assert_silent(text: str) -> None:
    for secret in (TOKEN, HOST, "rebound.test", "127.0.0.1", "10.0.0.1", "whsec_"):
        assert secret not in text


def sent(kind: ChannelKind, case: Case) -> Outcome:
    secrets = secrets_of({"url": case.url, "signing": "whsec_czNjcjN0VDBrZW4=", "key": TOKEN})
    settings = {
        "url": case.url.partition("?")[0] if kind in API_KINDS else f"{PREFIX}url",
        "secret": f"{PREFIX}signing",
        "routing_key": f"{PREFIX}key",
        "api_key": f"{PREFIX}key",
    }
    return build_notifier(ChannelConfig("c", kind, settings), providers(case.http, secrets)).send(
        REVOKED, 0.3
    )


@pytest.mark.parametrize("kind", HTTP_KINDS)
@pytest.mark.parametrize("number", range(len(BEHAVIOURS)))
def test_no_outcome_shows_one(kind: ChannelKind, number: int, caplog: pytest.LogCaptureFixture) -> None:
    with Receiver(BEHAVIOURS[number]).running() as receiver:
        with caplog.at_level(logging.DEBUG, logger="certctl"):
            outcome = sent(kind, a_case("http", receiver.port))
        assert_silent(repr(outcome))
        assert_silent(caplog.text)


@pytest.mark.parametrize("number", range(len(BEHAVIOURS)))
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_exception_or_traceback_shows_one(scheme: str, number: int) -> None:
    with Receiver(BEHAVIOURS[number]).running() as receiver:
        case = a_case(scheme, receiver.port)
        try:
            reply = case.http.post(case.url, {"Authorization": f"GenieKey {TOKEN}"}, b"{}", 0.3)
        except HttpFailed as failure:
            assert_silent(str(failure) + repr(failure) + "".join(traceback.format_exception(failure)))
        else:
            assert_silent(repr(reply))


def test_no_failed_connection_shows_one() -> None:
    with Receiver().running() as receiver:
        case = a_case("http", receiver.port)
    assert_silent(repr(sent(ChannelKind.SLACK, case)))


def test_no_refusal_shows_the_url() -> None:
    """The port represents the URL: no message contains its digits by chance."""
    for text in HOSTILE_URLS:
        url = text.replace("PORT", "49999")
        guard = AddressGuard(GuardPolicy.for_stack(), lambda host, port: ["127.0.0.1"])
        with pytest.raises(UrlRefused) as refusal:
            guard.check_url(url)
        shown = "".join(traceback.format_exception(refusal.value))
        assert "49999" not in shown
        assert len(url) < 12 or url not in shown


def test_no_refusal_shows_the_host_or_its_addresses() -> None:
    for text, addresses in HOSTILE_ANSWERS:

        def dns(host: str, port: int, found: tuple[str, ...] = addresses) -> tuple[str, ...]:
            return found

        url = text.replace("PORT", "49999")
        with pytest.raises(UrlRefused) as refusal:
            AddressGuard(GuardPolicy.for_stack(), dns).check_url(url)
        shown = "".join(traceback.format_exception(refusal.value))
        assert refusal.value.detail == "the host has an address that is not public"
        assert "49999" not in shown


def test_a_target_hides_its_path() -> None:
    guard = AddressGuard(GuardPolicy.for_stack(), lambda host, port: ["93.184.216.34"])
    assert_silent(repr(guard.resolve(f"https://hooks.example/{TOKEN}?key={TOKEN}")))
