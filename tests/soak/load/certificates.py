"""People who request, renew, revoke and hold certificates, one by one and in bulk."""

from tests.soak.load.actors import Actor, Owned
from tests.support.issuing.csr import csr_pem

_PATH = "/api/v1/certificates"
_REASONS = ("superseded", "cessationOfOperation", "affiliationChanged", "unspecified", "keyCompromise")
_ZONES = ("shop", "pay", "mail", "build")
_WAIT_SECONDS = 90


def issue(actor: Actor) -> None:
    label = actor.label()
    name = f"{label}.{actor.rng.choice(_ZONES)}.example.com"
    sans = [f"DNS:{prefix}.{name}" for prefix in ("www", "api", "old")[: actor.rng.randrange(3)]]
    tags = {"run": actor.run, "tier": actor.rng.choice(["gold", "iron"])}
    body = {"common_name": name, "sans": sans, "csr_pem": csr_pem(name, sans), "tags": tags}
    answer = actor.create(_PATH, body, label)
    if answer.is_good:
        owned = Owned(answer.body["id"], name)
        actor.journal.note("issue", id=owned.id, name=name, job=answer.body["job_id"])
        actor.fleet.add(owned)


def renew(actor: Actor) -> None:
    for owned in actor.fleet.take(actor.rng):
        _renew(actor, owned)
        actor.fleet.add(owned)


def _renew(actor: Actor, owned: Owned) -> None:
    if not actor.is_active(owned):
        return
    path = f"{_PATH}/{owned.id}/renew"
    answer = actor.create(path, {"csr_pem": csr_pem(owned.name)}, actor.label())
    if answer.is_good:
        actor.journal.note("renew", id=owned.id, job=answer.body["job_id"])
        actor.caller.until(lambda: actor.is_active(owned), _WAIT_SECONDS, actor.stopping)


def revoke(actor: Actor) -> None:
    for owned in actor.fleet.take(actor.rng):
        reason = actor.rng.choice(_REASONS)
        body = {"reason": reason, "ticket": f"INC-{next(actor.numbers)}"}
        answer = actor.caller.ask("POST", f"{_PATH}/{owned.id}/revoke", body)
        if answer.is_good or answer.may_have_been_done:
            actor.journal.note("revoke", id=owned.id, reason=reason, attempts=answer.attempts)
        else:
            actor.fleet.add(owned)


def hold(actor: Actor) -> None:
    """Puts on hold, and takes off it again half of the time."""
    for owned in actor.fleet.take(actor.rng):
        held = actor.caller.ask("POST", f"{_PATH}/{owned.id}/revoke", {"reason": "certificateHold"})
        if not (held.is_good or held.may_have_been_done):
            actor.fleet.add(owned)
            continue
        if actor.rng.random() < 0.5:
            actor.journal.note("revoke", id=owned.id, reason="certificateHold", attempts=held.attempts)
            continue
        freed = actor.caller.ask("POST", f"{_PATH}/{owned.id}/unhold", {})
        if freed.is_good or freed.may_have_been_done:
            actor.journal.note("unhold", id=owned.id, attempts=freed.attempts)
            actor.fleet.add(owned)


def revoke_in_bulk(actor: Actor) -> None:
    taken = actor.fleet.take(actor.rng, actor.rng.randrange(2, 7))
    if not taken:
        return
    ids = sorted(owned.id for owned in taken)
    body = {"certificate_ids": ids, "reason": "cessationOfOperation", "dry_run": False}
    answer = actor.create(f"{_PATH}/bulk-revoke", body, actor.label())
    if answer.is_good and "job_id" in answer.body:
        actor.journal.note("bulk", ids=ids, job=answer.body["job_id"], reason="cessationOfOperation")
    else:
        actor.fleet.add(*taken)


def edit(actor: Actor) -> None:
    """Changes tags, which moves search entries."""
    for owned in actor.fleet.take(actor.rng):
        found = actor.caller.ask("GET", f"{_PATH}/{owned.id}")
        if found.is_good:
            tier = actor.label()
            body = {"tags": {"run": actor.run, "tier": tier}, "version": found.body["version"]}
            answer = actor.caller.ask("PUT", f"{_PATH}/{owned.id}", body)
            if answer.is_good:
                actor.journal.note("edit", id=owned.id, tier=tier)
        actor.fleet.add(owned)


def archive(actor: Actor) -> None:
    for owned in actor.fleet.take(actor.rng):
        answer = actor.caller.ask("DELETE", f"{_PATH}/{owned.id}?keep_valid=true")
        if answer.is_good or answer.may_have_been_done:
            actor.journal.note("archive", id=owned.id, attempts=answer.attempts)
        else:
            actor.fleet.add(owned)
