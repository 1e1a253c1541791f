"""The operations that this client uses. `test_client_operations` holds them against docs/openapi.json."""

from certctl_client.api.job_records import Deployment, Job, StartedDeployments
from certctl_client.api.operation import Operation
from certctl_client.api.records import (
    ApiKey,
    AuditEvent,
    BulkRequeued,
    BulkRevocationPreview,
    Certificate,
    CertificateDetails,
    Channel,
    ChannelTest,
    CreatedCertificate,
    MintedKey,
    Notification,
    OwnKey,
    Revoked,
    RevokedSerial,
    StartedBulkRevocation,
    StartedJob,
    Status,
    Summary,
    Version,
)
from certctl_client.api.requests import (
    Archiving,
    AuditFilters,
    BulkRequeue,
    BulkRevocation,
    CertificateEdit,
    CertificateFilters,
    Deploying,
    JobFilters,
    NewApiKey,
    NewCertificate,
    NotificationFilters,
    PageQuery,
    Renewal,
    Revocation,
    RevocationFilters,
    SigningRequest,
)

_CERTIFICATES = "/api/v1/certificates"
_CERTIFICATE = f"{_CERTIFICATES}/{{certificate_id}}"
_NOTIFICATIONS = "/api/v1/notifications"
_NOTIFICATION = f"{_NOTIFICATIONS}/{{notification_id}}"
_KEYS = "/api/v1/api-keys"

HEALTH = Operation("GET", "/health", Status)
READY = Operation("GET", "/ready", Status)
SUMMARY = Operation("GET", "/api/v1/stats/summary", Summary)

LIST_CERTIFICATES = Operation("GET", _CERTIFICATES, Certificate, query=CertificateFilters, is_list=True)
GET_CERTIFICATE = Operation("GET", _CERTIFICATE, CertificateDetails)
CREATE_CERTIFICATE = Operation("POST", _CERTIFICATES, CreatedCertificate, body=NewCertificate, takes_key=True)
EDIT_CERTIFICATE = Operation("PUT", _CERTIFICATE, CertificateDetails, body=CertificateEdit)
RENEW_CERTIFICATE = Operation("POST", f"{_CERTIFICATE}/renew", StartedJob, body=Renewal, takes_key=True)
SUBMIT_CSR = Operation("POST", f"{_CERTIFICATE}/csr", StartedJob, body=SigningRequest, takes_key=True)
ARCHIVE_CERTIFICATE = Operation("DELETE", _CERTIFICATE, type(None), query=Archiving)
DEPLOY_CERTIFICATE = Operation(
    "POST", f"{_CERTIFICATE}/deploy", StartedDeployments, body=Deploying, takes_key=True
)
LIST_DEPLOYMENTS = Operation("GET", f"{_CERTIFICATE}/deployments", Deployment, query=PageQuery, is_list=True)
UNHOLD_CERTIFICATE = Operation("POST", f"{_CERTIFICATE}/unhold", Status)
# a repeat with the same reason changes nothing
REVOKE_CERTIFICATE = Operation("POST", f"{_CERTIFICATE}/revoke", Revoked, body=Revocation, is_idempotent=True)
REVOKE_VERSION = Operation(
    "POST", f"{_CERTIFICATE}/versions/{{serial}}/revoke", Revoked, body=Revocation, is_idempotent=True
)
_BULK_REVOKE = f"{_CERTIFICATES}/bulk-revoke"
BULK_REVOKE = Operation(
    "POST", _BULK_REVOKE, StartedBulkRevocation, body=BulkRevocation, takes_key=True, status=202
)
PREVIEW_BULK_REVOCATION = Operation(
    "POST",
    _BULK_REVOKE,
    BulkRevocationPreview,
    body=BulkRevocation,
    is_idempotent=True,
    takes_key=True,
    status=200,
)
LIST_VERSIONS = Operation("GET", f"{_CERTIFICATE}/versions", Version, query=PageQuery, is_list=True)
EXPORT_PEM = Operation("GET", f"{_CERTIFICATE}/export/pem", str)
LIST_REVOCATIONS = Operation("GET", "/api/v1/crl", RevokedSerial, query=RevocationFilters, is_list=True)

LIST_JOBS = Operation("GET", "/api/v1/jobs", Job, query=JobFilters, is_list=True)
_JOB = "/api/v1/jobs/{job_id}"
GET_JOB = Operation("GET", _JOB, Job)
APPROVE_JOB = Operation("POST", f"{_JOB}/approve", Job)
REJECT_JOB = Operation("POST", f"{_JOB}/reject", Job)
CANCEL_JOB = Operation("POST", f"{_JOB}/cancel", Job)

LIST_NOTIFICATIONS = Operation("GET", _NOTIFICATIONS, Notification, query=NotificationFilters, is_list=True)
GET_NOTIFICATION = Operation("GET", _NOTIFICATION, Notification)
READ_NOTIFICATION = Operation("POST", f"{_NOTIFICATION}/read", Status, is_idempotent=True)
REQUEUE_NOTIFICATION = Operation("POST", f"{_NOTIFICATION}/requeue", Status)
REQUEUE_MANY = Operation("POST", f"{_NOTIFICATIONS}/requeue", BulkRequeued, body=BulkRequeue)

LIST_CHANNELS = Operation("GET", "/api/v1/channels", Channel, query=PageQuery, is_list=True)
TEST_CHANNEL = Operation("POST", "/api/v1/channels/{channel_id}/test", ChannelTest)

LIST_KEYS = Operation("GET", _KEYS, ApiKey, query=PageQuery, is_list=True)
CREATE_KEY = Operation("POST", _KEYS, MintedKey, body=NewApiKey, takes_key=True)
OWN_KEY = Operation("GET", f"{_KEYS}/self", OwnKey)
REVOKE_KEY = Operation("DELETE", f"{_KEYS}/{{key_id}}", type(None))

LIST_AUDIT_EVENTS = Operation("GET", "/api/v1/audit", AuditEvent, query=AuditFilters, is_list=True)
GET_AUDIT_EVENT = Operation("GET", "/api/v1/audit/{event_id}", AuditEvent)
