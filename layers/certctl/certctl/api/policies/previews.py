"""Previews of policies on the wire, and their route."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypedDict

from pydantic import BaseModel, Field, StrictInt

from certctl.api.catalog.entry_bodies import Config
from certctl.api.list_positions import position_of, position_view
from certctl.api.pagination import DEFAULT_PER_PAGE, encode_cursor
from certctl.api.records import STRICT, view_of
from certctl.api.resolver import Api
from certctl.domain.access.permissions import Permission
from certctl.domain.policies.policies import Policy, with_current_names, with_switches
from certctl.domain.policies.policy_types import PolicyType
from certctl.domain.policies.statuses import PolicySeverity

if TYPE_CHECKING:
    from certctl.domain.policies.previews import ForeseenViolation
    from certctl.services.policies.previews import PolicyPreview, PolicyPreviews

_ABOUT = (
    "Evaluates a policy that is not stored against existing certificates, by the rules that evaluate stored "
    "ones, whether it is enabled or not. It stores nothing. One page examines at most `per_page` "
    "certificates, oldest first: continue with the cursor, and add up the counts. Until `next_cursor` is "
    "null, the certificates that were not examined may violate it, too."
)


class PolicyPreviewBody(BaseModel):
    """The rule of a policy. Its severity makes no difference to what violates it. A switch of AllowedDomains
    that is left out is false, as in a new policy."""

    model_config = STRICT

    type: PolicyType
    config: Config
    per_page: Annotated[StrictInt, Field(ge=1, le=500, description="Certificates to examine at most.")] = (
        DEFAULT_PER_PAGE
    )
    cursor: Annotated[
        str | None, Field(max_length=2048, description="`next_cursor` of the previous page.")
    ] = None

    @property
    def draft(self) -> Policy:
        config = with_switches(self.type, with_current_names(self.config), None)
        return Policy(self.type, PolicySeverity.ERROR, config)


class ForeseenViolationView(TypedDict):
    """`reasons` are the first five of `reason_count`, each of at most 300 characters."""

    certificate_id: str
    common_name: str
    team_id: str
    reasons: list[str]
    reason_count: int


class PolicyPreviewView(TypedDict):
    """`data` are the certificates of this page that would violate the policy. Of the `examined`, `evaluated`
    ones were evaluated and `failed` ones could not be; the others are revoked or archived. `total` is the
    number of certificates in the stack, whatever their status, from counters."""

    data: list[ForeseenViolationView]
    examined: int
    evaluated: int
    failed: int
    total: int
    next_cursor: str | None
    per_page: int


def add_policy_preview_route(api: Api, previews: "Callable[[], PolicyPreviews]") -> None:
    """Adds a route for those who may store the policy."""

    @api.post(
        "/api/v1/policies/preview",
        Permission.CATALOG_WRITE,
        summary="Preview which existing certificates a policy would find in violation",
        description=_ABOUT,
        tags=["policies"],
    )
    def preview_policy(body: PolicyPreviewBody) -> PolicyPreviewView:
        page = previews().page(api.caller, body.draft, position_of(body.cursor), body.per_page)
        return _preview_view(page, body.per_page)


def _preview_view(page: "PolicyPreview", per_page: int) -> PolicyPreviewView:
    return view_of(
        PolicyPreviewView,
        page.findings,
        data=[_violation_view(violation) for violation in page.findings.violations],
        total=page.total,
        next_cursor=encode_cursor(position_view(page.next)),
        per_page=per_page,
    )


def _violation_view(violation: "ForeseenViolation") -> ForeseenViolationView:
    return view_of(ForeseenViolationView, violation)
