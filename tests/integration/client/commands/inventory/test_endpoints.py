"""`certctl endpoints` against the stack's own functions."""

import json
from typing import Any

import pytest

from certctl_client.exit_codes import ExitCode
from tests.integration.client.conftest import Certctl


def _added(certctl: Certctl, address: str, *options: str) -> dict[str, Any]:
    ran = certctl("endpoints", "add", address, "--team", "t-default", *options, "-o", "json")
    assert ran.code == ExitCode.OK, ran.err
    record: dict[str, Any] = json.loads(ran.out)
    return record


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("www.example.com", "www.example.com", 443),
        ("www.example.com:8443", "www.example.com", 8443),
        ("[2606:2800::1]:8443", "2606:2800::1", 8443),
        ("2606:2800::1", "2606:2800::1", 443),
    ],
)
def test_an_endpoint_is_added(certctl: Certctl, address: str, host: str, port: int) -> None:
    record = _added(certctl, address)
    assert (record["host"], record["port"], record["expected"]) == (host, port, "any_valid")


def test_an_endpoint_is_listed_and_shown_until_it_is_removed(certctl: Certctl) -> None:
    endpoint_id = _added(certctl, "mail.example.com:587", "--starttls", "smtp")["id"]
    assert endpoint_id in certctl("endpoints", "list", "-o", "name").out.split()
    assert "mail.example.com" in certctl("endpoints", "get", endpoint_id).out

    assert certctl("endpoints", "remove", endpoint_id, "--yes").code == ExitCode.OK

    assert endpoint_id not in certctl("endpoints", "list", "-o", "name").out.split()
    assert certctl("endpoints", "get", endpoint_id).code == ExitCode.NOT_FOUND


def test_an_expectation_is_changed(certctl: Certctl) -> None:
    endpoint_id = _added(certctl, "cdn.example.com")["id"]
    options = ("--expected", "issuer", "--expected-issuer", "CN=R12", "-o", "json")
    record = json.loads(certctl("endpoints", "attach", endpoint_id, *options).out)
    assert (record["expected"], record["expected_issuer"]) == ("issuer", "CN=R12")


def test_an_endpoint_that_was_not_probed_has_no_history(certctl: Certctl) -> None:
    endpoint_id = _added(certctl, "new.example.com")["id"]
    assert json.loads(certctl("endpoints", "history", endpoint_id, "-o", "json").out) == []


def test_an_endpoint_that_was_not_probed_has_no_incidents(certctl: Certctl) -> None:
    endpoint_id = _added(certctl, "new.example.com")["id"]
    assert json.loads(certctl("endpoints", "incidents", endpoint_id, "-o", "json").out) == []


def test_a_port_that_is_none_is_refused(certctl: Certctl) -> None:
    ran = certctl("endpoints", "add", "www.example.com:https", "--team", "t-default")
    assert (ran.code, "https is no port." in ran.err) == (ExitCode.USAGE, True)
