"""People who sign in with a key, read lists, search, and make keys for others."""

from tests.soak.load.actors import Actor

_READS = (
    "/api/v1/certificates?per_page=50",
    "/api/v1/certificates?status=Active",
    "/api/v1/certificates?status=Revoked&per_page=20",
    "/api/v1/jobs?per_page=50",
    "/api/v1/notifications?per_page=50",
    "/api/v1/audit?per_page=50",
    "/api/v1/attention",
    "/api/v1/stats/overview",
    "/api/v1/stats/summary",
    "/api/v1/metrics",
    "/api/v1/revocations",
    "/api/v1/endpoints",
    "/api/v1/agents",
    "/api/v1/inventory/summary",
    "/api/v1/campaigns",
)


def read(actor: Actor) -> None:
    actor.caller.ask("GET", actor.rng.choice(_READS))


def search(actor: Actor) -> None:
    """Searches by the beginning of a name that exists."""
    owned = actor.fleet.shown(actor.rng)
    if owned:
        text = owned.name[: actor.rng.randrange(4, len(owned.name))]
        found = actor.caller.ask("GET", f"/api/v1/certificates?search={text}")
        if found.status >= 400:
            actor.journal.note("refused_search", text=text, status=found.status)


def sign_in(actor: Actor) -> None:
    """A session by the key, its use, and its end most of the time."""
    begun = actor.caller.ask("POST", "/api/v1/auth/session", X_Certctl_Request="1")
    cookie = begun.headers.get("Set-Cookie", "").partition(";")[0]
    if not begun.is_good or not cookie:
        return
    session = cookie.partition("=")[2]
    caller = actor.caller.with_key(session)
    read_by_it = caller.ask("GET", "/api/v1/auth/session")
    actor.journal.note("session", id=begun.body["id"], used=read_by_it.status)
    if actor.rng.random() < 0.7:
        ended = caller.ask("DELETE", "/api/v1/auth/session")
        if ended.is_good or (ended.status == 401 and ended.attempts > 1):
            actor.journal.note("ended_session", id=begun.body["id"])


def give_keys(actor: Actor) -> None:
    """A key that is used once and revoked."""
    label = actor.label()
    made = actor.create("/api/v1/api-keys", {"name": label, "role": "viewer", "teams": ["t-default"]}, label)
    if not made.is_good:
        return
    identifier = made.body["id"]
    actor.journal.note("api_key", id=identifier, name=label)
    used = actor.caller.with_key(made.body["key"]).ask("GET", "/api/v1/certificates")
    ended = actor.caller.ask("DELETE", f"/api/v1/api-keys/{identifier}")
    if ended.is_good or (ended.status in (404, 409) and ended.attempts > 1):
        actor.journal.note("revoked_api_key", id=identifier, used=used.status)


def requeue(actor: Actor) -> None:
    """Sends again what is dead, as a person does once the receiver has been mended."""
    found = actor.caller.ask("GET", "/api/v1/notifications?status=dead")
    for row in found.body["data"][:5] if found.is_good else ():
        answer = actor.caller.ask("POST", f"/api/v1/notifications/{row['id']}/requeue", {})
        if answer.is_good or answer.may_have_been_done:
            actor.journal.note("requeue", id=row["id"], attempts=answer.attempts)


def organize(actor: Actor) -> None:
    """A team and its owner; half of them are deleted again, what is referred to last."""
    label = actor.label()
    team = actor.create("/api/v1/teams", {"name": label, "email": f"{label}@example.com"}, label)
    if not team.is_good:
        return
    body = {"name": label, "email": f"{label}@example.com", "team_id": team.body["id"]}
    owner = actor.create("/api/v1/owners", body, f"{label}-owner")
    records = [("owners", owner.body["id"])] if owner.is_good else []
    records.append(("teams", team.body["id"]))
    is_deleted = actor.rng.random() < 0.5
    for kind, identifier in records:
        if is_deleted:
            ended = actor.caller.ask("DELETE", f"/api/v1/{kind}/{identifier}")
            if not (ended.is_good or (ended.status == 404 and ended.attempts > 1)):
                continue
        actor.journal.note("record", kind_of=kind[:-1], id=identifier, deleted=is_deleted)
