"""The types of policies."""

from enum import StrEnum


class PolicyType(StrEnum):
    ALLOWED_ISSUERS = "AllowedIssuers"
    ALLOWED_DOMAINS = "AllowedDomains"
    REQUIRED_METADATA = "RequiredMetadata"
    ALLOWED_ENVIRONMENTS = "AllowedEnvironments"
    RENEWAL_LEAD_TIME = "RenewalLeadTime"
    CERTIFICATE_LIFETIME = "CertificateLifetime"
