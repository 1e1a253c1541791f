"""A fresh stack: the chain of its first leaf names OCSP responders that answer, from the root on."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.x509.oid import AuthorityInformationAccessOID as Access

from certctl.connectors.http.adapter import HttpRequest
from certctl.crypto.pem import load_certificate
from certctl.crypto.status.ocsp_checking import OcspStatus
from certctl.domain.authorities.authorities import Authority, ocsp_url_for
from functions.stack_admin import app
from tests.support.functions.control_plane import ControlPlane
from tests.support.functions.lambda_context import Context
from tests.support.revocation.interruptions import writes_at_most
from tests.support.status.public_host import (
    PublicHost,
    forget_the_environment,
    leaf_of,
    ocsp_urls_in,
    public_host,
    status_of,
    unreachable,
    upkeep,
    urls_in,
)
from tests.support.status.responder import Responding


@pytest.fixture
def fresh(uninitialized: Responding, monkeypatch: pytest.MonkeyPatch) -> PublicHost:
    return public_host(uninitialized, monkeypatch)


def initialized(host: PublicHost) -> dict[str, Any]:
    """Fails if a call is not allowed by stack_admin's policy."""
    privileges = host.responding.privileges
    answer = privileges.of("stack_admin", app.lambda_handler)({"action": "initialize"}, Context())
    assert not privileges.refused, privileges.refused
    return answer


def is_open(host: PublicHost) -> bool:
    ca_id = host.responding.first.ca_id
    return any(shard.open for shard in host.responding.pki.authorities.shards(ca_id))


def only_for(silent: Callable[[PublicHost], Authority], host: PublicHost) -> Callable[[HttpRequest], bytes]:
    """A host behind which the responder of one CA does not answer."""

    def exchange(request: HttpRequest) -> bytes:
        return unreachable(request) if silent(host).ca_id in request.url else host.answered(request)

    return exchange


def test_each_certificate_below_the_root_names_a_responder_that_calls_it_good(fresh: PublicHost) -> None:
    assert initialized(fresh)["waits_for"] == "nothing"
    root, ca, leaf = fresh.responding.root, fresh.responding.authority, leaf_of(fresh)
    certificate = load_certificate(ca.certificate_pem)
    assert urls_in(certificate, Access.OCSP) == [root.ocsp_url] == [ocsp_url_for(root)]
    assert ocsp_urls_in(leaf) == [ca.ocsp_url] == [ocsp_url_for(ca)]
    assert status_of(fresh, root, certificate.serial_number) is OcspStatus.GOOD
    assert status_of(fresh, ca, leaf.serial_number) is OcspStatus.GOOD


@pytest.mark.parametrize("silent", [lambda host: host.responding.root, lambda host: host.responding.first])
def test_no_leaf_is_issued_before_both_responders_answer(
    fresh: PublicHost, silent: Callable[[PublicHost], Authority]
) -> None:
    fresh.instead = only_for(silent, fresh)
    waits_for = initialized(fresh)["waits_for"]
    assert f"/ocsp/{silent(fresh).ca_id} gives no valid answer" in waits_for
    assert not is_open(fresh)
    assert any(silent(fresh).ca_id in reason for reason in upkeep(fresh))
    fresh.instead = None
    assert upkeep(fresh) == []
    assert is_open(fresh)


def test_a_request_waits_uncharged_and_says_that_responders_may_be_the_reason(fresh: PublicHost) -> None:
    fresh.instead = unreachable
    initialized(fresh)
    plane = ControlPlane(fresh.responding.pki)
    requested = plane.requested()
    plane.work()
    waiting = plane.job(requested.job.id)
    assert waiting.due.retry_count == 0
    assert "the OCSP answers of it and its root are not served at pki.example.com" in str(waiting.last_error)


def test_a_deploy_waits_for_a_responder_that_answers_after_seconds(fresh: PublicHost) -> None:
    """A new distribution, an access right of seconds ago: they take until then."""
    began, clock = fresh.responding.pki.clock(), fresh.responding.pki.clock
    ready = began + timedelta(seconds=20)
    fresh.instead = lambda request: (unreachable if clock() < ready else fresh.answered)(request)
    assert initialized(fresh)["waits_for"] == "nothing"
    assert timedelta(seconds=20) <= clock() - began < timedelta(minutes=1)


def test_a_deploy_does_not_fail_for_a_host_that_takes_longer(fresh: PublicHost) -> None:
    began, clock = fresh.responding.pki.clock(), fresh.responding.pki.clock
    fresh.instead = unreachable
    assert initialized(fresh)["waits_for"] != "nothing"
    assert clock() - began <= timedelta(minutes=1)
    fresh.instead = None
    answer = app.lambda_handler({"action": "activate"}, Context())
    assert answer == {"waits_for": "nothing", "ocsp_waiting": []}
    assert is_open(fresh)


def test_with_the_parameter_off_no_responder_is_named_or_waited_for(
    fresh: PublicHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTCTL_OCSP", "false")
    fresh.instead = unreachable
    assert initialized(fresh)["waits_for"] == "nothing"
    assert ocsp_urls_in(load_certificate(fresh.responding.authority.certificate_pem)) == []
    assert ocsp_urls_in(leaf_of(fresh)) == []
    assert fresh.asked == []


def test_turning_the_parameter_off_opens_a_ca_whose_responders_stay_silent(
    fresh: PublicHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh.instead = unreachable
    initialized(fresh)
    monkeypatch.setenv("CERTCTL_OCSP", "false")
    forget_the_environment()
    assert upkeep(fresh) == []
    assert is_open(fresh)
    assert ocsp_urls_in(leaf_of(fresh)) == []


def test_a_ca_that_issues_is_asked_about_by_no_later_deploy(fresh: PublicHost) -> None:
    initialized(fresh)
    fresh.asked.clear()
    fresh.instead = unreachable
    assert initialized(fresh)["waits_for"] == "nothing"
    assert fresh.asked == []


@pytest.mark.parametrize("first", [1, 2, 3, 4])
def test_runs_that_die_after_some_writes_are_continued_by_the_next_one(fresh: PublicHost, first: int) -> None:
    runs = itertools.count(first)
    while not _ended(fresh, next(runs)):
        cas = fresh.responding.pki.authorities.all()
        assert len(cas) in (0, 2)
        if cas and is_open(fresh):
            assert all(each.ocsp_url for each in cas), "a leaf would not name what its chain does"
    assert next(runs) > first + 3
    assert is_open(fresh)
    assert ocsp_urls_in(leaf_of(fresh)) == [ocsp_url_for(fresh.responding.authority)]


def _ended(host: PublicHost, writes: int) -> bool:
    """Whether a run that dies after so many writes had fewer to make."""
    waits_for = "the next run"
    with writes_at_most(writes):
        waits_for = str(initialized(host)["waits_for"])
    return waits_for == "nothing"
