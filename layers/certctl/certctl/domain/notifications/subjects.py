"""The subjects of alerts: who is notified, and who has muted them, depends on what an alert is about."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from certctl.domain.notifications.notifications import CertificateFacts


class SubjectKind(StrEnum):
    CERTIFICATE = "certificate"
    AUTHORITY = "authority"
    CHANNEL = "channel"
    ENDPOINT = "endpoint"
    JOB = "job"
    KEY = "key"
    OWNER = "owner"
    OBSERVED = "observed_certificate"
    POLICY = "policy"
    SOURCE = "source"
    STACK = "stack"
    TARGET = "target"
    TEAM = "team"


@dataclass(frozen=True)
class AlertSubject:
    """What an alert is about. The room that makes the alerts of a kind makes its subjects. `team_id` and
    `owner_id` are empty for a subject that concerns the whole stack."""

    kind: SubjectKind
    id: str = ""
    team_id: str = ""
    owner_id: str = ""
    incident: str = ""
    """The incident of its alerts that name none: for a certificate, its version."""
    name: str = ""
    common_name: str = ""
    serial_number: str = ""
    expires_at: datetime | None = None
    environment: str = ""

    @property
    def certificate_id(self) -> str | None:
        return self.id if self.kind is SubjectKind.CERTIFICATE else None

    def facts(self, owner_name: str, team_name: str) -> CertificateFacts:
        """The facts that a notification has of a certificate, of nothing else. The ids stand in for names
        that are unknown, that is, empty."""
        if self.certificate_id is None:
            return CertificateFacts()
        return CertificateFacts(
            name=self.name,
            common_name=self.common_name,
            serial=self.serial_number,
            expires_at=self.expires_at,
            environment=self.environment,
            owner=owner_name or self.owner_id,
            team=team_name or self.team_id,
            owner_id=self.owner_id,
            team_id=self.team_id,
        )


WHOLE_STACK = AlertSubject(SubjectKind.STACK)
