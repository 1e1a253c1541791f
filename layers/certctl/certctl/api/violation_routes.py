"""Violations of policies on the wire, and the two routes that list them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypedDict

from certctl.api.list_positions import position_of, position_view
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PageView, PerPage, page_view
from certctl.api.resolver import Api
from certctl.domain.permissions import Permission
from certctl.domain.policies import PolicySeverity, Violation
from certctl.domain.timestamps import to_wire

if TYPE_CHECKING:
    from certctl.services.violations import Violations

_TAGS = ["policies"]


class ViolationView(TypedDict):
    """`occurrences` counts the same within a day, the last of them at `last_seen_at`. `refused` where the
    change was not made; `certificate_id` is null where it was to be a new certificate."""

    id: str
    policy_id: str
    policy_name: str
    certificate_id: str | None
    common_name: str
    team_id: str
    severity: PolicySeverity
    message: str
    refused: bool
    occurrences: int
    created_at: str
    last_seen_at: str


def add_violation_routes(api: Api, violations: "Callable[[], Violations]") -> None:
    """Whoever reads the catalog sees the violations of certificates that they may read."""

    @api.get(
        "/api/v1/violations",
        Permission.CATALOG_READ,
        summary="List what broke policies, newest first",
        tags=_TAGS,
    )
    def list_violations(
        per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None
    ) -> PageView[ViolationView]:
        return _page(None, per_page, cursor)

    @api.get(
        "/api/v1/policies/<policy_id>/violations",
        Permission.CATALOG_READ,
        summary="List what broke a policy, newest first",
        tags=_TAGS,
    )
    def list_policy_violations(
        policy_id: str, per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None
    ) -> PageView[ViolationView]:
        return _page(policy_id, per_page, cursor)

    def _page(policy_id: str | None, per_page: int, cursor: str | None) -> PageView[ViolationView]:
        page = violations().page(api.caller, policy_id, position_of(cursor), per_page)
        return page_view([violation_view(v) for v in page.records], position_view(page.next), per_page)


def violation_view(violation: Violation) -> ViolationView:
    return ViolationView(
        id=violation.id,
        policy_id=violation.policy_id,
        policy_name=violation.policy_name,
        certificate_id=violation.certificate_id or None,
        common_name=violation.common_name,
        team_id=violation.team_id,
        severity=violation.severity,
        message=violation.message,
        refused=violation.refused,
        occurrences=violation.occurrences,
        created_at=to_wire(violation.created_at),
        last_seen_at=to_wire(violation.last_seen_at),
    )
