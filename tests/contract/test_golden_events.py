"""Audit events of what no single call of a route does: rotations, ends of deliveries, evaluations, failures.

`tests.support.golden` has the command that accepts a change made on purpose.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.crypto.authorities.facts import facts_of
from certctl.domain.audit.events import STACK_ADMIN
from certctl.domain.authorities.authorities import NewAuthority
from certctl.domain.authorities.revoked_cas import CaRevocationRequest
from certctl.domain.authorities.sharding import Sharding
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import Conflict
from certctl.domain.policies.evaluations import SETTLED_AFTER
from certctl.services.authorities.lifecycle import CaLifecycle
from certctl.services.authorities.ocsp_urls import OcspUrls
from certctl.services.catalog.deletions import WAIT
from certctl.services.status.ocsp_responders import OcspResponders
from certctl.services.status.responder_rotation import ResponderRotation
from certctl.store.catalog.records import CatalogStore
from certctl.store.status.ocsp_responders import ResponderStore
from functions.signing_worker.app import lambda_handler as signing_worker
from tests.support.agents.agents import AgentsByHttp
from tests.support.api.route_ids import new_agent
from tests.support.audit.event_parts import parts_by_action, stored_events
from tests.support.authorities.pki import Pki
from tests.support.aws.clients import local_aws, new_database
from tests.support.catalog.catalog import CatalogByHttp
from tests.support.catalog.entries import a_profile, store_entry
from tests.support.clock import Clock
from tests.support.functions.control_plane import ControlPlane
from tests.support.functions.deployed import deployed
from tests.support.functions.lambda_context import Context
from tests.support.golden import golden, require_golden
from tests.support.insights.recounts import falsify, recounted
from tests.support.issuing.issuing import Issuing, issuing
from tests.support.notifications.engine import FAILED, GONE, Engine
from tests.support.prepared import prepared_pki
from tests.support.revocation.bulk import fleet_of, started, worked
from tests.support.units import units_in

pytestmark = pytest.mark.timeout(300)
_POLICY = {
    "id": "pol-1",
    "name": "production only",
    "type": "AllowedEnvironments",
    "severity": "Warning",
    "config": {"environments": ["production"]},
}


@pytest.fixture(scope="module")
def events() -> Sequence[Any]:
    return [event for act in _ACTS for event in _events_after(act)]


def _events_after(act: Callable[[], None]) -> Iterator[Any]:
    with local_aws():
        act()
        yield from stored_events()


def _failed_deliveries() -> None:
    engine = Engine(new_database())
    engine.provider.outcome = FAILED
    engine.run_ladder(engine.queued(), 5)


def _end_of_a_channel() -> None:
    engine = Engine(new_database())
    engine.provider.script = [GONE]
    engine.deliver(engine.queued())


def _plane() -> None:
    plane = ControlPlane(prepared_pki(new_database(), Clock()))
    _fail_a_bulk_revocation(plane)
    falsify(plane.pki.database, 3, live=7)
    recounted(plane.pki.database, plane.pki.clock)
    _open_shards_and_enable_ocsp(plane.pki)
    _rotate(plane)


def _open_shards_and_enable_ocsp(pki: Pki) -> None:
    (opened,) = replace(pki, sharding=Sharding(2, split_over=-1)).admin().cas.shard_expansion.expand_due()
    keys, store = (lambda authority: pki.keys[authority.key_arn]), ResponderStore(pki.database)
    responders = OcspResponders(pki.authorities, store, keys, lambda key, _: key, pki.clock, "issuing")
    units = units_in(pki.database, pki.clock)
    ResponderRotation(responders, units, STACK_ADMIN, pki.clock).rotate(opened.ca_id)
    answered, no_root = (lambda *_: None), (lambda _: None)
    urls = OcspUrls(units, pki.authorities, store, answered, no_root, True, STACK_ADMIN, pki.clock)
    authority = pki.authorities.get(opened.ca_id)
    assert authority
    urls.enable(authority)


def _fail_a_bulk_revocation(plane: ControlPlane) -> None:
    def fail(_: str) -> None:
        raise Conflict("it keeps changing")

    fleet_of(plane, 1, owner_id="o-gone")
    worked(plane, started(plane, owner_id="o-gone"), fail)


def _rotate(plane: ControlPlane) -> None:
    """The old CA, revoked, until it is retired, and a further issuer."""
    pki = plane.pki
    old = pki.authorities.active_issuing("iss-local")
    assert old
    for key in ("arn:second", "arn:office"):
        pki.new_key(key)
    pki.local_issuers().rotate(NewAuthority("iss-local", "arn:second"))
    pki.local_issuers().create(NewAuthority("iss-office", "arn:office", "CN=Office CA 1", ("example.org",)))
    serial = facts_of(old.certificate_pem).serial_number
    pki.admin().cas.ca_revocation.revoke(CaRevocationRequest(old.ca_id, "superseded", serial))
    pki.clock.time = old.last_leaf_ends + timedelta(minutes=6)
    pki.publishing().publish_due()
    pki.clock.advance(timedelta(hours=72))
    units = units_in(pki.database, pki.clock)
    upkeep = CaLifecycle(units, pki.authorities, CatalogStore(pki.database), STACK_ADMIN, pki.clock)
    assert upkeep.run().retired == (old.ca_id,)


def _stack() -> None:
    with deployed(Clock()) as stack, issuing(stack) as world:
        _require_an_approval(world)
        _fail_a_deployment(world)
        _evaluate(world)
        _restore(world)


def _require_an_approval(world: Issuing) -> None:
    """Makes a profile require an approval after its job was opened."""
    catalog, now = CatalogStore(world.stack.database), world.stack.clock()
    before, after = a_profile("plain", now), a_profile("plain", now, requires_approval=True)
    store_entry(world.stack.database, before)
    world.created("approval.example.com", certificate_profile_id="plain")
    world.stack.database.transact(catalog.replace_steps(before, after))
    world.stack.restart()
    world.work()


def _fail_a_deployment(world: Issuing) -> None:
    agents = AgentsByHttp(world)
    agent = new_agent(world)
    agents.issued(agent, agents.target(agent))
    (work,) = agent.work()
    agent.failed(work, untouched=True, rolled_back=False)


def _evaluate(world: Issuing) -> None:
    """A policy that a certificate breaks, until it is relaxed."""
    catalog = world.stack.admin("catalog_api")
    world.issued("staging.example.com", environment="staging")
    assert catalog.post("/api/v1/policies", _POLICY).status == 201
    _evaluated(world)
    relaxed = {name: part for name, part in _POLICY.items() if name != "id"}
    relaxed["config"] = {"environments": ["production", "staging"]}
    assert catalog.send("PUT", "/api/v1/policies/pol-1", relaxed).status == 200
    world.stack.restart()
    _evaluated(world)


def _evaluated(world: Issuing) -> None:
    """To its end: at once, and once more when everybody knows the policy."""
    worker = world.stack.privileges.of("signing_worker", signing_worker)
    for _ in range(2):
        policy = world.stack.admin("catalog_api").get("/api/v1/policies/pol-1").body
        nudge = json.dumps({"id": policy["evaluation"]["job_id"], "epoch": 1})
        record = {"messageId": "1", "body": nudge}
        assert worker({"Records": [record]}, Context()) == {"batchItemFailures": []}
        world.stack.clock.advance(SETTLED_AFTER + timedelta(seconds=1))
        world.stack.restart()


def _restore(world: Issuing) -> None:
    """A team that is used while it is being deleted."""
    catalog = CatalogByHttp(world.stack)
    team = catalog.made(Kind.TEAM)
    world.stack.cached_catalog.find(Kind.TEAM, team["id"])
    catalog.admin.delete(catalog.path_of(Kind.TEAM, team))
    catalog.made(Kind.OWNER, team_id=team["id"])
    world.stack.clock.advance(WAIT)
    deletions = MaintenanceSchedule(world.stack.overrides).catalog_deletions
    assert deletions.run(lambda: True).restored == 1


_ACTS = (_failed_deliveries, _end_of_a_channel, _plane, _stack)


def test_the_event_of_each_further_action_has_the_parts_that_it_had(events: Sequence[Any]) -> None:
    found, of_routes = parts_by_action(events), golden("events_written")
    further = {action: parts for action, parts in found.items() if action not in of_routes}
    require_golden("events_further", further)
