"""How long published CRLs and responders' certificates are still valid, as PublishedMargin has it."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from certctl.domain.authorities.authorities import (
    CRL_LATE_WITH,
    CRL_VALIDITY,
    FIRST_SHARD,
    ROOT_CRL_LATE_WITH,
    ROOT_CRL_VALIDITY,
    CrlShard,
)
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.insights.margins import WHOLE, Cause, smallest
from certctl.domain.status.ocsp import (
    RESPONDER_LATE_WITH,
    ROOT_RESPONDER_LATE_WITH,
    StoredResponder,
)
from certctl.services.status.published import PublishedCauses
from certctl.store.authorities.items import AuthorityItem, CrlShardItem
from certctl.store.keys import AUTHORITY, crl_shards
from certctl.store.status.ocsp_responders import ResponderStore
from certctl.store.writes import update
from tests.support.authorities.pki import Pki

_DAY = timedelta(days=1)


def _causes(pki: Pki) -> Sequence[Cause]:
    return PublishedCauses(pki.authorities, ResponderStore(pki.database), pki.clock).all()


def _margins(pki: Pki) -> dict[str, float]:
    """The smallest margin of each cause, by name."""
    found: dict[str, float] = {}
    for cause in _causes(pki):
        found[cause.name] = min(cause.margin, found.get(cause.name, WHOLE))
    return found


def test_before_there_is_a_ca_nothing_can_expire(pki: Pki) -> None:
    assert _causes(pki) == []
    assert smallest([]) == WHOLE


def test_the_crl_that_ends_first_counts(pki: Pki) -> None:
    pair = pki.authority().initialize()
    pki.publishing().publish_due()
    pki.clock.advance(_DAY)
    pki.publication().publish_now(pair.issuing, FIRST_SHARD)
    margins = _margins(pki)
    issuing = margins[f"published-crl/{pair.issuing.ca_id}"]
    assert issuing == pytest.approx((CRL_VALIDITY - _DAY) / CRL_LATE_WITH, rel=0.001)
    root = margins[f"published-crl/{pair.root.ca_id}"]
    assert root == pytest.approx((ROOT_CRL_VALIDITY - _DAY) / ROOT_CRL_LATE_WITH, rel=0.001)
    assert min(margins.values()) == issuing


def test_a_ca_at_work_whose_crl_was_never_published_has_no_margin(pki: Pki) -> None:
    pair = pki.authority().initialize()
    shard = CrlShardItem(crl_shards(pair.issuing.ca_id), FIRST_SHARD)
    pki.database.write(update(shard, [CrlShardItem.next_update.remove()], CrlShardItem.id.exists()))
    assert _margins(pki)[f"published-crl/{pair.issuing.ca_id}"] == 0


def test_a_shard_that_is_being_added_has_promised_nothing_yet(pki: Pki) -> None:
    issuing = pki.authority().initialize().issuing
    url = issuing.crl_url.replace("/0.crl", "/1.crl")
    pki.authorities.add_shards([CrlShard(issuing.ca_id, "1", url, open=False)])
    assert smallest(_causes(pki)) > 1


def test_the_crls_of_a_retired_ca_may_expire(pki: Pki) -> None:
    pair = pki.authority().initialize()
    pki.publishing().publish_due()
    pki.clock.advance(timedelta(days=4))
    assert smallest(_causes(pki)) == 0
    pki.set_state(pair.issuing, AuthorityState.RETIRED)
    assert smallest(_causes(pki)) > 1


@pytest.mark.parametrize(
    ("role", "least"), [("issuing", RESPONDER_LATE_WITH), ("root", ROOT_RESPONDER_LATE_WITH)]
)
def test_the_certificate_of_a_responder_counts_by_the_limit_of_its_role(
    pki: Pki, role: str, least: timedelta
) -> None:
    pair = pki.authority().initialize()
    authority = pair.root if role == "root" else pair.issuing
    name, now = f"published-responder/{authority.ca_id}", pki.clock()
    assert name not in _margins(pki)
    responder = StoredResponder(authority.ca_id, "01", b"", b"", now, now + least)
    store = ResponderStore(pki.database)
    (_, row, *_) = store.replace_steps(responder, None, [])
    pki.database.write(row)
    assert _margins(pki)[name] == pytest.approx(1, abs=0.0001)
    pki.clock.advance(timedelta(minutes=1))
    low = [cause for cause in _causes(pki) if cause.is_low]
    assert [cause.name for cause in low] == [name]


def test_a_responder_that_certificates_name_and_nobody_made_has_no_margin(pki: Pki) -> None:
    issuing = pki.authority().initialize().issuing
    key, url = AuthorityItem(AUTHORITY, issuing.ca_id), "http://pki.example.com/ocsp/x"
    pki.database.write(update(key, [AuthorityItem.ocsp_url.set(url)], AuthorityItem.id.exists()))
    assert _margins(pki)[f"published-responder/{issuing.ca_id}"] == 0
