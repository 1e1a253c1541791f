"""What the public prober sees is in the inventory, with the endpoint as its place."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from certctl.compose.inventory_api import InventoryApi
from certctl.crypto.inventory.facts import parse
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.errors import NotFound
from certctl.domain.inventory.endpoints.endpoints import Endpoint
from certctl.domain.inventory.endpoints.probes import Offer
from certctl.domain.inventory.endpoints.reported import (
    ReportedAddress,
    ReportedHandshake,
    ReportedProbe,
    ShownChain,
)
from certctl.domain.inventory.filters import ObservedFilter, SourceFilter
from certctl.domain.inventory.scopes import MAX_NEW_A_DAY
from certctl.domain.inventory.statuses import ObservedStatus
from certctl.domain.times import day_of
from certctl.services.inventory.reading import InventoryReads, ObservedDetail
from certctl.store.inventory.scopes import ScopeStore
from tests.support.costs.write_units import metered
from tests.support.functions.control_plane import ADMIN, ControlPlane
from tests.support.inventory.made import Maker
from tests.support.served.probers import MINUTES, Watched

THEIRS = Maker()
OLD, NEW = THEIRS.leaf("www.example.com"), THEIRS.leaf("www.example.com", days=91)
RSA, ROOT = THEIRS.rsa_leaf("www.example.com"), THEIRS.certificate()
PLACE = "tls:www.example.com:443/www.example.com"
ALL_KEYS = (Offer.DEFAULT, Offer.RSA, Offer.ECDSA)


VIEWER = Principal("key-2", Role.VIEWER, ("t-web",))


@dataclass(frozen=True)
class Inventory:
    """What readers find of what probes saw."""

    watched: Watched

    @property
    def reads(self) -> InventoryReads:
        plane = self.watched.plane
        return plane.privileges.within("inventory_api", InventoryApi(plane.overrides).reads)

    def listed(self, caller: Principal = ADMIN, **wanted: Any) -> list[str]:
        page = self.reads.page(caller, ObservedFilter(**wanted), None, 10)
        return [each.fingerprint for each in page.records]

    def of(self, der: bytes, caller: Principal = ADMIN) -> ObservedDetail:
        return self.reads.detail(caller, parse(der).fingerprint)

    def places(self, der: bytes, caller: Principal = ADMIN) -> list[str]:
        return [each.place.text for each in self.of(der, caller).places]

    def status(self, der: bytes) -> str:
        return self.of(der).certificate.status.value

    @property
    def counted(self) -> int:
        """The places of the prober, as its source lists them."""
        (source,), _ = self.reads.sources_page(ADMIN, SourceFilter(), None, 10)
        return source.scopes[0].places


@pytest.fixture
def watched(plane: ControlPlane) -> Watched:
    return Watched(plane)


@pytest.fixture
def inventory(watched: Watched) -> Inventory:
    return Inventory(watched)


def test_what_a_host_shows_is_listed_searched_and_placed(watched: Watched, inventory: Inventory) -> None:
    endpoint = watched.endpoint(team="t-web")
    assert watched.probed(endpoint, [OLD, ROOT]) == "changed"

    known = parse(OLD).fingerprint
    assert inventory.listed() == [known]
    assert inventory.listed(text="www.example.com") == [known]
    assert inventory.listed(status=ObservedStatus.UNMANAGED, team_id="t-web") == [known]
    assert inventory.listed(is_ca=True) == [parse(ROOT).fingerprint]
    (place,) = inventory.of(OLD).places
    assert (place.place.text, place.team_id, place.chain) == (PLACE, "t-web", (parse(ROOT).fingerprint,))
    assert inventory.counted == 1


def test_a_probe_that_shows_the_same_writes_nothing(watched: Watched) -> None:
    endpoint = watched.endpoint()
    for _ in range(3):
        watched.probed(endpoint, [OLD])
    with metered(watched.plane.pki.database.client) as meter:
        watched.probed(endpoint, [OLD])
    assert meter.writes == ["put_item inventory: 3"]  # the row of the prober


def test_another_certificate_takes_the_place_of_the_old_one(watched: Watched, inventory: Inventory) -> None:
    endpoint = watched.endpoint()
    watched.probed(endpoint, [OLD])
    watched.probed(endpoint, [NEW])

    assert (inventory.status(OLD), inventory.places(OLD)) == ("Gone", [])
    assert (inventory.status(NEW), inventory.places(NEW)) == ("Unmanaged", [PLACE])
    assert inventory.counted == 1


def test_a_certificate_that_comes_back_has_its_place_again(watched: Watched, inventory: Inventory) -> None:
    endpoint = watched.endpoint()
    for chain in ([OLD], [NEW], [OLD]):
        watched.probed(endpoint, chain)
    assert (inventory.status(OLD), inventory.places(OLD)) == ("Unmanaged", [PLACE])
    assert inventory.places(NEW) == []


def test_a_server_with_two_keys_is_the_place_of_two_certificates(
    watched: Watched, inventory: Inventory
) -> None:
    endpoint = watched.endpoint()
    watched.taken(_of_two_keys(watched, endpoint))
    watched.probed(endpoint, [OLD])

    assert inventory.places(OLD) == inventory.places(RSA) == [PLACE]
    assert inventory.counted == 2


def test_a_server_that_is_down_keeps_its_places(watched: Watched, inventory: Inventory) -> None:
    endpoint = watched.endpoint()
    watched.probed(endpoint, [OLD])
    for _ in range(2):
        watched.probed(endpoint, [])
    assert inventory.places(OLD) == [PLACE]


def test_a_removed_endpoint_is_no_place(watched: Watched, inventory: Inventory) -> None:
    one, other = watched.endpoint(), watched.endpoint(team="t-web")
    for each in (one, other):
        watched.probed(each, [OLD])
    assert inventory.places(OLD) == [PLACE, PLACE]

    remove = watched.plane.privileges.within("inventory_api", InventoryApi(watched.plane.overrides).endpoints)
    remove.remove(ADMIN, one.id)
    assert [each.team_id for each in inventory.of(OLD).places] == ["t-web"]
    remove.remove(ADMIN, other.id)
    assert (inventory.status(OLD), inventory.counted) == ("Gone", 0)


def test_a_version_of_a_record_is_managed_and_is_there_once(watched: Watched, inventory: Inventory) -> None:
    certificate = watched.plane.issued("www.example.com")
    chain = watched.chain(certificate)
    watched.probed(watched.endpoint(certificate), chain)

    (known,) = inventory.listed()
    found = inventory.of(chain[0]).certificate
    assert (found.fingerprint, found.status, found.certificate_id) == (
        known,
        ObservedStatus.MANAGED,
        certificate.id,
    )
    assert inventory.places(chain[0]) == [PLACE]


def test_teams_see_the_places_of_their_own_endpoints(watched: Watched, inventory: Inventory) -> None:
    watched.probed(watched.endpoint(team="t-default"), [OLD])
    with pytest.raises(NotFound):
        inventory.of(OLD, VIEWER)
    assert inventory.listed(VIEWER) == []

    watched.probed(watched.endpoint(team="t-web"), [OLD])

    (place,) = inventory.of(OLD, VIEWER).places
    assert (place.team_id, inventory.of(OLD, VIEWER).certificate.sightings) == ("t-web", 1)
    assert inventory.of(OLD).certificate.team_id == "t-default"


def test_an_endpoint_of_an_earlier_release_is_a_place_after_its_next_daily_probe(
    watched: Watched, inventory: Inventory
) -> None:
    endpoint = watched.endpoint()
    watched.probed(endpoint, [OLD])
    before = watched.now(endpoint)
    write = watched.store.save_steps(before, replace(before, sighted=()))
    watched.plane.pki.database.transact(write)

    assert watched.probed(endpoint, [OLD], offers=ALL_KEYS) == "changed"

    assert watched.now(endpoint).sighted == before.sighted


def test_a_prober_brings_so_many_new_certificates_a_day_and_no_more(
    watched: Watched, inventory: Inventory
) -> None:
    endpoint, scopes = watched.endpoint(), ScopeStore(watched.plane.pki.database)
    scope = scopes.get(endpoint.scope_id)
    assert scope is not None
    scopes.save(scope, scope.with_new(MAX_NEW_A_DAY, day_of(watched.plane.pki.clock())))

    watched.probed(endpoint, [OLD])
    assert inventory.listed() == []
    watched.probed(endpoint, [OLD], after=timedelta(days=1))
    assert inventory.listed() == [parse(OLD).fingerprint]


def test_what_nobody_can_read_is_left_out(watched: Watched, inventory: Inventory) -> None:
    endpoint = watched.endpoint()
    watched.probed(endpoint, [OLD, b"no certificate"])
    assert inventory.of(OLD).places[0].chain == ()


def _of_two_keys(watched: Watched, endpoint: Endpoint) -> ReportedProbe:
    """A probe of a server that prefers its ECDSA key."""
    shown = {Offer.DEFAULT: OLD, Offer.RSA: RSA, Offer.ECDSA: OLD}
    shakes = tuple(ReportedHandshake(each, "TLSv1.3", ShownChain((der,))) for each, der in shown.items())
    watched.plane.pki.clock.advance(5 * MINUTES)
    return ReportedProbe(endpoint.id, watched.plane.pki.clock(), (ReportedAddress("192.0.2.1", shakes),))
