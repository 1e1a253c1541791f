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
from certctl_client.mcp import presenting
from certctl_client.mcp.inputs import PAGE, Cursor, Id, Limit, OptionalId
from certctl_client.mcp.marking import fresh_marking
from certctl_client.mcp.models_catalog import CatalogEntry, CatalogPage, ViolationPage
from certctl_client.mcp.pages import page_of

Kind = Literal["issuers", "targets", "owners", "teams", "profiles", "policies", "renewal-policies", "agents"]
Name = Annotated[str | None, Field(min_length=1, max_length=128, description="The beginning of the name.")]


@dataclass(frozen=True)
class ReadingCatalog:
    stack: Stack

    def list_catalog(
        self, kind: Kind, name: Name = None, limit: Limit = PAGE, cursor: Cursor = None
    ) -> CatalogPage:
        """The records of a kind that certificates refer to by id, a page at a time: by id, or by name if
        one is given."""
        page = page_of(self.stack.api, OPERATIONS[kind].list, given(name=name), limit, cursor)
        marking = fresh_marking()
        return CatalogPage(
            notice=marking.notice,
            records=[presenting.catalog_record(marking, record) for record in page.records],
            next_cursor=page.next_cursor,
        )

    def get_catalog_record(self, kind: Kind, record_id: Id) -> CatalogEntry:
        """One issuer, target, owner, team, profile, policy, renewal policy or agent."""
        record, marking = self.stack.catalog(kind).get(record_id), fresh_marking()
        return CatalogEntry(notice=marking.notice, record=presenting.catalog_record(marking, record))

    def list_policy_violations(
        self,
        policy_id: OptionalId = None,
        state: ViolationState | None = None,
        limit: Limit = PAGE,
        cursor: Cursor = None,
    ) -> ViolationPage:
        """Violations of a policy, or of all: by certificates that break it now (`open`), that did (`ended`),
        or that were refused. `evaluation` in the policy's record shows the progress over existing ones."""
        operation, ids = (LIST_VIOLATIONS_OF_POLICY, [policy_id]) if policy_id else (LIST_VIOLATIONS, [])
        page = page_of(self.stack.api, operation, given(state=state), limit, cursor, *ids)
        marking = fresh_marking()
        return ViolationPage(
            notice=marking.notice,
            violations=[presenting.violation(marking, record) for record in page.records],
            next_cursor=page.next_cursor,
        )
