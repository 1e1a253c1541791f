"""Certificates on the wire as they are now: their status and their urgency depend on the time of the call."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from certctl.api.certificates.details import AcmeClientView, CertificateDetailsView, RenewalPlanView
from certctl.api.certificates.schemas import (
    AcmeOriginView,
    CertificateView,
    CreatedCertificateView,
)
from certctl.api.confirmed_campaigns import certificate_campaign_views
from certctl.api.records import view_of
from certctl.api.status.revocation_schemas import revocation_publication_view
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.renewal.urgency import RenewalPolicies, urgency_of
from certctl.domain.status.publications import RevocationPublication
from certctl.domain.times import to_wire, to_wire_or_none

if TYPE_CHECKING:
    # not at import: they load cryptography, jobs or all kinds of records, which reads do not need
    from certctl.domain.acme.accounts import AcmeAccount
    from certctl.domain.jobs.jobs import IssuanceStarted
    from certctl.domain.renewal.planning import RenewalPlan
    from certctl.domain.revocation.campaigns import CampaignOfCertificate


@dataclass(frozen=True)
class CertificateViews:
    policies: Callable[[], RenewalPolicies]
    now: Callable[[], datetime]

    def of(self, certificates: Iterable[Certificate]) -> list[CertificateView]:
        """The views of certificates at one moment, in their order."""
        policies, now = self.policies(), self.now()
        return [_view(certificate, policies, now) for certificate in certificates]

    def details(
        self,
        certificate: Certificate,
        plan: "RenewalPlan | None",
        publication: RevocationPublication | None,
        campaigns: "Sequence[CampaignOfCertificate]",
        client: "AcmeAccount | None",
    ) -> CertificateDetailsView:
        policies = {certificate.renewal_policy_id: plan.policy} if plan else {}
        return CertificateDetailsView(
            **_view(certificate, policies, self.now()),
            renewal=_plan_view(plan) if plan else None,
            revocation=revocation_publication_view(publication) if publication else None,
            campaigns=certificate_campaign_views(campaigns),
            acme_client=_client_view(client, plan) if certificate.acme else None,
        )

    def created(self, requested: "IssuanceStarted") -> CreatedCertificateView:
        (view,) = self.of([requested.certificate])
        return CreatedCertificateView(
            **view,
            job_id=requested.job.id,
            ignored_extensions=list(requested.ignored_extensions),
            ignored_subject=list(requested.ignored_subject),
        )


def _plan_view(plan: "RenewalPlan") -> RenewalPlanView:
    return view_of(RenewalPlanView, plan)


def _client_view(client: "AcmeAccount | None", plan: "RenewalPlan | None") -> AcmeClientView:
    window = plan.client_window(plan.certificate.last_renewal_at) if plan else None
    return AcmeClientView(
        last_seen_at=to_wire_or_none(client.last_seen_at) if client else None,
        window_start=to_wire(window.start) if window else None,
        window_end=to_wire(window.end) if window else None,
        overdue_at=to_wire(plan.overdue_at) if plan else None,
    )


def _view(certificate: Certificate, policies: RenewalPolicies, now: datetime) -> CertificateView:
    return view_of(
        CertificateView,
        certificate,
        status=certificate.status(now).value,
        urgency=urgency_of(certificate, policies, now),
        renewal_error=certificate.last_failure,
        acme=view_of(AcmeOriginView, certificate.acme) if certificate.acme else None,
    )
