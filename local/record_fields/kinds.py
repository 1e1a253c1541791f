"""The kinds of records whose fields are described."""

from certctl.domain.certificates.certificates import STATUS_FIELD, URGENCY_FIELD, Certificate
from local.record_fields.described import DescribedField, RecordKind

CERTIFICATES = RecordKind(
    "certificate",
    "certificates",
    Certificate,
    computed=(
        DescribedField("status", "", "choice", STATUS_FIELD),
        DescribedField("urgency", "", "choice", URGENCY_FIELD, choice="Urgency", is_nullable=True),
    ),
    read=(
        *("id", "name", "common_name", "sans", "status", "expires_at", "urgency", "environment", "team_id"),
        *("owner_id", "issuer_id", "profile_id", "renewal_policy_id", "renewal_state", "renewal_error"),
        *("target_ids", "serial_number", "tags", "created_at"),
    ),
    answer=(
        *("id", "name", "common_name", "sans", "environment", "owner_id", "team_id", "issuer_id"),
        *("target_ids", "renewal_policy_id", "profile_id", "status", "urgency", "renewal_state"),
        *("renewal_error", "serial_number", "expires_at", "tags", "last_renewal_at", "last_deployment_at"),
        *("revoked_at", "revocation_reason", "names_exempt_until", "open_job_id", "version"),
        *("created_at", "updated_at"),
    ),
    bodies={
        "id": "RecordId",
        "name": "DisplayName",
        "common_name": "Name",
        "sans": "Annotated[list[Name], Field(max_length=80)]",
        "profile_id": "ProfileId",
        "tags": "Tags",
        "subject": "SubjectValues",
    },
)
KINDS = (CERTIFICATES,)
