"""What one address asks of the routes for anyone: it keeps no other out, and can end a credential."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from certctl.api.identity.throttle import BURST, PER_SECOND
from certctl.domain.access.permissions import Role
from tests.support.api.http import Answer
from tests.support.costs.read_units import metered_reads
from tests.support.costs.write_units import metered
from tests.support.functions.deployed import Deployed
from tests.support.identity.trust import FORM

TOKEN, REVOKE = "/api/v1/auth/token", "/api/v1/auth/revoke"
LOGIN, CALLBACK = "/api/v1/auth/login/idp-none", "/api/v1/auth/callback/idp-none"
STRANGER, OTHER = "203.0.113.9", "203.0.113.10"


def call(stack: Deployed, method: str, path: str, source_ip: str) -> Answer:
    return stack.client("identity_api").send(method, path, source_ip=source_ip)


def flood(stack: Deployed, method: str, path: str, source_ip: str = STRANGER) -> None:
    for _ in range(BURST):
        assert call(stack, method, path, source_ip).status != 429


@pytest.mark.parametrize(
    ("method", "path"), [("POST", TOKEN), ("POST", REVOKE), ("GET", LOGIN), ("GET", CALLBACK)]
)
def test_an_address_that_asks_too_much_keeps_no_other_out(stack: Deployed, method: str, path: str) -> None:
    flood(stack, method, path)
    refused = call(stack, method, path, STRANGER)
    assert (refused.status, refused.headers["Retry-After"]) == (429, "1")
    assert call(stack, method, path, OTHER).status != 429
    stack.clock.advance(timedelta(seconds=1))
    assert [call(stack, method, path, STRANGER).status == 429 for _ in range(PER_SECOND + 1)] == [
        *[False] * PER_SECOND,
        True,
    ]


def test_a_refused_request_costs_no_read_and_no_write(stack: Deployed) -> None:
    for _ in range(4 * BURST):
        call(stack, "GET", LOGIN, STRANGER)
    database = stack.database.client
    with metered(database) as writes, metered_reads(database) as reads:
        assert call(stack, "GET", LOGIN, STRANGER).status == 429
    assert (writes.units, reads.units) == (0, 0)


def test_all_addresses_of_a_subscriber_count_as_one(stack: Deployed) -> None:
    flood(stack, "GET", LOGIN, "2001:db8:1:2::1")
    assert call(stack, "GET", LOGIN, "2001:db8:1:2:ffff::9").status == 429
    assert call(stack, "GET", LOGIN, "2001:db8:1:3::1").status != 429


def test_who_gets_no_more_tokens_still_ends_a_leaked_key(stack: Deployed) -> None:
    key = stack.new_key(Role.VIEWER, ["t-1"])
    flood(stack, "POST", TOKEN)
    assert call(stack, "POST", TOKEN, STRANGER).status == 429
    body = urlencode({"token": key})
    ended = stack.client("identity_api").send("POST", REVOKE, body, headers=FORM, source_ip=STRANGER)
    assert ended.status == 200
    assert stack.client("certificates_api", key).post("/api/v1/certificates", {}).status == 401
