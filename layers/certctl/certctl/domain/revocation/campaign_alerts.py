"""Alerts of campaigns: a CSR that an owner has to send, a deadline that was missed, a failed campaign."""

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.subjects import subject_of
from certctl.domain.durations import counted
from certctl.domain.notifications.alerts import Alert, resolve
from certctl.domain.notifications.statuses import NotificationType, Severity
from certctl.domain.revocation.alerts import decision_alert
from certctl.domain.revocation.campaigns import Campaign
from certctl.domain.revocation.states import CampaignState, ItemState, OnDeadline
from certctl.domain.times import in_words


def deadline_alert(campaign: Campaign) -> Alert:
    """One incident a campaign, routed as alerts of the whole stack."""
    incident, title = f"campaign/{campaign.id}", "The deadline of a campaign has passed"
    return decision_alert(incident, campaign.job_id, title, _deadline_message(campaign))


def failure_alert(campaign: Campaign) -> Alert:
    """`campaign` has failed."""
    message = (
        f"The campaign {campaign.id} (reason {campaign.reason}) was stopped: {campaign.error}. "
        f"{_left(campaign)} of {campaign.total} still have old versions in force. "
        "Look at its items, and start another one for them."
    )
    incident = f"campaign-failed/{campaign.id}"
    return decision_alert(incident, campaign.job_id, "A campaign was stopped", message)


def replacement_alert(campaign: Campaign, certificate: Certificate) -> Alert:
    """The alert that a certificate needs a CSR from its owner: no agent makes its new key."""
    return Alert(
        type=NotificationType.REPLACEMENT_NEEDED,
        severity=_severity(campaign),
        subject=subject_of(certificate),
        title=f"Certificate {certificate.name} needs a CSR with a new key",
        message=_wanted(campaign, certificate),
        incident=campaign.id,
        job_id=campaign.job_id,
    )


def client_alert(campaign: Campaign, certificate: Certificate) -> Alert:
    """The alert that an ACME client did not renew within the window that the campaign gave it."""
    message = (
        f"{_goal(campaign, certificate)} Its ACME client has not renewed it in the window of the campaign, "
        "or with an old key: perhaps it does not look for windows (ARI). Have it renew now, with a new key."
    )
    return Alert(
        type=NotificationType.REPLACEMENT_NEEDED,
        severity=_severity(campaign),
        subject=subject_of(certificate),
        title=f"ACME client of {certificate.name} has to renew",
        message=message,
        incident=campaign.id,
        job_id=campaign.job_id,
    )


def replaced_alert(campaign: Campaign, certificate: Certificate) -> Alert:
    """Resolves the incident of `replacement_alert` or `client_alert`."""
    return resolve(
        NotificationType.REPLACEMENT_NEEDED,
        subject_of(certificate),
        campaign.id,
        f"Certificate {certificate.name} needs no CSR any more",
        f"The campaign awaits no CSR for {certificate.common_name} any more.",
        _severity(campaign),
    )


def _wanted(campaign: Campaign, certificate: Certificate) -> str:
    how = "Make a new key, and send a CSR: on the certificate's page, or with certctl certs csr."
    return f"{_goal(campaign, certificate)} {how}"


def _goal(campaign: Campaign, certificate: Certificate) -> str:
    until = f" by {in_words(campaign.deadline)}" if campaign.deadline else ""
    revokes = campaign.on_deadline is OnDeadline.REVOKE
    end = " The old version is revoked then, whatever still serves it." if revokes else ""
    return f"A campaign (reason {campaign.reason}) replaces {certificate.common_name}{until}.{end}"


def _severity(campaign: Campaign) -> Severity:
    return Severity.CRITICAL if campaign.on_deadline is OnDeadline.REVOKE else Severity.WARNING


def _deadline_message(campaign: Campaign) -> str:
    of_all = f"{_left(campaign)} of {campaign.total} in the campaign {campaign.id}"
    left = f"{of_all} still have old versions in force."
    if campaign.state is CampaignState.PAUSED:
        return f"{left} It is paused: nothing is done until it is resumed."
    if campaign.on_deadline is OnDeadline.REVOKE:
        return f"{left} These are revoked now, whatever still serves them."
    return f"{left} It goes on; nothing is revoked before its replacement is verified."


def _left(campaign: Campaign) -> str:
    left = campaign.open_items + campaign.counts.get(ItemState.FAILED, 0)
    return counted(left, "certificate")
