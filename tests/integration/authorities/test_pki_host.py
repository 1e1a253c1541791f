"""A custom PKI host: nothing is issued before relying parties can fetch the URLs inside the certificates."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

import pytest

from certctl.connectors.http.failures import NotFetched
from certctl.connectors.pki_host import PkiHost, fetch_plain
from certctl.domain.authorities.authorities import Authority, NewAuthority, object_key
from certctl.domain.errors import NotServed
from certctl.domain.jobs.statuses import JobStatus
from tests.support.authorities.pki import Pki
from tests.support.authorities.sharded import with_one_shard
from tests.support.channels.receivers import Behaviour, Receiver, answers, drips, floods
from tests.support.functions.control_plane import ControlPlane

DISTRIBUTION = "d111111abcdef8.cloudfront.net"


def of_bucket(pki: Pki, instead: Mapping[str, bytes] | None = None) -> Callable[[str], bytes]:
    """The responses of a working host, replaced by `instead` for the given ends of paths."""

    def fetch(url: str) -> bytes:
        for end, body in (instead or {}).items():
            if url.endswith(end):
                return body
        stored = pki.objects.get(object_key(url))
        assert stored
        return stored.body

    return fetch


def unreachable(url: str) -> bytes:
    raise NotFetched("cannot be reached (gaierror)")


def _issuing(pki: Pki) -> Authority:
    found = pki.authorities.active_issuing("iss-local")
    assert found
    return found


@pytest.fixture
def closed(pki: Pki) -> Pki:
    """After a first deploy whose DNS record is missing."""
    refuses = PkiHost(DISTRIBUTION, unreachable).require
    authority = pki.authority(require_served=refuses)
    pair = authority.initialize()
    assert DISTRIBUTION in pair.waits_for
    return pki


def is_open(pki: Pki) -> bool:
    return any(shard.open for shard in pki.authorities.shards(_issuing(pki).ca_id))


def activated_by(pki: Pki, fetch: Callable[[str], bytes]) -> list[str]:
    return pki.activation(require_served=PkiHost(DISTRIBUTION, fetch).require).activate_waiting()


def test_a_first_deploy_without_the_dns_record_ends_and_says_what_is_missing(closed: Pki) -> None:
    (reason,) = activated_by(closed, unreachable)
    assert reason.startswith("http://pki.example.com/pki/")
    assert f"CNAME record of pki.example.com to {DISTRIBUTION}" in reason
    assert not is_open(closed)


def test_the_ca_opens_once_its_certificate_and_empty_crl_are_served(closed: Pki) -> None:
    assert activated_by(closed, of_bucket(closed)) == []
    assert is_open(closed)
    assert activated_by(closed, unreachable) == []


@pytest.mark.parametrize(
    ("instead", "why"),
    [
        ({".crt": b"<html>"}, "something else than the CA certificate"),
        ({".crl": b"<html>"}, "no CRL of this CA"),
    ],
)
def test_a_host_that_serves_something_else_does_not_open_it(
    closed: Pki, instead: Mapping[str, bytes], why: str
) -> None:
    (reason,) = activated_by(closed, of_bucket(closed, instead))
    assert why in reason
    assert not is_open(closed)


def test_the_crl_of_another_url_does_not_open_it(closed: Pki) -> None:
    """A CA that the release before made, and that waits since."""
    with_one_shard(closed, _issuing(closed))
    all_crl = closed.objects.get(object_key(str(_issuing(closed).all_crl_url)))
    assert all_crl
    (reason,) = activated_by(closed, of_bucket(closed, {"/0.crl": all_crl.body}))
    assert "the CRL of another URL" in reason
    assert not is_open(closed)


def test_jobs_wait_uncharged_and_say_why_until_the_ca_opens(closed: Pki) -> None:
    plane = ControlPlane(closed)
    requested = plane.requested()
    for _ in range(5):
        plane.work()
        closed.clock.advance(timedelta(minutes=6))
        plane.due_jobs.run(lambda: True)
    waiting = plane.job(requested.job.id)
    assert waiting.due.retry_count == 0
    assert "not served at pki.example.com" in str(waiting.last_error)

    activated_by(closed, of_bucket(closed))
    plane.work()
    assert plane.job(requested.job.id).status is JobStatus.COMPLETED


def test_a_rotation_waits_too_and_the_old_ca_continues(pki: Pki) -> None:
    pki.authority().initialize()
    before = _issuing(pki)
    refuses = PkiHost(DISTRIBUTION, unreachable).require
    issuers = pki.local_issuers(require_served=refuses)
    wanted = NewAuthority("iss-local", pki.new_key())
    with pytest.raises(NotServed):
        issuers.rotate(wanted)
    assert _issuing(pki).ca_id == before.ca_id
    assert pki.local_issuers().rotate(wanted).replaces == before.ca_id


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().running() as server:
        yield server


def test_what_a_host_serves_is_fetched_over_plain_http(receiver: Receiver) -> None:
    receiver.behave(answers(200, b"der"))
    assert fetch_plain(receiver.url("/pki/ca.crt")) == b"der"
    (request,) = receiver.received
    assert request.path == "/pki/ca.crt"


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        (answers(403), "answers 403"),
        (answers(301, headers={"Location": "https://pki.example.com/"}), "answers 301"),
        (floods(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 4096), "more than 64 KiB"),
    ],
)
def test_no_other_answer_is_taken(receiver: Receiver, behaviour: Behaviour, why: str) -> None:
    receiver.behave(behaviour)
    with pytest.raises(NotFetched, match=why):
        fetch_plain(receiver.url("/pki/ca.crt"))


def test_an_answer_that_never_ends_is_given_up(receiver: Receiver) -> None:
    receiver.behave(drips(b"x", 0.01, b"HTTP/1.1 200 OK\r\n\r\n"))
    ticks = iter(range(0, 1000, 3))
    with pytest.raises(NotFetched, match="within the deadline"):
        fetch_plain(receiver.url("/pki/ca.crt"), lambda: float(next(ticks)))


def test_a_host_that_is_not_there_is_said_without_its_address(receiver: Receiver) -> None:
    with pytest.raises(NotFetched, match=r"^cannot be fetched: [a-z ]+$"):
        fetch_plain("http://127.0.0.1:1/pki/ca.crt")
