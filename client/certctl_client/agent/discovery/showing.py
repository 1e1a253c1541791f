"""A plan in words and as JSON. Neither contains a key."""

import shlex
from collections.abc import Iterator, Sequence
from datetime import datetime
from difflib import unified_diff
from typing import Any

from certctl_client.agent.discovery.certificates import issuer_of, key_in_words
from certctl_client.agent.discovery.journal import Entry
from certctl_client.agent.discovery.placing import Move, hindrance_of_folder
from certctl_client.agent.discovery.plan import Change, Plan, Role
from certctl_client.agent.discovery.sites import Site
from certctl_client.plain_text import counted, one_line

_DAY = 86_400
_UNKNOWN_AGENT = "agt-..."


def as_json(plan: Plan, agent_id: str, now: datetime, cut_overs: Sequence[Entry]) -> dict[str, Any]:
    """`agent_id` is empty if no agent is enrolled here. Days are rounded down; negative ones have passed."""
    return {
        "host": plan.host,
        "servers": [
            {
                "kind": server.kind,
                "test_command": list(server.commands.test),
                "reload_command": list(server.commands.reload),
                "problems": list(server.problems),
            }
            for server in plan.servers
        ],
        "certificates": [_site(plan, site, now) for site in plan.sites],
        "refusals": list(plan.refusals),
        "directories": [str(each) for each in plan.directories],
        "changes": [_change(change) for change in plan.changes],
        "requests": [request for move in plan.moves for request in requests_for(move, agent_id)],
        "cut_overs": [
            {"id": each.id, "phase": each.phase, "targets": list(each.sites)} for each in cut_overs
        ],
    }


def in_words(plan: Plan, agent_id: str, now: datetime, cut_overs: Sequence[Entry]) -> Iterator[str]:
    """Lines for people."""
    for server in plan.servers:
        sites = [site for site in plan.sites if site.kind == server.kind]
        yield f"{server.kind}: {counted(len(sites), 'certificate')}"
        yield from (f"  Problem: {one_line(problem)}" for problem in server.problems)
        for site in sites:
            yield from _site_in_words(plan, site, now)
    if not plan.servers:
        yield "No NGINX, Apache or HAProxy is installed here."
    if plan.moves:
        yield from _changes_in_words(plan, agent_id)
    for each in cut_overs:
        yield f"Cut-over {each.id} is {each.phase}: {', '.join(each.sites)}"


def requests_for(move: Move, agent_id: str) -> list[list[str]]:
    """Commands for a terminal with an operator's key: the target, then the certificate. The key of the latter
    is made on this host."""
    target = f"tgt-{move.slug}"
    settings = [
        word
        for name, value in move.target["config"].items()
        for word in ("--setting", f"{name}={_setting(value)}")
    ]
    names = move.site.looked.names or move.site.names
    sans = [word for name in names[1:] for word in ("--san", name)]
    create = ["certctl", "targets", "create", "--id", target, "--name", move.target["name"]]
    return [
        [*create, "--type", move.target["type"], "--agent", agent_id or _UNKNOWN_AGENT, *settings],
        ["certctl", "certs", "create", "--cn", names[0], *sans, "--await-csr", "--target", target],
    ]


def _setting(value: Any) -> str:
    """Commands are JSON, which an array of arguments needs."""
    if isinstance(value, list):
        words = ", ".join('"' + each.replace("\\", "\\\\").replace('"', '\\"') + '"' for each in value)
        return f"[{words}]"
    return str(value)


def _site(plan: Plan, site: Site, now: datetime) -> dict[str, Any]:
    move = next((each for each in plan.moves if each.site is site), None)
    leaf = site.looked.leaf
    return {
        "kind": site.kind,
        "names": site.names,
        "addresses": site.addresses,
        "certificate_path": str(site.certificate),
        "key_path": str(site.key or site.certificate),
        "configured_at": [str(mention) for mention in site.mentions],
        "certificate_names": site.looked.names,
        "issuer": issuer_of(leaf) if leaf else None,
        "key": key_in_words(leaf) if leaf else None,
        "not_after": f"{leaf.not_valid_after_utc:%Y-%m-%dT%H:%M:%SZ}" if leaf else None,
        "days_left": days_left(site, now),
        "fingerprint_sha256": site.looked.fingerprint or None,
        "problems": problems_of(plan, site),
        "remarks": site.remarks,
        "moves_to": [str(each.path) for each in move.files] if move else [],
        "target": dict(move.target) if move else None,
    }


def problems_of(plan: Plan, site: Site) -> list[str]:
    folder = hindrance_of_folder(site, plan.sites)
    return [*site.problems, *([folder] if folder and not site.problems else [])]


def days_left(site: Site, now: datetime) -> int | None:
    leaf = site.looked.leaf
    return int((leaf.not_valid_after_utc - now).total_seconds() // _DAY) if leaf else None


def _change(change: Change) -> dict[str, Any]:
    marks = change.after.marks
    return {
        "path": str(change.path),
        "role": change.role,
        "is_new": change.before is None,
        "mode": f"{marks.mode:04o}",
        "uid": marks.uid,
        "gid": marks.gid,
        "diff": [] if change.role is Role.FILE else list(_diff(change)),
    }


def _diff(change: Change) -> Iterator[str]:
    before = change.before.content if change.before else b""
    lines = [each.decode("utf-8", "replace").splitlines() for each in (before, change.after.content)]
    return unified_diff(lines[0], lines[1], str(change.path), str(change.path), lineterm="", n=1)


def _site_in_words(plan: Plan, site: Site, now: datetime) -> Iterator[str]:
    move = next((each for each in plan.moves if each.site is site), None)
    yield f"  {one_line(', '.join(site.names) or '(no name)')} on {', '.join(site.addresses) or 'no address'}"
    yield f"    served from {_paths(site)} ({', '.join(map(str, site.mentions))})"
    if site.looked.leaf:
        leaf, days = site.looked.leaf, days_left(site, now)
        yield f"    {key_in_words(leaf)} by {one_line(issuer_of(leaf))}, {counted(days or 0, 'day')} left"
    yield from (f"    Problem: {one_line(problem)}" for problem in problems_of(plan, site))
    yield from (f"    Note: {one_line(remark)}" for remark in site.remarks)
    if move:
        yield f"    moves to {' and '.join(str(each.path) for each in move.files)}"
        yield f"    target {move.target['name']} of type {move.target['type']}"


def _paths(site: Site) -> str:
    return f"{site.certificate} and {site.key}" if site.key else str(site.certificate)


def _changes_in_words(plan: Plan, agent_id: str) -> Iterator[str]:
    yield ""
    yield "What --apply changes on this host, and --undo restores:"
    yield from (f"  make {each}, for {plan.owner.name}" for each in plan.directories)
    for change in plan.changes:
        if change.role is Role.FILE:
            yield f"  write {change.path}, mode {change.after.marks.mode:04o}, for {plan.owner.name}"
        else:
            yield from (f"  {one_line(line, 10_000)}" for line in _diff(change))
    for server in plan.moved_kinds:
        yield f"  run {shlex.join(server.commands.test)}, then {shlex.join(server.commands.reload)}"
    yield from (f"  Refused: {one_line(reason)}" for reason in plan.refusals)
    yield ""
    yield "Then, from a terminal with an operator's key (this command makes no request and needs none):"
    if not agent_id:
        yield f"  # no agent is enrolled here yet: `certctl agents list` has the id for {_UNKNOWN_AGENT} then"
    for move in plan.moves:
        yield from (f"  {shlex.join(request)}" for request in requests_for(move, agent_id))
