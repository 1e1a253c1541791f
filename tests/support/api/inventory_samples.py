"""Sample values of the inventory and of endpoints, by model and field."""

from typing import Any

_CERTIFICATE = "mc-01kavf4w8zq2m6n3r5t7v9x1yb"
_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

INVENTORY: dict[str, Any] = {
    "EndpointView.id": "ep-01kavf4x1c3d5f7h9k1m3p5r7t",
    "EndpointView.certificate_ids": [_CERTIFICATE],
    "EndpointView.expected_issuer": "",
    "EndpointView.port": 443,
    "EndpointView.server_name": "",
    "EndpointFindingView.addresses": ["192.0.2.10"],
    "EndpointFindingView.severity": "warning",
    "EndpointChangeView.addresses": ["192.0.2.10"],
    "EndpointChangeView.change": "raised",
    "EndpointChangeView.finding": "stale",
    "ExpectationBody.certificate_ids": [_CERTIFICATE],
    "NewEndpointBody.certificate_ids": [_CERTIFICATE],
    "ShowingView.address": "192.0.2.10",
    "ShowingView.error": None,
    "ShowingView.findings": ["stale"],
    "ShowingView.fingerprints": [_DIGEST],
    "InventoryDayView.day": "2026-11-24",
    "InventorySummaryView.day": "2026-11-24",
    "ReadinessView.day": "2026-11-24",
    "RenewalsView.since": "2029-03-15",
    "RenewalsView.limit_days": 47,
    "NamedCountView.name": "RSA 2048",
    "ExpiringCaView.subject": "CN=Their CA",
    "ShowingView.version": "TLSv1.3",
    "ImportBody.name": "web-1",
    "ImportView.id": "imp-01kavf4x1c3d5f7h9k1m3p5r7t",
    "ImportView.name": "web-1",
    "ImportRefusalView.reason": "not a certificate that can be read",
    "ObservedCertificateView.issuer": "CN=Example CA",
    "ObservedCertificateView.subject": "CN=www.example.com",
    "ObservedCertificateDetailView.issuer": "CN=Example CA",
    "ObservedCertificateDetailView.subject": "CN=www.example.com",
    "ScopeView.id": "sc-upload-5b1c3d7e9f2a4c6e8b0d1f3a",
    "ScopeView.label": "web-1",
}
