"""Ids that the gateway would decode into another route or record never leave the client."""

import pytest

from certctl_client.exit_codes import ExitCode
from tests.integration.client.conftest import Certctl
from tests.support.client.server import LoopbackServer


@pytest.mark.parametrize(
    "odd", ["sso/versions", "sso?x=1", "sso#x", "sso%2Fversions", "a\\b", "a\x00b", ".."]
)
def test_an_id_that_is_none_is_refused_before_it_is_sent(
    certctl: Certctl, server: LoopbackServer, odd: str
) -> None:
    ran = certctl("audit", "get", odd)
    assert ran.code == ExitCode.USAGE
    assert "is not an id" in ran.err
    assert server.asked == []
