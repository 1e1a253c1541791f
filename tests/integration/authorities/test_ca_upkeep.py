"""The states of CAs over time: retiring, retired, near their end."""

from datetime import datetime, timedelta

import pytest

from certctl.domain.audit.events import STACK_ADMIN
from certctl.domain.authorities.authorities import Authority, NewAuthority
from certctl.domain.authorities.states import AuthorityState
from certctl.services.authorities.lifecycle import CaLifecycle, CaLifecycleReport
from certctl.store.authorities.items import AuthorityItem
from certctl.store.catalog.records import CatalogStore
from certctl.store.database import Database
from certctl.store.keys import AUTHORITY, RETIRED_AUTHORITY
from certctl.store.writes import update
from tests.support.authorities.pki import Pki
from tests.support.functions.control_plane import ControlPlane
from tests.support.units import units_in

_200_DAYS = timedelta(days=200)


def _upkeep(pki: Pki) -> CaLifecycleReport:
    units = units_in(pki.database, pki.clock)
    upkeep = CaLifecycle(units, pki.authorities, CatalogStore(pki.database), STACK_ADMIN, pki.clock)
    return upkeep.run()


@pytest.fixture
def plane(pki: Pki) -> ControlPlane:
    pki.authority().initialize()
    return ControlPlane(pki)


def _rotated(pki: Pki) -> Authority:
    return pki.local_issuers().rotate(NewAuthority("iss-local", pki.new_key()))


def _row(database: Database, kind: str, ca_id: str) -> AuthorityItem | None:
    return database.get(AuthorityItem, kind, ca_id, consistent=True)


def _last_leaf_ends(pki: Pki, ca_id: str) -> datetime:
    authority = pki.authorities.get(ca_id)
    assert authority
    return authority.last_leaf_ends


def test_a_retiring_ca_signs_crls_until_its_last_leaf_and_one_crl_are_over(plane: ControlPlane) -> None:
    pki = plane.pki
    plane.issued()
    old = pki.authorities.active_issuing("iss-local")
    assert old
    _rotated(pki)
    pki.clock.time = old.last_leaf_ends + timedelta(minutes=6)
    assert {s.ca_id for s in pki.publishing().publish_due().published} >= {old.ca_id}
    assert _upkeep(pki).retired == ()
    pki.clock.advance(timedelta(hours=72))
    assert _upkeep(pki).retired == (old.ca_id,)
    assert _upkeep(pki).retired == ()
    kept = _row(pki.database, RETIRED_AUTHORITY, old.ca_id)
    assert kept
    assert kept.state is AuthorityState.RETIRED
    assert _row(pki.database, AUTHORITY, old.ca_id) is None
    assert old.ca_id not in {s.ca_id for s in pki.publishing().publish_due().published}


def test_without_a_crl_after_the_last_leaf_a_ca_stays_retiring(plane: ControlPlane) -> None:
    old = plane.pki.authorities.active_issuing("iss-local")
    assert old
    _rotated(plane.pki)
    plane.pki.clock.time = old.last_leaf_ends + timedelta(days=10)
    assert _upkeep(plane.pki).retired == ()


def test_a_leaf_that_ends_later_than_any_before_prolongs_what_its_ca_is_kept_for(plane: ControlPlane) -> None:
    old = plane.pki.authorities.active_issuing("iss-local")
    assert old
    plane.issued()
    assert _last_leaf_ends(plane.pki, old.ca_id) == old.last_leaf_ends
    plane.pki.clock.advance(timedelta(days=40))
    late = plane.issued("late.example.com")
    assert late.expires_at
    assert late.expires_at <= _last_leaf_ends(plane.pki, old.ca_id) <= late.expires_at + timedelta(days=30)


def test_a_ca_whose_leaves_nobody_counted_is_kept_to_its_end(plane: ControlPlane) -> None:
    old = plane.pki.authorities.active_issuing("iss-local")
    assert old
    key = AuthorityItem(AUTHORITY, old.ca_id)
    plane.pki.database.write(update(key, [AuthorityItem.leaves_until.remove()], AuthorityItem.id.exists()))
    plane.issued()
    assert _last_leaf_ends(plane.pki, old.ca_id) == old.not_after


def test_a_ca_with_less_than_twice_the_longest_lifetime_left_is_to_be_rotated_until_it_was(
    plane: ControlPlane,
) -> None:
    pki = plane.pki
    old = pki.authorities.active_issuing("iss-local")
    assert old
    assert _upkeep(pki).ending == ()
    pki.clock.time = old.not_after - 2 * _200_DAYS + timedelta(minutes=1)
    assert _upkeep(pki).ending == (old.ca_id,)
    _rotated(pki)
    assert _upkeep(pki).ending == ()


def test_a_retired_key_is_never_taken_again(plane: ControlPlane) -> None:
    pki = plane.pki
    old = pki.authorities.active_issuing("iss-local")
    assert old
    _rotated(pki)
    pki.clock.time = old.last_leaf_ends + timedelta(minutes=6)
    pki.publishing().publish_due()
    pki.clock.advance(timedelta(hours=73))
    assert _upkeep(pki).retired == (old.ca_id,)
    with pytest.raises(Exception, match="bring a new one"):
        pki.local_issuers().rotate(NewAuthority("iss-local", old.key_arn))
