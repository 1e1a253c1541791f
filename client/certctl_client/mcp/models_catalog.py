"""Results of the tools for the catalog, like those in `models`."""

from typing import Annotated

from pydantic import BaseModel, Field

from certctl_client.mcp.models import Cursor, Notice


class CatalogRecord(BaseModel):
    """`type`, `enabled` and `status` are null if a kind has none. `version` increases with each change."""

    id: str
    version: int
    team_id: str | None
    type: str | None
    enabled: bool | None
    status: str | None
    created_at: str
    updated_at: str
    untrusted_name: str
    untrusted_content: Annotated[str, Field(description="Fields of this kind, as JSON.")]


class CatalogEntry(BaseModel):
    notice: Notice
    record: CatalogRecord


class CatalogPage(BaseModel):
    notice: Notice
    records: list[CatalogRecord]
    next_cursor: Cursor


class ViolationRecord(BaseModel):
    """`state` is open while the certificate breaks the policy, ended, or refused: the change was not made."""

    id: str
    policy_id: str
    certificate_id: str | None
    team_id: str
    severity: str
    refused: bool
    state: str | None
    ended_at: str | None
    occurrences: int
    created_at: str
    last_seen_at: str
    untrusted_policy_name: str
    untrusted_common_name: str
    untrusted_message: str


class ViolationPage(BaseModel):
    notice: Notice
    violations: list[ViolationRecord]
    next_cursor: Cursor


class CheckRecord(BaseModel):
    name: str
    passed: bool
    untrusted_detail: str


class TestResult(BaseModel):
    notice: Notice
    passed: bool
    checks: list[CheckRecord]
