"""Alerts: none is lost, and what is repeated is accounted for."""

import json
from collections import Counter
from collections.abc import Iterator

from tests.soak.world.world import Row, World

_UNSENT = ("skipped", "muted", "superseded", "folded", "expired")
_WEBHOOK = "webhook-default"


def _lost(row: Row) -> int:
    """Attempts that no worker reported."""
    return sum("lost" in json.dumps(attempt) for attempt in json.loads(row.get("history") or "[]"))


def alerts_have_ended(world: World) -> Iterator[str]:
    """Each alert is sent or dead, with nothing due and nobody who holds it. Reads notifications. Broken by
    a row that nobody will try again."""
    for identifier, row in world.notifications.items():
        if row["status"] not in ("sent", "dead"):
            yield f"{identifier} is {row['status']}"
        if "due_at" in row or "lease_owner" in row:
            yield f"{identifier} is {row['status']}, and still due or held"


def sent_alerts_were_delivered(world: World) -> Iterator[str]:
    """Each alert of the webhook that counts as delivered reached the receiver. Reads notifications, the
    receiver's books. Broken by a row that is sent and was not."""
    for identifier, row in world.notifications.items():
        is_claimed = row["status"] == "sent" and row.get("outcome") == "delivered"
        if is_claimed and row["channel_id"] == _WEBHOOK and not world.delivered[identifier]:
            yield f"{identifier} ({row['type']}) was never delivered"


def unsent_alerts_have_a_reason(world: World) -> Iterator[str]:
    """What was not delivered says why. Reads notifications. Broken by a row without an outcome or an
    error."""
    for identifier, row in world.notifications.items():
        if row["status"] == "dead" and not row.get("last_error") and not row.get("outcome"):
            yield f"{identifier} is dead without a reason"
        if row["status"] == "sent" and row.get("outcome") not in ("delivered", *_UNSENT):
            yield f"{identifier} is sent with the outcome {row.get('outcome')}"


def deliveries_have_a_row(world: World) -> Iterator[str]:
    """Nothing was delivered that no row asked for. Reads the receiver's books, notifications. Broken by an
    alert that was sent before it was stored."""
    for message in sorted(world.delivered.keys() - world.notifications.keys()):
        yield f"{message} was delivered and has no row"


def repeated_deliveries_are_accounted_for(world: World) -> Iterator[str]:
    """An alert was delivered once more for each attempt that a kill cut off, at most, and all together no
    more than kills of the worker allow. Reads the receiver's books, notifications, kills. Broken by a
    repeat without a lost attempt."""
    for message, amount in world.delivered.items():
        row = world.notifications.get(message)
        if row is not None and amount - 1 > _lost(row):
            yield f"{message} was delivered {amount} times, with {_lost(row)} attempts lost"
    kills = sum(kill["function"] == "notification_worker" for kill in world.kills)
    repeated = sum(amount - 1 for amount in world.delivered.values())
    if repeated > _AT_ONCE * kills:
        yield f"{repeated} repeats after {kills} kills of the worker"


_AT_ONCE = 10
"""Messages of one batch of the notification worker."""


def dead_alerts_are_in_the_queue(world: World) -> Iterator[str]:
    """Each dead alert is in the queue of dead letters, and else only what was sent again since. Reads
    notifications, dead letters, the journal. Broken by a death that nobody hears of."""
    dead = {identifier for identifier, row in world.notifications.items() if row["status"] == "dead"}
    letters = Counter(json.loads(body)["id"] for body in world.messages["dead_letter"])
    yield from (f"{identifier} is dead and no letter says so" for identifier in sorted(dead - letters.keys()))
    again = {entry["id"] for entry in world.noted("requeue")}
    for identifier in sorted(letters.keys() - dead - again):
        yield f"{identifier} has a letter, is not dead, and was not sent again"


def revocations_were_told(world: World) -> Iterator[str]:
    """Each accepted revocation has its alert for the webhook. Reads the journal, notifications. Broken by a
    cause that was stored without its alert."""
    told = {
        row.get("certificate_id")
        for row in world.notifications.values()
        if row["type"] == "Revocation" and row["channel_id"] == _WEBHOOK
    }
    for entry in world.noted("revoke"):
        if entry["id"] not in told:
            yield f"{entry['id']} was revoked and nobody was told"
