"""The actions of audit events, and what a sentence says of each."""

from collections.abc import Mapping

from certctl.domain.audit.pages import API_CALL
from certctl.domain.catalog.records import Kind

_CATALOG = {
    f"{kind.label}_{verb}": text
    for kind in Kind
    for verb, text in (
        ("created", "created {it}"),
        ("updated", "changed {it}"),
        ("deleted", "deleted {it}"),
        ("restored", "kept {it}, because another record had come to need it"),
    )
}
_OF_CALLS = {
    f"{API_CALL}_{method}": f"called {method.upper()} {{it}}"
    for method in ("get", "head", "post", "put", "patch", "delete", "options")
}
PHRASES: Mapping[str, str] = {
    **_CATALOG,
    **_OF_CALLS,
    "api_key_created": "created {it}",
    "api_key_revoked": "revoked {it}",
    "bootstrap_token_created": "created a bootstrap token for agents",
    "bootstrap_token_ended": "ended a bootstrap token for agents",
    "break_glass_key_used": "used the break-glass key",
    "bulk_revocation_completed": "completed a bulk revocation",
    "bulk_revocation_failed": "stopped a bulk revocation",
    "bulk_revocation_requested": "requested a bulk revocation",
    "ca_activated": "activated {it}",
    "ca_created": "created {it}",
    "ca_crl_shards_opened": "opened more CRLs of {it}",
    "ca_ocsp_enabled": "enabled OCSP for {it}",
    "ca_requested": "requested the certificate of a CA for {it}",
    "ca_responder_rotated": "rotated the OCSP responder of {it}",
    "ca_retired": "retired {it}",
    "ca_revoked": "revoked {it}",
    "ca_rotated": "rotated to {it}",
    "campaign_cancelled": "cancelled {it}",
    "campaign_completed": "completed {it}",
    "campaign_confirmed": "confirmed {it}",
    "campaign_deadline_passed": "noted that the deadline of {it} has passed",
    "campaign_failed": "stopped {it}",
    "campaign_found": "found the certificates of {it}",
    "campaign_item_verified": "verified a certificate of {it}",
    "campaign_keys_refused": "refused the keys of {it}",
    "campaign_paused": "paused {it}",
    "campaign_requested": "requested {it}",
    "campaign_resumed": "resumed {it}",
    "certificate_archived": "archived {it}",
    "certificate_created": "requested {it}",
    "certificate_csr_submitted": "submitted the CSR of {it}",
    "certificate_deployed": "deployed {it}",
    "certificate_deployment_failed": "failed to deploy {it}",
    "certificate_deployment_requested": "requested a deployment of {it}",
    "certificate_held": "put {it} on hold",
    "certificate_issuance_failed": "failed to issue {it}",
    "certificate_issued": "issued {it}",
    "certificate_renewal_requested": "requested a renewal of {it}",
    "certificate_revocation_confirmed": "confirmed that its issuer has revoked {it}",
    "certificate_revocation_failed": "failed to revoke {it} at its issuer",
    "certificate_revocation_repeated": "requested the revocation of {it} at its issuer again",
    "certificate_revoked": "revoked {it}",
    "certificate_unheld": "released {it} from hold",
    "certificate_updated": "changed {it}",
    "certificate_version_revoked": "revoked a version of {it}",
    "channel_created": "created {it}",
    "channel_deleted": "deleted {it}",
    "channel_disabled": "disabled {it}",
    "channel_updated": "changed {it}",
    "counters_corrected": "corrected {it}",
    "endpoint_attached": "changed what {it} should serve",
    "endpoint_created": "created {it}",
    "endpoint_removed": "removed {it}",
    "job_approval_given": "gave one of the approvals of {it}",
    "job_approval_required": "found that {it} now needs an approval",
    "job_approved": "approved {it}",
    "job_cancelled": "cancelled {it}",
    "job_rejected": "rejected {it}",
    "mute_created": "muted alerts",
    "mute_deleted": "ended a mute of alerts",
    "notification_dead": "gave up {it}",
    "notification_requeued": "requeued {it}",
    "notification_skipped": "skipped {it}",
    "policy_evaluated": "evaluated {it}",
    "policy_evaluation_cancelled": "cancelled the evaluation of {it}",
    "policy_evaluation_failed": "failed to evaluate {it}",
    "policy_violated": "requested what violates {it}",
    "policy_violation_ended": "ended a violation of {it}",
    "routing_rule_created": "created {it}",
    "routing_rule_deleted": "deleted {it}",
    "routing_rule_updated": "changed {it}",
    "session_ended": "ended {it}",
    "session_started": "started {it}",
    "sign_in_refused": "was refused a sign-in with {it}",
    "signed_in": "signed in",
    "token_ended": "ended a token of {it}",
    "token_exchanged": "exchanged a token under {it}",
    "token_refused": "was refused a token by {it}",
}
"""What the actor did, by action; `{it}` stands for the resource."""
