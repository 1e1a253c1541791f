"""Policy violations on the wire, and the two routes that list them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypedDict

from aws_lambda_powertools.event_handler.openapi.params import Query

from certctl.api.list_positions import position_of, position_view
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PageView, PerPage, page_view
from certctl.api.records import view_of
from certctl.api.resolver import Api
from certctl.domain.access.permissions import Permission
from certctl.domain.policies.policies import Violation, ViolationFilter, ViolationState
from certctl.domain.policies.statuses import PolicySeverity

if TYPE_CHECKING:
    from certctl.services.policies.violations import Violations

_TAGS = ["policies"]


State = Annotated[ViolationState | None, Query(description="`open` ones exist now; refusals are never open.")]


class ViolationView(TypedDict):
    """`state` is `open` while the certificate violates the policy, since `policy_version` of it; once
    `ended`, `end_reason` is the reason. `refused`: the change was not made; `certificate_id` is null for a
    new certificate. `occurrences` counts equal violations, the last of them at `last_seen_at`; equal refusals
    within a day. Violations of earlier releases have no `policy_version`: they are `ended`, at an unknown
    time."""

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
    state: ViolationState
    policy_version: int | None
    ended_at: str | None
    end_reason: str | None


def add_violation_routes(api: Api, violations: "Callable[[], Violations]") -> None:
    """Callers who may read the catalog see the violations of certificates that they may read."""

    @api.get(
        "/api/v1/violations",
        Permission.CATALOG_READ,
        summary="List policy violations, newest first; open ones by policy and certificate",
        tags=_TAGS,
    )
    def list_violations(
        state: State = None, per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None
    ) -> PageView[ViolationView]:
        return _page(None, state, per_page, cursor)

    @api.get(
        "/api/v1/policies/<policy_id>/violations",
        Permission.CATALOG_READ,
        summary="List a policy's violations, newest first; open ones by certificate",
        tags=_TAGS,
    )
    def list_policy_violations(
        policy_id: str,
        state: State = None,
        per_page: PerPage = DEFAULT_PER_PAGE,
        cursor: Cursor = None,
    ) -> PageView[ViolationView]:
        return _page(policy_id, state, per_page, cursor)

    def _page(
        policy_id: str | None, state: ViolationState | None, per_page: int, cursor: str | None
    ) -> PageView[ViolationView]:
        wanted = ViolationFilter(policy_id=policy_id, state=state)
        page = violations().page(api.caller, wanted, position_of(cursor), per_page)
        return page_view([violation_view(v) for v in page.records], position_view(page.next), per_page)


def violation_view(violation: Violation) -> ViolationView:
    return view_of(
        ViolationView,
        violation,
        certificate_id=violation.certificate_id or None,
        policy_version=violation.policy_revision,
    )
