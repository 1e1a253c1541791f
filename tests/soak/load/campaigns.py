"""An administrator who replaces the versions of certificates by a campaign, and confirms what is in use."""

from typing import Any

from tests.soak.load.actors import Actor, Owned
from tests.support.issuing.csr import csr_pem

_PATH = "/api/v1/campaigns"
_DRY_RUN_SECONDS = 120
_SECONDS = 600
_NO_ITEMS: dict[str, Any] = {"data": []}


def campaign(actor: Actor) -> None:
    """A whole one: found, confirmed, new keys, verified. One that the load's end interrupts is cancelled."""
    taken = actor.fleet.take(actor.rng, 3)
    if len(taken) < 2:
        actor.fleet.add(*taken)
        return
    names = {owned.id: owned.name for owned in taken}
    selection = {"certificate_ids": sorted(names)}
    made = actor.create(_PATH, {"selection": selection, "reason": "superseded"}, actor.label())
    if not made.is_good:
        actor.fleet.add(*taken)
        return
    identifier = made.body["id"]
    if _confirmed(actor, identifier):
        actor.journal.note("campaign", id=identifier, ids=sorted(names))
        actor.caller.until(lambda: _helped(actor, identifier, names), _SECONDS, actor.stopping)
    _end(actor, identifier)
    actor.fleet.add(*(Owned(*item) for item in names.items()))


def _confirmed(actor: Actor, identifier: str) -> bool:
    found = actor.caller.until(lambda: _found(actor, identifier), _DRY_RUN_SECONDS, actor.stopping)
    if not found:
        return False
    body = {"confirm": found["total"]}
    return actor.create(f"{_PATH}/{identifier}/confirm", body, actor.label()).is_good


def _found(actor: Actor, identifier: str) -> Any:
    record = actor.caller.ask("GET", f"{_PATH}/{identifier}").body
    return record if record.get("state") == "unconfirmed" else None


def _helped(actor: Actor, identifier: str, names: dict[str, str]) -> bool:
    """Gives each certificate what it waits for; whether the campaign has ended."""
    items = actor.caller.ask("GET", f"{_PATH}/{identifier}/items")
    for item in (items.body if items.is_good else _NO_ITEMS)["data"]:
        certificate_id = item["certificate_id"]
        if item["state"] == "rekeying":
            body = {"csr_pem": csr_pem(names[certificate_id])}
            actor.caller.ask("POST", f"/api/v1/certificates/{certificate_id}/csr", body)
        if item["state"] in ("issued", "deployed"):
            actor.caller.ask("POST", f"{_PATH}/{identifier}/items/{certificate_id}/verify", {})
    return actor.caller.ask("GET", f"{_PATH}/{identifier}").body.get("state") in ("completed", "failed")


def _end(actor: Actor, identifier: str) -> None:
    state = actor.caller.ask("GET", f"{_PATH}/{identifier}").body.get("state")
    if state not in ("completed", "failed", "cancelled"):
        actor.caller.ask("POST", f"{_PATH}/{identifier}/cancel", {})
        actor.journal.note("cancelled_campaign", id=identifier)
