"""A further root: crashes, repetitions, two at once, and what is refused before anything is signed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from certctl.crypto.pem import load_certificate
from certctl.domain.authorities.authorities import Authority, CrlShard, NewAuthority, NewRoot, object_key
from certctl.domain.authorities.key_specs import KeySpec
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.errors import Conflict, InvalidInput, NotServed, Unavailable
from certctl.services.authorities import provisioning
from tests.integration.authorities.test_making_the_authorities import Stopping, _rows, _versions
from tests.support.authorities.pki import Pki

# together they take more than ten seconds
pytestmark = pytest.mark.slow

WANTED = NewRoot("arn:root-2", "CN=Second Root,O=Example")


@pytest.fixture
def first(pki: Pki) -> Authority:
    pki.new_key(WANTED.key_arn)
    pki.new_key("arn:second")
    made = pki.authority().initialize().root
    pki.clock.advance(timedelta(hours=1))
    return made


def actions(pki: Pki) -> list[str]:
    items = pki.database.client.scan(TableName="audit")["Items"]
    return sorted(i["event"]["S"].split('"action":"')[1].split('"')[0] for i in items)


def roots(pki: Pki) -> dict[str, AuthorityState]:
    return {a.key_arn: a.state for a in pki.authorities.all() if a.role == "root"}


def refusing(error: Exception) -> Callable[..., Any]:
    def refuse(*_: object) -> Any:
        raise error

    return refuse


def test_it_is_made_beside_the_first_with_its_certificate_and_crl_public(pki: Pki, first: Authority) -> None:
    made = pki.roots().create(WANTED)
    assert roots(pki) == {"arn:root": AuthorityState.ACTIVE, "arn:root-2": AuthorityState.ACTIVE}
    assert load_certificate(made.certificate_pem).subject.rfc4514_string() == WANTED.subject
    (shard,) = pki.authorities.shards(made.ca_id)
    for url in (made.certificate_url, made.crl_url):
        assert pki.objects.get(object_key(url))
    assert (shard.crl_number, shard.open, shard.complete) == (1, False, True)
    assert made.not_after - made.not_before == timedelta(days=15 * 365 + 3)
    assert actions(pki).count("ca_activated") == 1


def test_a_second_run_with_the_same_key_changes_nothing(pki: Pki, first: Authority) -> None:
    made = pki.roots().create(WANTED)
    before = (_rows(pki), _versions(pki))
    assert pki.roots().create(WANTED) == made
    assert pki.roots().create(NewRoot("arn:root", "CN=Test Root,O=Example")) == first
    pki.authority().initialize()
    assert (_rows(pki), _versions(pki)) == before


@pytest.mark.parametrize("stop_at", range(10))
def test_one_that_stops_anywhere_is_finished_by_the_next_run(
    pki: Pki, first: Authority, stop_at: int
) -> None:
    below = NewAuthority("iss-office", "arn:second", "CN=Office CA 1")
    try:
        pki.roots(Stopping(pki.objects, stop_at)).create(WANTED)  # type: ignore[arg-type]
    except Unavailable:
        (begun,) = (a for a in pki.authorities.all() if a.state is AuthorityState.PENDING)
        with pytest.raises(Conflict, match="finish it first, by create_root with its key arn:root-2"):
            pki.local_issuers().create(replace(below, root_id=begun.ca_id))
    made = pki.roots().create(WANTED)
    assert (made.state, len(roots(pki))) == (AuthorityState.ACTIVE, 2)
    assert [actions(pki).count(each) for each in ("ca_created", "ca_activated")] == [3, 1]
    assert pki.local_issuers().create(replace(below, root_id=made.ca_id)).parent_id == made.ca_id


def test_it_stays_pending_until_its_host_serves_it(pki: Pki, first: Authority) -> None:
    with pytest.raises(NotServed):
        pki.roots(require_served=refusing(NotServed("no"))).create(WANTED)
    assert roots(pki)["arn:root-2"] is AuthorityState.PENDING
    assert pki.roots().create(WANTED).state is AuthorityState.ACTIVE


def test_nothing_is_signed_before_its_twin_is_linted(pki: Pki, first: Authority) -> None:
    with pytest.raises(Unavailable):
        pki.roots(lint_certificates=refusing(Unavailable("no"))).create(WANTED)
    assert len(roots(pki)) == 1
    assert pki.roots().create(WANTED).state is AuthorityState.ACTIVE


def test_a_begun_root_holds_up_neither_a_rotation_nor_another_root(pki: Pki, first: Authority) -> None:
    with pytest.raises(NotServed):
        pki.roots(require_served=refusing(NotServed("no"))).create(WANTED)
    third = NewRoot(pki.new_key("arn:root-3"), "CN=Third Root,O=Example")
    assert pki.roots().create(third).state is AuthorityState.ACTIVE
    assert pki.local_issuers().rotate(NewAuthority("iss-local", "arn:second")).parent_id == first.ca_id
    assert pki.admin().cas.root_publication.keep_up().failed == []


def test_two_runs_at_once_make_one_root(pki: Pki, first: Authority) -> None:
    def served(*_: object) -> None:
        if roots(pki)["arn:root-2"] is AuthorityState.PENDING:
            pki.roots().create(WANTED)

    made = pki.roots(require_served=served).create(WANTED)
    assert (made.state, len(roots(pki))) == (AuthorityState.ACTIVE, 2)
    assert actions(pki).count("ca_activated") == 1


@pytest.mark.parametrize("key", [WANTED.key_arn, "arn:root-3"])
def test_of_two_that_sign_at_once_one_root_is_stored_for_a_key_and_for_a_name(
    pki: Pki, first: Authority, key: str
) -> None:
    """The second one begins after the first one has looked, before that has written."""
    pki.new_key("arn:root-3")

    def meanwhile(arn: str) -> Any:
        if len(roots(pki)) == 1:
            pki.roots().create(WANTED)
        return pki.keys[arn]

    slow = pki.roots(load_key=meanwhile)
    if key == WANTED.key_arn:
        assert slow.create(WANTED).state is AuthorityState.ACTIVE
    else:
        with pytest.raises(Conflict, match="A root of this name was made already"):
            slow.create(replace(WANTED, key_arn=key))
    assert len(roots(pki)) == 2


def test_a_name_that_is_corrected_after_the_first_run_is_not_ignored(pki: Pki, first: Authority) -> None:
    with pytest.raises(NotServed):
        pki.roots(require_served=refusing(NotServed("no"))).create(WANTED)
    with pytest.raises(Conflict, match="which keeps the subject CN=Second Root,O=Example: bring a new key"):
        pki.roots().create(replace(WANTED, subject="CN=2nd Root,O=Example"))


def test_the_key_of_an_issuing_ca_is_refused(pki: Pki, first: Authority) -> None:
    with pytest.raises(Conflict, match="the issuing CA of iss-local: bring a new key"):
        pki.roots().create(NewRoot("arn:issuing", "CN=Second Root"))


def test_a_root_s_key_is_no_issuing_ca_s(pki: Pki, first: Authority) -> None:
    pki.roots().create(WANTED)
    with pytest.raises(Conflict, match="the root CA of iss-local: bring a new key"):
        pki.local_issuers().rotate(NewAuthority("iss-local", WANTED.key_arn))


@pytest.mark.parametrize("subject", ["CN=Test Root,O=Example", "CN=Test Issuing,O=Example"])
def test_the_name_of_a_ca_at_work_is_refused_before_the_key_signs(
    pki: Pki, first: Authority, subject: str
) -> None:
    with pytest.raises(InvalidInput, match="name of its own"):
        pki.roots(load_key=refusing(KeyError())).create(replace(WANTED, subject=subject))


def test_a_name_of_no_form_is_refused(pki: Pki, first: Authority) -> None:
    with pytest.raises(InvalidInput, match="distinguished name"):
        pki.roots().create(replace(WANTED, subject="Second Root"))


def test_a_key_of_rsa_2048_is_no_root_s(pki: Pki, first: Authority) -> None:
    weak = pki.new_key("arn:weak", KeySpec.RSA_2048)
    with pytest.raises(InvalidInput, match="key_arn: is RSA_2048: the key of a root is one of"):
        pki.roots().create(replace(WANTED, key_arn=weak))
    assert len(roots(pki)) == 1


def test_a_stack_without_cas_has_no_further_root(pki: Pki) -> None:
    pki.new_key(WANTED.key_arn)
    with pytest.raises(Conflict, match="run initialize first"):
        pki.roots().create(WANTED)


def test_roots_count_among_the_cas_of_a_stack(
    pki: Pki, first: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provisioning, "MAX_AUTHORITIES", 3)
    pki.roots().create(WANTED)
    with pytest.raises(Conflict, match="3 CAs are at work, the limit"):
        pki.roots().create(NewRoot(pki.new_key("arn:root-3"), "CN=Third Root"))
    with pytest.raises(Conflict, match="3 CAs are at work, the limit"):
        pki.local_issuers().rotate(NewAuthority("iss-local", "arn:second"))


def test_what_the_host_has_to_serve_is_the_root_s_own(pki: Pki, first: Authority) -> None:
    asked: list[tuple[str, str]] = []

    def served(authority: Authority, shard: CrlShard) -> None:
        asked.append((authority.certificate_url, shard.url))

    made = pki.roots(require_served=served).create(WANTED)
    assert asked == [(made.certificate_url, made.crl_url)]
