"""Tools that read catalog records and policy violations."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from certctl_client.api.catalog_operations import (
    LIST_VIOLATIONS,
    LIST_VIOLATIONS_OF_POLICY,
    OPERATIONS,
)
from certctl_client.api.resources import Stack
from certctl_client.api.schema import ViolationState
from certctl_client.commands.options import given
from certctl_client.mcp.answers import Answer, page, selected
from certctl_client.mcp.inputs import PAGE, Cursor, Id, Limit, OptionalId
from certctl_client.mcp.pages import page_of
from certctl_client.mcp.presenting import VIOLATION

Kind = Literal["issuers", "targets", "owners", "teams", "profiles", "policies", "renewal-policies", "agents"]
Name = Annotated[str | None, Field(min_length=1, max_length=128, description="The beginning of the name.")]


@dataclass(frozen=True)
class ReadingCatalog:
    stack: Stack

    def list_catalog(
        self, kind: Kind, name: Name = None, limit: Limit = PAGE, cursor: Cursor = None
    ) -> Answer:
        """The records of a kind that certificates refer to by id, by name if one is given. Use it to find
        the id of an owner, team, issuer or target."""
        found = page_of(self.stack.api, OPERATIONS[kind].list, given(name=name), limit, cursor)
        return page("records", found.records, found.next_cursor)

    def get_catalog_record(self, kind: Kind, record_id: Id) -> Answer:
        """One issuer, target, owner, team, profile, policy, renewal policy or agent, with its settings."""
        return Answer({"record": self.stack.catalog(kind).get(record_id)})

    def list_policy_violations(
        self,
        policy_id: OptionalId = None,
        state: ViolationState | None = None,
        limit: Limit = PAGE,
        cursor: Cursor = None,
    ) -> Answer:
        """Violations of one policy or of all: by certificates that break it now (`open`), that did (`ended`),
        or that were refused. For why a request or a renewal is refused."""
        operation, ids = (LIST_VIOLATIONS_OF_POLICY, [policy_id]) if policy_id else (LIST_VIOLATIONS, [])
        found = page_of(self.stack.api, operation, given(state=state), limit, cursor, *ids)
        return page("violations", [selected(each, VIOLATION) for each in found.records], found.next_cursor)
