"""Probes that the control plane orders: they ride on polls, and go no further than the host's consent."""

from base64 import b64decode
from hashlib import sha256
from typing import Any

import pytest

from tests.support.agents.process import AgentHost
from tests.support.agents.server import AgentServer
from tests.support.agents.web_servers import WebServer
from tests.support.client.server import HANG_UP


def order(endpoint_id: str, port: int, host: str = "127.0.0.1", **more: Any) -> dict[str, Any]:
    offers = more.pop("offers", ["default"])
    return {
        "endpoint_id": endpoint_id,
        "host": host,
        "port": port,
        "sni": None,
        "starttls": None,
        "offers": offers,
        **more,
    }


def leaf_in(report: dict[str, Any]) -> bytes:
    [address] = report["addresses"]
    return b64decode(address["handshakes"][0]["chain"][0])


@pytest.fixture
def port(web_nginx: WebServer) -> int:
    return web_nginx.endpoint.port


def test_an_order_comes_with_a_poll_and_its_report_goes_with_the_next(
    server: AgentServer, host: AgentHost, web_nginx: WebServer, port: int
) -> None:
    server.probe_orders = [order("ep-1", port, sni="www.example.com")]
    del server.asked[:]

    for _ in range(2):
        host.once()

    assert server.asked == ["heartbeat", "heartbeat"]
    [report] = server.probe_reports
    assert report["endpoint_id"] == "ep-1"
    assert sha256(leaf_in(report)).hexdigest() == web_nginx.first.fingerprint_sha256


def test_an_order_that_came_twice_is_one_probe(server: AgentServer, host: AgentHost, port: int) -> None:
    """The agent was off for a day."""
    server.probe_orders = [order("ep-1", port), order("ep-1", port)]

    for _ in range(3):
        host.once()

    assert [each["endpoint_id"] for each in server.probe_reports] == ["ep-1"]


def test_a_report_that_got_lost_is_sent_again(server: AgentServer, host: AgentHost, port: int) -> None:
    server.probe_orders = [order("ep-1", port)]
    host.once()
    server.faults.replies["heartbeat"] = [HANG_UP]
    host.once()

    host.once()

    assert [each["endpoint_id"] for each in server.probe_reports] == ["ep-1"]


def test_an_address_that_the_host_does_not_allow_is_not_connected_to(
    server: AgentServer, host: AgentHost, port: int
) -> None:
    host.allow('kinds = ["NGINX"]\nverify_addresses = ["127.0.0.1"]\n')
    server.probe_orders = [order("ep-1", port), order("ep-2", port, "localhost")]

    for _ in range(2):
        host.once()

    allowed, refused = server.probe_reports
    assert allowed["addresses"][0]["address"] == "127.0.0.1"
    assert (refused["addresses"], refused["refused"]) == ([], "consent")


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254", "224.0.0.1"]
)
def test_no_consent_opens_the_metadata_service(server: AgentServer, host: AgentHost, address: str) -> None:
    server.probe_orders = [order("ep-1", 443, address)]

    for _ in range(2):
        host.once()

    assert server.probe_reports[0]["addresses"] == [{"address": address, "handshakes": []}]


@pytest.mark.parametrize(
    "broken",
    [
        {"port": 0},
        {"port": "443"},
        {"host": None},
        {"host": "a\nb"},
        {"starttls": "gopher"},
        {"endpoint_id": 7},
    ],
)
def test_an_order_that_cannot_be_read_does_not_stop_the_others(
    server: AgentServer, host: AgentHost, port: int, broken: dict[str, Any]
) -> None:
    server.probe_orders = [{**order("ep-1", port), **broken}, order("ep-2", port)]

    for _ in range(2):
        assert host.once().returncode == 0

    assert [each["endpoint_id"] for each in server.probe_reports] == ["ep-2"]


def test_a_server_that_went_back_to_an_earlier_release_is_polled_without_reports(
    server: AgentServer, host: AgentHost, port: int
) -> None:
    server.probe_orders = [order("ep-1", port)]
    host.once()
    server.probe_orders = None

    assert host.once().returncode == 0
    del server.asked[:]
    host.once()

    assert server.asked == ["heartbeat"]


def test_a_file_of_orders_that_was_damaged_is_forgotten(
    server: AgentServer, host: AgentHost, port: int
) -> None:
    server.probe_orders = [order("ep-1", port)]
    host.once()
    (host.state / "probes.json").write_text("{")

    ran = host.once()

    assert (ran.returncode, server.probe_reports) == (0, [])
    assert "probes_forgotten" in [event["event"] for event in ran.events]
