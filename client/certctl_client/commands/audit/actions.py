"""Actions of audit events, to find typos in filters. A test compares them with the API's phrases."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from certctl_client.errors import CommandError
from certctl_client.exit_codes import ExitCode

_CATALOG = (
    *("access_rule", "agent", "identity_provider", "issuer", "owner", "policy", "profile", "renewal_policy"),
    *("service_account", "target", "team", "trust_rule", "user"),
)
ACTIONS = frozenset(
    {
        *(f"{kind}_{act}" for kind in _CATALOG for act in ("created", "updated", "deleted", "restored")),
        *(f"api_{method}" for method in ("get", "head", "post", "put", "patch", "delete", "options")),
        *("acme_account_created", "acme_account_deactivated", "acme_account_deleted"),
        *("acme_account_key_changed", "acme_account_revoked", "acme_account_updated"),
        *("acme_eab_key_created", "acme_eab_key_deleted", "acme_eab_key_revoked"),
        *("acme_eab_key_rotated", "acme_eab_key_updated"),
        *("api_key_created", "api_key_revoked", "bootstrap_token_created", "bootstrap_token_ended"),
        "break_glass_key_used",
        *("bulk_revocation_completed", "bulk_revocation_failed", "bulk_revocation_requested"),
        *("ca_activated", "ca_created", "ca_crl_shards_opened", "ca_ocsp_enabled", "ca_requested"),
        *("ca_responder_rotated", "ca_retired", "ca_revoked", "ca_rotated"),
        *("campaign_cancelled", "campaign_completed", "campaign_confirmed", "campaign_deadline_passed"),
        *("campaign_failed", "campaign_found", "campaign_item_verified", "campaign_keys_refused"),
        *("campaign_paused", "campaign_requested", "campaign_resumed"),
        *("certificate_archived", "certificate_created", "certificate_csr_submitted", "certificate_deployed"),
        *("certificate_deployment_failed", "certificate_deployment_requested", "certificate_held"),
        *("certificate_issuance_failed", "certificate_issued", "certificate_renewal_requested"),
        *("certificate_revocation_confirmed", "certificate_revocation_failed"),
        "certificate_revocation_repeated",
        *("certificate_revoked", "certificate_unheld", "certificate_updated", "certificate_version_revoked"),
        "certificate_window_moved",
        *("channel_created", "channel_deleted", "channel_disabled", "channel_updated", "counters_corrected"),
        *("endpoint_attached", "endpoint_created", "endpoint_removed"),
        *("job_approval_given", "job_approval_required", "job_approved", "job_cancelled", "job_rejected"),
        *("mute_created", "mute_deleted"),
        *("notification_dead", "notification_requeued", "notification_skipped"),
        "observed_certificate_changed",
        *("policy_evaluated", "policy_evaluation_cancelled", "policy_evaluation_failed"),
        *("policy_violated", "policy_violation_ended"),
        *(
            "session_ended",
            "session_started",
            "signed_in",
            "sign_in_refused",
            "token_ended",
            "token_exchanged",
            "token_refused",
        ),
        *("routing_rule_created", "routing_rule_deleted", "routing_rule_updated"),
    }
)


def or_unknown_action[R](events: Iterable[R], action: str | None) -> Iterator[R]:
    """The events. Raises CommandError (not found) if there are none and no such action is known."""
    is_empty = True
    for event in events:
        is_empty = False
        yield event
    if is_empty and action is not None and action not in ACTIONS:
        near = get_close_matches(action, sorted(ACTIONS), n=3)
        advice = f"Similar: {', '.join(near)}." if near else "For example certificate_revoked."
        raise CommandError(f"There is no action {action}.", advice, ExitCode.NOT_FOUND)
