"""Certificates as the subjects of alerts."""

from certctl.domain.certificates.certificates import NO_VERSION, Certificate
from certctl.domain.notifications.subjects import AlertSubject, SubjectKind


def subject_of(certificate: Certificate, serial_number: str | None = None) -> AlertSubject:
    """The subject of an alert about one version: the current one unless a serial number is given."""
    serial = certificate.serial_number if serial_number is None else serial_number
    return AlertSubject(
        SubjectKind.CERTIFICATE,
        id=certificate.id,
        team_id=certificate.team_id,
        owner_id=certificate.owner_id,
        incident=serial or NO_VERSION,
        name=certificate.name,
        common_name=certificate.common_name,
        serial_number=serial or "",
        expires_at=certificate.expires_at,
        environment=certificate.environment,
    )
