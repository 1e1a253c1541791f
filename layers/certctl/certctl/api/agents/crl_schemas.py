"""CRL bundles in an agent's heartbeat, on the wire."""

from typing import TYPE_CHECKING, Annotated, Any, Self, TypedDict

from aws_lambda_powertools.event_handler.openapi.params import Header
from pydantic import AwareDatetime, BaseModel, Field, model_validator

from certctl.api.records import STRICT, view_of
from certctl.domain.agents.crl_reports import CrlNews, CrlReport, InstalledCrl
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.records import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST = 20
# A header, as Certctl-Max-Poll-Seconds.
WantsCrlBundles = Annotated[
    int | None,
    Header(
        alias="Certctl-Crl-Bundles",
        ge=1,
        le=1,
        description="The response has the agent's targets of kind CRLBundle.",
    ),
]


class InstalledCrlBody(BaseModel):
    """A CRL in the file of a target."""

    model_config = STRICT

    issuer: Annotated[str, Field(max_length=200)]
    number: Annotated[int, Field(ge=0, lt=2**160)]
    this_update: AwareDatetime
    next_update: AwareDatetime

    @model_validator(mode="after")
    def _ends_after_its_beginning(self) -> Self:
        if self.next_update <= self.this_update:
            raise ValueError("next_update must be after this_update")
        return self


class CrlReportBody(BaseModel):
    """What is installed for a target of kind CRLBundle. `problem` is why that is not up to date."""

    model_config = STRICT

    target_id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]
    crls: Annotated[list[InstalledCrlBody], Field(max_length=_MOST)]
    problem: Annotated[str, Field(max_length=1000)] = ""

    def parsed(self) -> CrlNews:
        crls = [InstalledCrl(c.issuer, c.number, c.this_update, c.next_update) for c in self.crls]
        return CrlNews(self.target_id, tuple(crls), self.problem)


CrlReportBodies = Annotated[list[CrlReportBody], Field(max_length=_MOST)]


class CrlBundleView(TypedDict):
    """A target of kind CRLBundle."""

    id: str
    config: dict[str, Any]


class InstalledCrlView(TypedDict):
    """`stale_at` is when a third of its validity is left."""

    issuer: str
    number: int
    this_update: str
    next_update: str
    stale_at: str


class CrlReportView(TypedDict):
    """The agent reports again when it changes: while the agent is online, an old report still holds.
    `alerted_at` is null unless an alert is open."""

    crls: list[InstalledCrlView]
    problem: str
    reported_at: str
    alerted_at: str | None


def crl_bundle_views(bundles: "Sequence[Entry[Target]] | None") -> list[CrlBundleView] | None:
    if bundles is None:
        return None
    return [CrlBundleView(id=each.id, config=each.content.config) for each in bundles]


def crl_report_view(report: CrlReport | None) -> CrlReportView | None:
    if report is None:
        return None
    return view_of(CrlReportView, report, crls=[_crl_view(crl) for crl in report.crls])


def _crl_view(crl: InstalledCrl) -> InstalledCrlView:
    return view_of(InstalledCrlView, crl)
