"""Rotation with overlap and further issuers (docs/operating-cas.md#rotating-a-ca): crashes, repetitions, two
at once."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from certctl.crypto.pem import load_certificate, load_certificates
from certctl.domain.authorities.authorities import Authority, NewAuthority, object_key
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.errors import Conflict, InvalidInput, Unavailable
from tests.integration.authorities.test_making_the_authorities import Stopping, _rows, _versions
from tests.support.authorities.pki import Pki

# together they take more than ten seconds
pytestmark = pytest.mark.slow

WANTED = NewAuthority("iss-local", "arn:second")


@pytest.fixture
def first(pki: Pki) -> Authority:
    pki.new_key("arn:second")
    return pki.authority().initialize().issuing


def _states(pki: Pki) -> dict[str, AuthorityState]:
    return {a.key_arn: a.state for a in pki.authorities.all() if a.role == "issuing"}


def _actions(pki: Pki) -> list[str]:
    items = pki.database.client.scan(TableName="audit")["Items"]
    return sorted(i["event"]["S"].split('"action":"')[1].split('"')[0] for i in items)


def _subject(authority: Authority) -> str:
    return load_certificate(authority.certificate_pem).subject.rfc4514_string()


def test_a_new_ca_with_a_new_key_takes_the_place_of_the_old_one_which_retires(
    pki: Pki, first: Authority
) -> None:
    second = pki.local_issuers().rotate(WANTED)
    assert pki.authorities.active_issuing("iss-local") == second
    assert (second.replaces, second.key_arn, second.parent_id) == (first.ca_id, "arn:second", first.parent_id)
    assert _states(pki) == {"arn:issuing": AuthorityState.RETIRING, "arn:second": AuthorityState.ACTIVE}
    assert _actions(pki) == ["ca_created", "ca_created", "ca_created", "ca_rotated"]
    assert [s.open for s in pki.authorities.shards(second.ca_id) if s.shard == "0"] == [True]


def test_its_name_follows_the_old_one_and_it_keeps_the_permitted_domains(pki: Pki) -> None:
    from dataclasses import replace

    from certctl.crypto.permitted_names import permitted_names_of
    from tests.support.authorities.pki import SETTINGS

    limited = replace(
        SETTINGS, permitted_domains=("example.com",), issuing_subject="CN=Issuing CA 1,O=Example"
    )
    pki.authority(limited).initialize()
    pki.new_key("arn:second")
    second = pki.local_issuers().rotate(WANTED)
    assert _subject(second) == "CN=Issuing CA 2,O=Example"
    assert permitted_names_of(load_certificate(second.certificate_pem)) == ("example.com",)


def test_the_bundle_holds_both_chains(pki: Pki, first: Authority) -> None:
    second = pki.local_issuers().rotate(WANTED)
    bundle = pki.objects.get("pki/bundle.pem")
    assert bundle
    pems = (second.certificate_pem, first.certificate_pem, first.chain_pem)
    # CAs created within one millisecond may come in either order, which verifiers accept
    assert frozenset(load_certificates(bundle.body.decode())) == frozenset(map(load_certificate, pems))


def test_a_second_run_with_the_same_key_changes_nothing(pki: Pki, first: Authority) -> None:
    second = pki.local_issuers().rotate(WANTED)
    before = (_rows(pki), _versions(pki))
    assert pki.local_issuers().rotate(WANTED) == second
    pki.authority().initialize()
    assert (_rows(pki), _versions(pki)) == before


@pytest.mark.parametrize("stop_at", range(14))
def test_a_rotation_that_stops_anywhere_is_finished_by_the_next_run(
    pki: Pki, first: Authority, stop_at: int
) -> None:
    try:
        pki.local_issuers(Stopping(pki.objects, stop_at)).rotate(WANTED)  # type: ignore[arg-type]
    except Unavailable:
        assert pki.authorities.active_issuing("iss-local") == first
    second = pki.local_issuers().rotate(WANTED)
    assert second.state is AuthorityState.ACTIVE
    assert _actions(pki).count("ca_rotated") == 1
    assert len(_states(pki)) == 2
    for shard in pki.authorities.shards(second.ca_id):
        assert pki.objects.get(object_key(shard.url))


def test_no_leaf_may_name_the_new_ca_before_its_crls_are_published(pki: Pki, first: Authority) -> None:
    with pytest.raises(Unavailable, match="was not published"):
        pki.local_issuers(request_crls=lambda _: None).rotate(WANTED)
    assert pki.authorities.active_issuing("iss-local") == first
    (pending,) = (a for a in pki.authorities.all() if a.state is AuthorityState.PENDING)
    assert not any(shard.open for shard in pki.authorities.shards(pending.ca_id))


def _meanwhile(pki: Pki, other: Callable[[], object]) -> Callable[[str], object]:
    """When the publisher is called, another run has finished first."""
    publish = pki.publishing().publish_due_of

    def request(ca_id: str) -> object:
        other()
        return publish(ca_id)

    return request


def test_two_runs_at_once_make_one_ca(pki: Pki, first: Authority) -> None:
    slow = pki.local_issuers(request_crls=_meanwhile(pki, lambda: pki.local_issuers().rotate(WANTED)))
    second = slow.rotate(WANTED)
    assert pki.authorities.active_issuing("iss-local") == second
    assert len(_states(pki)) == 2
    assert _actions(pki).count("ca_rotated") == 1


def test_a_second_rotation_waits_for_the_first_to_be_finished(pki: Pki, first: Authority) -> None:
    third = NewAuthority("iss-local", pki.new_key("arn:third"))
    with pytest.raises(Unavailable):
        pki.local_issuers(request_crls=lambda _: None).rotate(WANTED)
    with pytest.raises(Conflict, match="finish with its key arn:second"):
        pki.local_issuers().rotate(third)


@pytest.mark.parametrize("key", ["arn:root", "arn:issuing"])
def test_the_key_of_another_ca_and_one_that_retires_are_refused(pki: Pki, first: Authority, key: str) -> None:
    pki.local_issuers().rotate(WANTED)
    with pytest.raises(Conflict, match="bring a new key"):
        pki.local_issuers().rotate(NewAuthority("iss-local", key))


def test_the_name_of_a_ca_at_work_is_refused(pki: Pki, first: Authority) -> None:
    with pytest.raises(InvalidInput, match="name of its own"):
        pki.local_issuers().rotate(NewAuthority("iss-local", "arn:second", _subject(first)))


def test_a_further_issuer_has_a_ca_of_its_own_with_crls_and_the_first_one_stays(
    pki: Pki, first: Authority
) -> None:
    wanted = NewAuthority("iss-office", "arn:second", "CN=Office CA 1", ("example.org",))
    office = pki.local_issuers().create(wanted)
    assert pki.local_issuers().create(wanted) == office
    assert pki.authorities.active_issuing("iss-local") == first
    assert pki.authorities.active_issuing("iss-office") == office
    assert _actions(pki).count("ca_activated") == 1
    pki.clock.advance(timedelta(hours=19))
    published = {(s.ca_id, s.shard) for s in pki.publishing().publish_due().published}
    assert published == {(a.ca_id, s) for a in (first, office) for s in ("0", "all")}


def test_a_further_issuer_needs_a_name_for_its_ca(pki: Pki, first: Authority) -> None:
    with pytest.raises(InvalidInput, match="is required"):
        pki.local_issuers().create(NewAuthority("iss-office", "arn:second"))


def test_only_an_issuer_with_an_active_ca_can_be_rotated(pki: Pki, first: Authority) -> None:
    with pytest.raises(Conflict, match="create_issuer"):
        pki.local_issuers().rotate(NewAuthority("iss-office", "arn:second"))
