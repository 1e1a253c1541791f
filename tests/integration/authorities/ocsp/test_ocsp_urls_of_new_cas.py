"""A CA that takes over has its OCSP URL before its first certificate; a first CA gets it later."""

from typing import Any

import pytest

from certctl.domain.authorities.authorities import ocsp_url_for
from certctl.domain.errors import NotServed
from functions.stack_admin import app
from tests.support.functions.lambda_context import Context
from tests.support.status.public_host import (
    PublicHost,
    enabled,
    leaf_of,
    ocsp_urls_in,
    public_host,
    unreachable,
    upkeep,
)
from tests.support.status.responder import Responding

_SECOND_KEY = "arn:aws:kms:eu-central-1:111122223333:key/second"


@pytest.fixture
def host(responding: Responding, monkeypatch: pytest.MonkeyPatch) -> PublicHost:
    return public_host(responding, monkeypatch)


def rotated(host: PublicHost) -> dict[str, Any]:
    """Repeated after a failure with the same key."""
    key = host.responding.pki.new_key(_SECOND_KEY)
    answer: dict[str, Any] = app.lambda_handler({"action": "rotate", "key_arn": key}, Context())
    return answer


def test_a_successor_waits_for_its_url_and_the_old_ca_continues(host: PublicHost) -> None:
    old = host.responding.authority
    host.instead = unreachable
    with pytest.raises(NotServed, match="no valid answer"):
        rotated(host)
    assert host.responding.authority == old
    host.instead = None
    assert rotated(host)["replaces"] == old.ca_id
    new = host.responding.authority
    assert new.ca_id != old.ca_id
    assert new.ocsp_url == ocsp_url_for(new)
    assert ocsp_urls_in(leaf_of(host)) == [new.ocsp_url]


def test_with_the_parameter_off_a_successor_does_not_wait(
    host: PublicHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTCTL_OCSP", "false")
    host.instead = unreachable
    assert rotated(host)["state"] == "active"


def test_the_first_ca_of_a_further_issuer_does_not_wait(host: PublicHost) -> None:
    """It issues at once, as the stack's first one did."""
    host.instead = unreachable
    key = host.responding.pki.new_key(_SECOND_KEY)
    event = {"action": "create_issuer", "issuer_id": "iss-office", "name": "Office", "key_arn": key}
    answer = app.lambda_handler(event | {"subject": "CN=Office CA 1,O=Example"}, Context())
    assert answer["state"] == "active"
    host.instead = None
    assert upkeep(host) == []
    assert enabled(host) == 3, "the root's, and those of both CAs"
