"""The JSON CRL."""

from datetime import timedelta
from itertools import batched

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.authorities.authorities import Authority, CrlShard
from certctl.domain.errors import InvalidInput, NotFound
from certctl.domain.revocation.revocations import UNKNOWN_CERTIFICATE
from certctl.services.status.known_cas import KnownCas
from certctl.services.status.lists import RevocationLists
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.paging import ListPage, Position
from tests.support.agents.fleet import certificate, every_page, store_certificates
from tests.support.aws.least_privilege import unconfined
from tests.support.functions.control_plane import ADMIN, ControlPlane

ISSUER = "iss-local"
VIEWER = Principal("key-v", Role.VIEWER, ("t-one",))


def _lists(plane: ControlPlane) -> RevocationLists:
    pki = plane.pki
    indexes = CertificateIndexes(pki.database)
    return RevocationLists(KnownCas(pki.authorities, pki.clock), pki.authorities, pki.revocations, indexes)


def _authority(plane: ControlPlane) -> Authority:
    found = plane.pki.authorities.active_issuing(ISSUER)
    assert found is not None
    return found


def test_a_revoked_certificate_is_listed_at_once(plane: ControlPlane) -> None:
    revoked = plane.revoked(plane.issued().id, "keyCompromise")
    page = _lists(plane).page(ADMIN, ISSUER, None, 50)
    assert [(e.serial_number, e.reason, e.certificate_id) for e in page.entries] == [
        (revoked.serial_numbers[0], "keyCompromise", revoked.certificate.id)
    ]
    assert [each.authority.ca_id for each in page.lists] == [_authority(plane).ca_id]
    assert page.next is None


def test_a_serial_that_a_restore_could_not_place_is_listed_without_a_certificate(plane: ControlPlane) -> None:
    plane.pki.revoke(_authority(plane), "0a01", certificate_id=UNKNOWN_CERTIFICATE)
    (entry,) = _lists(plane).page(ADMIN, ISSUER, None, 50).entries
    assert (entry.serial_number, entry.certificate_id) == ("0a01", None)


def test_number_and_times_are_those_of_the_published_list(plane: ControlPlane) -> None:
    authority = _authority(plane)
    plane.pki.publication().publish_now(authority, "all")
    published = plane.pki.authorities.shard(authority.ca_id, "all")
    (listed,) = _lists(plane).page(ADMIN, ISSUER, None, 50).lists
    assert published is not None
    assert (listed.crl_number, listed.this_update, listed.next_update) == (
        published.crl_number,
        published.this_update,
        published.next_update,
    )


def _with_shards(plane: ControlPlane, count: int) -> Authority:
    authority = _authority(plane)
    urls = {
        number: f"http://pki.example.com/pki/{authority.ca_id}/{number}.crl" for number in range(1, count)
    }
    added = [CrlShard(authority.ca_id, str(number), url, open=False) for number, url in urls.items()]
    with unconfined():
        for part in batched(added, 25, strict=False):
            plane.pki.authorities.add_shards(list(part))
    return authority


@pytest.mark.parametrize("shards", [16, 128])
def test_entries_of_many_shards_that_fit_one_page_are_one_page(plane: ControlPlane, shards: int) -> None:
    authority = _with_shards(plane, shards)
    for number in range(8):
        plane.pki.revoke(authority, f"0{number}", crl_shard=number * (shards - 1) // 7)

    whole = _lists(plane).page(ADMIN, ISSUER, None, 8)
    first = _lists(plane).page(ADMIN, ISSUER, None, 5)

    assert ([e.serial_number for e in whole.entries], whole.next) == ([f"0{n}" for n in range(8)], None)
    assert len(first.entries) == 5
    second = _lists(plane).page(ADMIN, ISSUER, first.next, 5)
    assert ([e.serial_number for e in second.entries], second.next) == (["05", "06", "07"], None)


def test_entries_that_crls_have_dropped_leave_no_gap_in_a_page(plane: ControlPlane) -> None:
    authority, now = _authority(plane), plane.pki.clock()
    for number in range(4):
        plane.pki.revoke(authority, f"0{number}", not_after=now - timedelta(days=4))
        plane.pki.revoke(authority, f"1{number}")
    plane.pki.publication().publish_now(authority, "all")

    page = _lists(plane).page(ADMIN, ISSUER, None, 4)

    assert [e.serial_number for e in page.entries] == ["10", "11", "12", "13"]
    assert page.next is None


@pytest.mark.parametrize("per_page", [1, 3, 4, 500])
def test_every_entry_is_listed_exactly_once(plane: ControlPlane, per_page: int) -> None:
    authority = _authority(plane)
    serials = sorted(f"{number:040x}" for number in range(12))
    for serial in serials:
        plane.pki.revoke(authority, serial)
    lists = _lists(plane)

    def page(position: Position | None) -> ListPage[str]:
        answer = lists.page(ADMIN, ISSUER, position, per_page)
        assert len(answer.entries) <= per_page
        return ListPage([entry.serial_number for entry in answer.entries], answer.next)

    assert every_page(page) == serials


def test_only_certificates_in_reach_are_named(plane: ControlPlane) -> None:
    now = plane.pki.clock()
    store_certificates(
        plane.pki.database,
        [certificate("mc-one", now, team_id="t-one"), certificate("mc-two", now, team_id="t-two")],
    )
    authority = _authority(plane)
    for serial, certificate_id in (("01", "mc-one"), ("02", "mc-two"), ("03", "mc-gone")):
        plane.pki.revoke(authority, serial, certificate_id=certificate_id)
    entries = _lists(plane).page(VIEWER, ISSUER, None, 50).entries
    assert [(e.serial_number, e.certificate_id) for e in entries] == [
        ("01", "mc-one"),
        ("02", None),
        ("03", None),
    ]


def test_an_agent_learns_of_no_certificate(plane: ControlPlane) -> None:
    plane.pki.revoke(_authority(plane), "01")
    agent = Principal("key-a", Role.AGENT, ("*",), agent_id="agent-1")
    assert [e.certificate_id for e in _lists(plane).page(agent, ISSUER, None, 50).entries] == [None]


def test_what_a_crl_after_its_end_has_listed_is_left_out(plane: ControlPlane) -> None:
    authority = _authority(plane)
    now = plane.pki.clock()
    plane.pki.revoke(authority, "01", not_after=now - timedelta(days=4))
    plane.pki.revoke(authority, "02", not_after=now - timedelta(days=2))
    plane.pki.publication().publish_now(authority, "all")
    assert [e.serial_number for e in _lists(plane).page(ADMIN, ISSUER, None, 50).entries] == ["02"]


def test_an_issuer_without_a_ca_is_absent(plane: ControlPlane) -> None:
    with pytest.raises(NotFound):
        _lists(plane).page(ADMIN, "iss-nobody", None, 50)


@pytest.mark.parametrize("position", [Position("all"), Position("1", "01"), Position("x")])
def test_a_position_of_no_shard_is_refused(plane: ControlPlane, position: Position) -> None:
    with pytest.raises(InvalidInput, match="next_cursor"):
        _lists(plane).page(ADMIN, ISSUER, position, 50)
