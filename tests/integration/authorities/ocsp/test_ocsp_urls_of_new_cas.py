"""A new CA has its OCSP URL, and its root too, before its first certificate."""

from typing import Any

import pytest
from cryptography.x509.oid import AuthorityInformationAccessOID as Access

from certctl.crypto.pem import load_certificate
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
    urls_in,
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


def test_the_first_ca_of_a_further_issuer_waits_for_its_url_too(host: PublicHost) -> None:
    host.instead = unreachable
    key = host.responding.pki.new_key(_SECOND_KEY)
    event = {"action": "create_issuer", "issuer_id": "iss-office", "name": "Office", "key_arn": key}
    event |= {"subject": "CN=Office CA 1,O=Example"}
    with pytest.raises(NotServed, match="no valid answer"):
        app.lambda_handler(event, Context())
    host.instead = None
    assert app.lambda_handler(event, Context())["state"] == "active"
    assert enabled(host) == 2, "the root's, and the new CA's"
    assert upkeep(host) == []
    assert enabled(host) == 3, "and that of the CA that the stack was made with"


def test_a_successor_names_the_url_of_a_root_that_had_none_and_waits_for_it(host: PublicHost) -> None:
    """So it is in a stack of an earlier release, or one that had `Ocsp=false` before."""
    assert host.responding.root.ocsp_url is None
    rotated(host)
    root, new = host.responding.root, host.responding.authority
    assert root.ocsp_url == ocsp_url_for(root)
    assert urls_in(load_certificate(new.certificate_pem), Access.OCSP) == [root.ocsp_url]
