"""The kinds of records whose fields are described."""

from certctl.domain.certificates.certificates import STATUS_FIELD, Certificate
from local.record_fields.described import RecordKind

CERTIFICATES = RecordKind(
    "certificate",
    "certificates",
    Certificate,
    computed={"status": STATUS_FIELD},
    first=(
        *("id", "name", "common_name", "sans", "status", "expires_at", "environment", "team_id", "owner_id"),
        *("issuer_id", "profile_id", "renewal_policy_id", "renewal_state", "renewal_error", "target_ids"),
        *("serial_number", "tags", "created_at"),
    ),
)
KINDS = (CERTIFICATES,)
