"""The request of a case. What it names is of the team `t-foreign`: a caller of that team names its own."""

import json
import re
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from certctl.domain.access.permissions import Role
from certctl.domain.catalog.entries import AnyEntry, Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.identity.access_rules import AccessRule
from certctl.domain.identity.trust_rules import TrustRule
from certctl.domain.ids import new_ulid
from certctl.store.catalog.records import CatalogStore
from tests.support.access.foreign import MAKERS, TEAM
from tests.support.access.walk.callers import Caller
from tests.support.access.walk.oracle import Case
from tests.support.functions.deployed import Deployed

OTHER_TEAM = "t-own"
_numbers = count(1)
_OF_THE_TEAM = frozenset({"certificate", "target", "owner", "agent"})


def _rule(stack: Deployed, kind: Kind, content: Any) -> str:
    now, rule_id = stack.clock(), new_ulid(stack.clock())
    entry: AnyEntry = Entry(kind, rule_id, rule_id, content, now, now)
    stack.database.transact(CatalogStore(stack.database).create_steps(entry))
    return rule_id


def _trust_rule(stack: Deployed) -> str:
    return _rule(stack, Kind.TRUST_RULE, TrustRule("idp-1", MAKERS["service_account_id"](stack), ()))


def _access_rule(stack: Deployed) -> str:
    rule = AccessRule("idp-1", ("groups",), ("pki",), Role.VIEWER, (TEAM,))
    return _rule(stack, Kind.ACCESS_RULE, rule)


_IDS: Mapping[str, Callable[[Deployed], str]] = {
    **MAKERS,
    "trust_rule_id": _trust_rule,
    "access_rule_id": _access_rule,
}
"""The rules of `MAKERS` give something in all teams, or to no account: a team-admin reaches neither."""


def path_of(case: Case, caller: Caller) -> str:
    """A key is the caller's own, if it is limited to its own and has one."""

    def made(parameter: re.Match[str]) -> str:
        is_own_key = parameter[1] == "key_id" and case.scope == "own" and case.is_own
        return (caller.key_id if is_own_key else None) or _IDS[parameter[1]](caller.stack)

    return re.sub(r"<(\w+)>", made, case.call.path)


def body_of(handler: str, least: Any, granted: Role, stack: Deployed) -> str | None:
    """`least` gets a request past its form; it names no team, or `t-own`."""
    if least is None:
        return None
    body = json.loads(json.dumps(least).replace("{role}", granted).replace(OTHER_TEAM, TEAM))
    unlike_others = {name: f"walk-{next(_numbers)}" for name in ("name", "id") if name in body}
    return json.dumps(body | unlike_others | _team_in(handler, stack))


def _team_in(handler: str, stack: Deployed) -> dict[str, Any]:
    """An edit of an account or access rule gives a role that it did not give."""
    verb, _, record = handler.partition("_")
    if verb not in ("create", "edit", "register"):
        return {}
    if record == "api_key":
        return {"teams": [TEAM]}
    if record == "access_rule":
        return {"role": "operator", "teams": [TEAM]}
    if record == "service_account":
        return {"team_id": TEAM, "grants": [{"role": "operator", "teams": [TEAM]}]}
    if record == "trust_rule":
        return {"service_account_id": MAKERS["service_account_id"](stack)}
    return {"team_id": TEAM} if record in _OF_THE_TEAM else {}
