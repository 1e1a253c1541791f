"""Margins name the root whose CRL is late, and say nothing of a root that is not finished."""

from datetime import timedelta

import pytest

from certctl.domain.authorities.authorities import FIRST_SHARD, Authority, NewRoot
from certctl.domain.errors import NotServed
from certctl.services.status.known_cas import KnownCas
from certctl.services.status.published import PublishedCauses
from certctl.store.status.ocsp_responders import ResponderStore
from tests.support.authorities.pki import Pki

WANTED = NewRoot("arn:root-2", "CN=Second Root,O=Example")


@pytest.fixture
def first(pki: Pki) -> Authority:
    pki.new_key(WANTED.key_arn)
    made = pki.authority().initialize().root
    pki.clock.advance(timedelta(hours=1))
    return made


def late(pki: Pki) -> set[str]:
    """The ids of CAs whose CRLs end too soon."""
    causes = PublishedCauses(pki.authorities, ResponderStore(pki.database), pki.clock).all()
    return {each.name.partition("/")[2] for each in causes if each.margin < 1}


def known(pki: Pki) -> set[str]:
    return {each.authority.ca_id for each in KnownCas(pki.authorities, pki.clock).not_retired()}


@pytest.mark.parametrize("late_one", [0, 1])
def test_the_late_crl_of_either_root_is_a_cause_of_its_own(pki: Pki, first: Authority, late_one: int) -> None:
    roots = [first, pki.roots().create(WANTED)]
    pki.clock.advance(timedelta(days=31))
    pki.publishing().publish_due()
    pki.publication().publish_now(roots[1 - late_one], FIRST_SHARD)
    assert late(pki) == {roots[late_one].ca_id}
    assert pki.admin().cas.root_publication.keep_up().published
    assert late(pki) == set()


def test_a_root_that_is_not_finished_promises_nothing(pki: Pki, first: Authority) -> None:
    def refuse(*_: object) -> None:
        raise NotServed("no")

    with pytest.raises(NotServed):
        pki.roots(require_served=refuse).create(WANTED)
    pki.clock.advance(timedelta(days=90))
    pki.publishing().publish_due()
    pki.admin().cas.root_publication.keep_up()
    assert late(pki) == set()
    finished = pki.roots().create(WANTED)
    assert (late(pki), finished.ca_id in known(pki)) == (set(), True)
