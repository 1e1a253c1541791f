"""A certificate with its renewal plan, the publication of its revocation, and its campaigns, on the wire."""

from typing import TypedDict

from certctl.api.certificates.schemas import CertificateView
from certctl.api.confirmed_campaigns import CertificateCampaignView
from certctl.api.status.revocation_schemas import RevocationPublicationView


class RenewalPlanView(TypedDict):
    """The plan under the current renewal policy. `renew_at`: when the next renewal starts; null without
    auto_renew and while a job is open. `alert_at`: when the next expiry alert is sent; null if none will be.
    A time in the past means the next hourly run."""

    renew_at: str | None
    alert_at: str | None


class AcmeClientView(TypedDict):
    """The ACME client that renews it, by orders of its own. `last_seen_at`: the last order of its ACME
    account; null once that is deleted. The client is to renew between `window_start` and `window_end`, or at
    `window_end` if it does not look for windows (RFC 9773). It is reported as stopped at `overdue_at`. These
    are null while nothing is planned."""

    last_seen_at: str | None
    window_start: str | None
    window_end: str | None
    overdue_at: str | None


class CertificateDetailsView(CertificateView):
    """`renewal` is null if nothing is planned: without a version, and while held, revoked or archived.
    `revocation` is null unless the certificate is revoked or on hold. `campaigns` are those that run or are
    paused and replace versions of it, newest first; of the 50 newest ones of the stack. `acme_client` is null
    unless an ACME client renews it."""

    renewal: RenewalPlanView | None
    revocation: RevocationPublicationView | None
    campaigns: list[CertificateCampaignView]
    acme_client: AcmeClientView | None
