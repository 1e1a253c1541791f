"""Counters equal the rows that they count: in a stack that has forgotten nothing, all of them."""

import json
from collections import Counter
from collections.abc import Iterator

from tests.soak.world.world import Row, World

_TIMELESS = ("Revoked", "Archived", "OnHold")
_NO_FIGURES = ("kind", "id", "v", "delete_after")


def _contribution(record: Row) -> str:
    """The total that counts this certificate."""
    if record["lifecycle"] in _TIMELESS:
        return str(record["lifecycle"])
    if record["lifecycle"] == "Pending":
        return "Failed" if record["renewal_state"] == "failed" else "Pending"
    return "RenewalInProgress" if record["renewal_state"] == "in_progress" else "live"


def _totals(world: World) -> Counter[str]:
    counted: Counter[str] = Counter()
    for row in world.state("counters"):
        counted.update({name: int(row[name]) for name in row if name not in _NO_FIGURES})
    return counted


def _days(world: World) -> Counter[tuple[str, str]]:
    counted: Counter[tuple[str, str]] = Counter()
    for row in world.state("days"):
        counted.update({(row["id"], name): int(row[name]) for name in row if name not in _NO_FIGURES})
    return counted


def totals_equal_their_certificates(world: World) -> Iterator[str]:
    """The totals of certificates, all and by what decides their status, are the numbers of their rows.
    Reads the counters, certificate rows. Broken by a counter that is one off."""
    found = Counter(map(_contribution, world.certificates.values()))
    found["certificates"] = len(world.certificates)
    counted = _totals(world)
    for name in ("certificates", *_TIMELESS, "Pending", "Failed", "RenewalInProgress", "live"):
        if counted[name] != found[name]:
            yield f"{name}: {counted[name]} counted, {found[name]} rows"


def days_equal_their_certificates(world: World) -> Iterator[str]:
    """The counted certificates that expire on a day are those whose rows say so. Reads the
    counters, certificate rows. Broken by a counter that is one off."""
    ends = (r["expires_at"][:10] for r in world.certificates.values() if _contribution(r) in _BY_DAY)
    found = Counter((day, "expires") for day in ends)
    counted = {key: amount for key, amount in _days(world).items() if key[1] == "expires" and amount}
    for key in sorted(found.keys() | counted.keys()):
        if found[key] != counted.get(key, 0):
            yield f"{key[0]}: {counted.get(key, 0)} counted, {found[key]} rows"


_BY_DAY = ("live", "RenewalInProgress")


def totals_equal_their_jobs(world: World) -> Iterator[str]:
    """The numbers of open, completed, failed and cancelled jobs are those of their rows. Reads the
    counters, jobs. Broken by a counter that is one off."""
    statuses = Counter(job["status"] for job in world.jobs.values())
    counted = _totals(world)
    ended = {status: statuses.pop(status, 0) for status in ("Completed", "Failed", "Cancelled")}
    found = {f"jobs_{status.lower()}": amount for status, amount in ended.items()}
    found["jobs_open"] = sum(statuses.values())
    for name, amount in found.items():
        if counted[name] != amount:
            yield f"{name}: {counted[name]} counted, {amount} rows"


def days_equal_their_jobs(world: World) -> Iterator[str]:
    """The days' numbers of created jobs and of issued certificates add up to the rows. Reads the counters,
    jobs. Broken by an event that was counted twice or not at all."""
    counted: Counter[str] = Counter()
    for (_, name), amount in _days(world).items():
        counted[name] += amount
    issued = [
        j for j in world.jobs.values() if j["type"] in ("Issuance", "Renewal") and j["status"] == "Completed"
    ]
    for name, amount in (("jobs_created", len(world.jobs)), ("issued", len(issued))):
        if counted[name] != amount:
            yield f"{name}: {counted[name]} counted, {amount} rows"


def the_dead_are_counted(world: World) -> Iterator[str]:
    """The number of dead alerts is that of their rows. Reads the counters, notifications. Broken by a
    counter that is one off."""
    counted = sum(int(row.get("dead", 0)) for row in world.state("dead_notifications"))
    found = sum(row["status"] == "dead" for row in world.notifications.values())
    if counted != found:
        yield f"{counted} counted, {found} rows"


def the_summary_says_the_rows(world: World) -> Iterator[str]:
    """What the dashboard shows is what the tables have. Reads /stats/summary, certificate rows. Broken by a
    figure of a poll that is not its list's length."""
    page = world.pages["summary"]
    found = {
        "total_certificates": len(world.certificates),
        "revoked_certificates": sum(r["lifecycle"] == "Revoked" for r in world.certificates.values()),
        "total_agents": len(world.catalog("agent")),
        "failed_jobs": sum(job["status"] == "Failed" for job in world.jobs.values()),
        "notifications_dead": sum(row["status"] == "dead" for row in world.notifications.values()),
    }
    for name, amount in found.items():
        if page.get(name) != amount:
            yield f"{name}: {page.get(name)} shown, {amount} rows"


def campaigns_count_their_items(world: World) -> Iterator[str]:
    """A campaign's numbers by state are those of its items. Reads campaign rows. Broken by an item that
    changed without its campaign."""
    items: dict[str, Counter[str]] = {}
    for row in world.state("campaign_item"):
        state = json.loads(row["body"])["state"]
        items.setdefault(row["kind"].partition("#")[2], Counter())[state] += 1
    for row in world.state("campaign"):
        counts = {name: n for name, n in json.loads(row["body"])["counts"].items() if n}
        if counts != dict(items.get(row["id"], Counter())):
            yield f"{row['id']}: {counts} counted, {dict(items.get(row['id'], Counter()))} rows"
