"""What is urgent is so in the API, its lists, the report, the command line and the tools of assistants."""

import json
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.store.catalog.records import CatalogStore
from tests.integration.client.conftest import Certctl
from tests.support.agents.fleet import store_certificates
from tests.support.client.mcp_sessions import Session, connected
from tests.support.client.stack import BridgedStack
from tests.support.renewal.endings import POLICIES, Ending, endings

_MORE = {"per_page": "500"}
_EXAMPLES, _LARGEST = 3, 25
_ASSISTANTS_PAGE = 100  # the most that they may ask for


def _store_policies(stack: BridgedStack) -> None:
    deployed = stack.issuing.stack
    store, now = CatalogStore(deployed.database), deployed.clock()
    for policy_id, policy in POLICIES.items():
        if store.get(Kind.RENEWAL_POLICY, policy_id) is None:
            entry = Entry(Kind.RENEWAL_POLICY, policy_id, policy_id, policy, now, now)
            deployed.database.transact(store.create_steps(entry))


def _counted(lines: list[dict[str, Any]]) -> int:
    return sum(line["count"] for line in lines if line["kind"] in ("expired", "expiring_soon"))


def _urgent_in(records: list[dict[str, Any]]) -> set[str]:
    return {each["id"] for each in records if each.get("urgency") is not None}


def test_every_surface_has_what_is_urgent_and_nothing_else(
    stack: BridgedStack, certctl: Certctl, tmp_path: Path
) -> None:
    _store_policies(stack)
    deployed, numbers, urgent = stack.issuing.stack, count(), set[str]()
    certificates, insights = deployed.admin("certificates_api"), deployed.admin("insights_api")

    def in_every_surface(mcp: Session) -> dict[str, object]:
        listed = certificates.get("/api/v1/certificates", **_MORE).body["data"]
        chosen = certificates.get("/api/v1/certificates", renewal="urgent", **_MORE).body["data"]
        now = {"cache-control": "no-cache"}
        lines = insights.send("GET", "/api/v1/attention", headers=now).body["lines"]
        rows = json.loads(certctl("certs", "list", "--all", "-o", "json").out)
        assistants = mcp.tool("list_certificates", limit=_ASSISTANTS_PAGE)["certificates"]
        return {
            "list": _urgent_in(listed),
            "each": _urgent_in([certificates.get(f"/api/v1/certificates/{r['id']}").body for r in listed]),
            "filter": {each["id"] for each in chosen},
            "report": _counted(lines),
            "command": _urgent_in(rows),
            "command's report": _counted(json.loads(certctl("attention", "-o", "json").out)["lines"]),
            "assistants": _urgent_in(assistants),
            "assistants' report": _counted(mcp.tool("needs_attention")["lines"]),
        }

    with connected(stack.environment(), tmp_path) as session:
        # Each example joins those before it. Shrinking would run hundreds, beyond any page of a list.
        @settings(max_examples=_EXAMPLES, phases=[Phase.generate])
        @given(st.lists(endings(), min_size=10, max_size=_LARGEST))
        def holds(fleet: list[Ending]) -> None:
            made = {f"mc-{next(numbers):04}": ending for ending in fleet}
            now = deployed.clock()
            store_certificates(deployed.database, [each.certificate(i, now) for i, each in made.items()])
            urgent.update(identifier for identifier, each in made.items() if each.is_urgent)
            shown = in_every_surface(session)
            counts = {what for what, found in shown.items() if isinstance(found, int)}
            assert {what: shown[what] for what in counts} == dict.fromkeys(counts, len(urgent))
            assert {w: f for w, f in shown.items() if w not in counts} == dict.fromkeys(
                shown.keys() - counts, urgent
            )

        holds()
    rows = certctl("certs", "list", "--all").out.splitlines()
    shown = {row.split()[0] for row in rows if "critical" in row or "warning" in row}
    assert shown == urgent != set()
