"""A CA's certificates name its OCSP URL from the moment at which a relying party gets an answer there."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from cryptography.x509.oid import AuthorityInformationAccessOID as Access

from certctl.connectors.http.adapter import HttpRequest
from certctl.connectors.http.failures import NotFetched
from certctl.domain.authorities.authorities import ocsp_url_for
from certctl.domain.errors import InvalidInput, NotServed
from certctl.store.authorities.items import AuthorityItem
from certctl.store.keys import AUTHORITY
from certctl.store.writes import update
from functions.stack_admin import app
from functions.status_watch import app as status_watch
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


@pytest.fixture
def host(answering: Responding, monkeypatch: pytest.MonkeyPatch) -> PublicHost:
    """The host of the module's stack, whose root has its URL, and whose CA has none yet. The CA's new
    certificates are to name one."""
    host = public_host(answering, monkeypatch)
    assert upkeep(host) == []
    vars(app.services.cas).pop("ocsp_urls")  # it has read the environment
    _set_url(answering, None)
    host.asked.clear()
    return host


def _set_url(responding: Responding, url: str | None) -> None:
    place = AuthorityItem.ocsp_url
    change = place.set(url) if url else place.remove()
    key = AuthorityItem(AUTHORITY, responding.authority.ca_id)
    responding.pki.database.write(update(key, [change], AuthorityItem.id.exists()))


def test_the_url_is_stored_once_a_relying_party_gets_answers_by_post_and_get(host: PublicHost) -> None:
    ca, before = host.responding.authority, enabled(host)
    assert ca.ocsp_url is None
    assert upkeep(host) == []
    url = f"http://pki.example.com/ocsp/{ca.ca_id}"
    assert host.responding.authority == replace(ca, ocsp_url=url)
    (post, asked), (get, also_asked) = host.asked
    assert (post, asked) == ("POST", url)
    assert get == "GET"
    assert also_asked.startswith(f"{url}/")
    assert enabled(host) == before + 1


def test_it_is_stored_once_and_nobody_is_asked_again(host: PublicHost) -> None:
    upkeep(host)
    host.asked.clear()
    before = enabled(host)
    assert upkeep(host) == []
    assert (host.asked, enabled(host)) == ([], before)


def test_of_runs_at_the_same_time_one_stores_it(host: PublicHost) -> None:
    ca, urls, before = host.responding.authority, app.services.cas.ocsp_urls, enabled(host)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: urls.enable(ca), range(4)))
    assert host.responding.authority.ocsp_url == ocsp_url_for(ca)
    assert enabled(host) == before + 1


def test_a_url_that_a_ca_has_never_changes(host: PublicHost) -> None:
    """Certificates name it: not even a host that came later replaces it."""
    ca, url = host.responding.authority, "http://old.example.com/ocsp/ca"
    _set_url(host.responding, url)
    before = enabled(host)
    assert upkeep(host) == []
    app.services.cas.ocsp_urls.enable(ca)
    assert (host.responding.authority.ocsp_url, enabled(host)) == (url, before)


def _refuses(request: HttpRequest) -> bytes:
    raise NotFetched("answers 403")


@pytest.mark.parametrize(
    ("instead", "why"),
    [
        (unreachable, "valid answer to a POST: cannot be asked: no such host"),
        (_refuses, "answers 403"),
        (lambda _: b"<html>", "no OCSP response"),
    ],
)
def test_a_ca_whose_host_does_not_answer_waits(
    host: PublicHost, instead: Callable[[HttpRequest], bytes], why: str
) -> None:
    host.instead = instead
    (reason,) = upkeep(host)
    assert reason.startswith(f"http://pki.example.com/ocsp/{host.responding.authority.ca_id} gives no")
    assert why in reason
    assert host.responding.authority.ocsp_url is None
    host.instead = None
    assert upkeep(host) == []


def test_a_host_that_answers_posts_alone_is_not_enough(host: PublicHost) -> None:
    """Clients that ask by GET are common, and caches need it."""
    host.instead = lambda request: host.answered(request) if request.body else unreachable(request)
    (reason,) = upkeep(host)
    assert "valid answer to a GET" in reason


def test_an_old_answer_that_a_cache_repeats_is_not_enough(host: PublicHost) -> None:
    """The nonce of the POST finds it."""
    kept: list[bytes] = []

    def cached(request: HttpRequest) -> bytes:
        kept.append(host.answered(request))
        return kept[0]

    host.instead = cached
    assert upkeep(host) == []
    del host.asked[:]
    ca = replace(host.responding.authority, ocsp_url=None)
    with pytest.raises(NotServed, match="nonce"):
        app.services.cas.ocsp_urls.enable(ca)


def test_while_status_watch_fails_the_ca_waits_and_the_rest_of_the_upkeep_is_done(host: PublicHost) -> None:
    def broken(_: HttpRequest) -> bytes:
        raise RuntimeError("out of memory")

    host.instead = broken
    (reason,) = upkeep(host)
    assert reason.endswith("could not be checked: The function status_watch failed: out of memory")
    assert host.responding.authority.ocsp_url is None


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"serial": "0a"}, "ca_id"),
        ({"ca_id": "ca-none", "serial": "0a"}, "is no CA of this stack"),
        ({"serial": "xyz"}, "must be a serial number in hex"),
    ],
)
def test_a_check_needs_a_ca_of_the_stack_and_a_serial(
    host: PublicHost, fields: dict[str, str], problem: str
) -> None:
    known = {"ca_id": host.responding.authority.ca_id} if problem.startswith("must") else {}
    with pytest.raises(InvalidInput) as refused:
        status_watch.lambda_handler({"action": "check_ocsp", **known, **fields}, Context())
    assert problem in str(refused.value.problems)
    assert host.asked == []


def test_status_watch_names_its_actions(host: PublicHost) -> None:
    with pytest.raises(InvalidInput) as refused:
        status_watch.lambda_handler({"action": "revoke"}, Context())
    assert "must be check_ocsp" in str(refused.value.problems)


def test_the_parameter_off_asks_nobody_and_stores_nothing(
    host: PublicHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTCTL_OCSP", "false")
    assert upkeep(host) == []
    assert host.asked == []
    assert host.responding.authority.ocsp_url is None


def test_a_leaf_names_the_url_beside_that_of_its_issuer(host: PublicHost) -> None:
    assert ocsp_urls_in(leaf_of(host)) == []
    upkeep(host)
    ca, leaf = host.responding.authority, leaf_of(host)
    assert ocsp_urls_in(leaf) == [ca.ocsp_url]
    assert urls_in(leaf, Access.CA_ISSUERS) == [ca.certificate_url]


def test_the_parameter_decides_about_later_leaves_and_the_ca_keeps_its_url(
    host: PublicHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    upkeep(host)
    monkeypatch.setenv("CERTCTL_OCSP", "false")
    assert ocsp_urls_in(leaf_of(host)) == []
    assert host.responding.authority.ocsp_url == ocsp_url_for(host.responding.authority)


def test_an_operator_s_activation_asks_at_once(host: PublicHost) -> None:
    answer = app.lambda_handler({"action": "activate"}, Context())
    assert answer == {"waits_for": "nothing", "ocsp_waiting": []}
    assert host.responding.authority.ocsp_url is not None
