"""Tools that read catalog records and policy violations, and preview names of teams."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from certctl_client.api import operations
from certctl_client.api.catalog_operations import OPERATIONS
from certctl_client.api.resources import Stack
from certctl_client.api.schema import NamesPreviewBody, RefusedCertificateView, ViolationState
from certctl_client.commands.options import given
from certctl_client.mcp.inputs import LARGEST_PAGE, PAGE, Cursor, Id, Limit, OptionalId
from certctl_client.mcp.pages import checked_cursor, page_of
from certctl_client.mcp.presenting import REFUSED_CERTIFICATE, VIOLATION
from certctl_client.mcp.results import ToolResult, page, selected

Kind = Literal["issuers", "targets", "owners", "teams", "profiles", "policies", "renewal-policies", "agents"]
Name = Annotated[str | None, Field(min_length=1, max_length=128, description="The beginning of the name.")]
Patterns = Annotated[
    list[str],
    Field(max_length=100, description="All that it would have: DNS:**.example.com; *:* is any; [] for none."),
]
_NOTHING_STORED = (
    "Nothing was stored. While there is a next_cursor, certificates that follow may be refused, too."
)


@dataclass(frozen=True)
class ReadingCatalog:
    stack: Stack

    def list_catalog(
        self, kind: Kind, name: Name = None, limit: Limit = PAGE, cursor: Cursor = None
    ) -> ToolResult:
        """The records of a kind that certificates refer to by id, by name if one is given. Use it to find
        the id of an owner, team, issuer or target, and the `teams` that may use a profile and its rules for
        the `subject`: `fixed` values, and patterns that are `allowed`."""
        found = page_of(self.stack.api, OPERATIONS[kind].list, given(name=name), limit, cursor)
        return page("records", found.records, found.next_cursor)

    def get_catalog_record(self, kind: Kind, record_id: Id) -> ToolResult:
        """One issuer, target, owner, team, profile, policy, renewal policy or agent, with its settings."""
        return ToolResult({"record": self.stack.catalog(kind).get(record_id)})

    def list_policy_violations(
        self,
        policy_id: OptionalId = None,
        state: ViolationState | None = None,
        limit: Limit = PAGE,
        cursor: Cursor = None,
    ) -> ToolResult:
        """Violations of one policy or of all: by certificates that break it now (`open`), that did (`ended`),
        or that were refused. For why a request or a renewal is refused."""
        operation, ids = (
            (operations.LIST_POLICY_VIOLATIONS, [policy_id])
            if policy_id
            else (operations.LIST_VIOLATIONS, [])
        )
        found = page_of(self.stack.api, operation, given(state=state), limit, cursor, *ids)
        return page("violations", [selected(each, VIOLATION) for each in found.records], found.next_cursor)

    def preview_team_names(self, team_id: Id, allowed_names: Patterns, cursor: Cursor = None) -> ToolResult:
        """Which existing certificates would be refused if a team had these names, of this team and of others:
        before an edit. Stores nothing. `exemptible` ones could be renewed unchanged for a while."""
        body: NamesPreviewBody = {"allowed_names": allowed_names, "per_page": LARGEST_PAGE}
        if cursor:
            body["cursor"] = cursor
        found = self.stack.api.call(operations.PREVIEW_TEAM_NAMES, team_id, body=body)
        counts = {name: found[name] for name in ("examined", "evaluated", "total")}
        data = {
            "would_be_refused": [_refused(each) for each in found["data"]],
            **counts,
            "next_cursor": checked_cursor(found["next_cursor"]),
        }
        return ToolResult(data, _NOTHING_STORED)


def _refused(certificate: RefusedCertificateView) -> dict[str, Any]:
    """A refused certificate with the first of its refused names, and the reason."""
    return {**selected(certificate, REFUSED_CERTIFICATE), **certificate["names"][0]}
