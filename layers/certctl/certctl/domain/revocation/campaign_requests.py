"""Requests for campaigns, and for lists of their items (ADR 43)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from certctl.domain.errors import InvalidInput
from certctl.domain.revocation.bulk import MAX_NAMED
from certctl.domain.revocation.reasons import HOLD, KEY_COMPROMISE
from certctl.domain.revocation.states import OnDeadline

if TYPE_CHECKING:
    from certctl.domain.certificates.certificates import Certificate
    from certctl.domain.certificates.versions import Version

DEFAULT_DEADLINE_HOURS = 24
MAX_DEADLINE_HOURS = 30 * 24
_CHOOSING = ("certificate_ids", "spki_sha256", "ca_id", "agent_id", "profile_id", "algorithm")


@dataclass(frozen=True)
class Aim:
    """What the new version must not have, beside the old keys."""

    spki_sha256: str | None = None
    ca_id: str | None = None
    algorithm: str | None = None
    is_compromise: bool = False

    @property
    def needs_new_keys(self) -> bool:
        """Whether a version with an old key replaces nothing, be it an ACME client's own choice."""
        return self.is_compromise or self.spki_sha256 is not None or self.algorithm is not None

    def excludes(self, version: "Version", key_type: str | None) -> bool:
        """Whether the campaign is for the replacement of this version."""
        if self.spki_sha256 is not None and version.spki_sha256 == self.spki_sha256:
            return True
        if self.ca_id is not None and version.ca_id == self.ca_id:
            return True
        return self.algorithm is not None and _is_of(key_type, self.algorithm)

    def selects(self, version: "Version", key_type: str | None) -> bool:
        """Whether the version is an old one: all that is given matches."""
        if self.spki_sha256 not in (None, version.spki_sha256) or self.ca_id not in (None, version.ca_id):
            return False
        return self.algorithm is None or _is_of(key_type, self.algorithm)


@dataclass(frozen=True)
class CampaignSelection:
    """All that is given must match. `certificate_ids` are sorted and unique. `spki_sha256` (hex), `ca_id` and
    `algorithm` choose versions of a certificate, the others all that are in force. `algorithm` is a key type
    (`RSA-2048`) or its beginning (`RSA`)."""

    certificate_ids: tuple[str, ...] = ()
    spki_sha256: str | None = None
    ca_id: str | None = None
    agent_id: str | None = None
    profile_id: str | None = None
    algorithm: str | None = None

    @property
    def aim(self) -> Aim:
        return Aim(self.spki_sha256, self.ca_id, self.algorithm)

    def require_choice(self) -> None:
        """Raises InvalidInput."""
        if not any(getattr(self, name) for name in _CHOOSING):
            raise InvalidInput.of("selection", f"give at least one of {', '.join(_CHOOSING)}")
        if len(self.certificate_ids) > MAX_NAMED:
            raise InvalidInput.of("selection.certificate_ids", f"at most {MAX_NAMED:,} at once")

    def covers(self, certificate: "Certificate", agents_targets: frozenset[str]) -> bool:
        """Whether the record matches, its versions apart. `agents_targets` are those of the agent."""
        if certificate.lifecycle.has_ended:
            return False
        if self.certificate_ids and certificate.id not in self.certificate_ids:
            return False
        if self.agent_id is not None and agents_targets.isdisjoint(certificate.target_ids):
            return False
        return self.profile_id in (None, certificate.certificate_profile_id)


@dataclass(frozen=True)
class NewCampaign:
    """A request. `confirm` is the number of certificates that a dry run found; None asks for a dry run."""

    selection: CampaignSelection
    reason: str
    on_deadline: OnDeadline = OnDeadline.ALERT
    deadline_hours: int = DEFAULT_DEADLINE_HOURS
    confirm: int | None = None
    ticket: str | None = None

    def check(self) -> None:
        """Raises InvalidInput."""
        self.selection.require_choice()
        if self.reason == HOLD:
            raise InvalidInput.of("reason", f"{HOLD} does not last; give a reason that does")
        if self.on_deadline is OnDeadline.REVOKE and self.reason != KEY_COMPROMISE:
            raise InvalidInput.of("on_deadline", f"{OnDeadline.REVOKE} is for the reason {KEY_COMPROMISE}")
        if not 1 <= self.deadline_hours <= MAX_DEADLINE_HOURS:
            raise InvalidInput.of("deadline_hours", f"1 to {MAX_DEADLINE_HOURS}")


def _is_of(key_type: str | None, algorithm: str) -> bool:
    return key_type is not None and (key_type == algorithm or key_type.startswith(f"{algorithm}-"))
