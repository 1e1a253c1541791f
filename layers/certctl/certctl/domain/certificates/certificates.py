"""Managed certificates: stored lifecycle, computed status."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from certctl.domain.certificates.acme import AcmeOrigin
from certctl.domain.certificates.defaults import (
    DEFAULT_ISSUER,
    DEFAULT_OWNER,
    DEFAULT_PROFILE,
    DEFAULT_RENEWAL_POLICY,
    DEFAULT_TEAM,
)
from certctl.domain.certificates.expiry import expiring_days
from certctl.domain.certificates.statuses import Lifecycle, RenewalState, Status
from certctl.domain.errors import Conflict
from certctl.domain.record_fields import described

if TYPE_CHECKING:
    from certctl.domain.certificates.versions import Version

MAX_OPEN_FAILURES = 2
"""Each is resolved in the transaction that issues: 20 rows at most."""
MAX_ALERTED = 20
NO_VERSION = "-"
"""The text in place of a serial number, in the keys of incidents."""
MAX_RENEWAL_ERROR = 256


STATUS_FIELD = described("Status", ("narrows", "csv", "mcp"))
URGENCY_FIELD = described("Urgency", ("csv", "mcp"))
"""The descriptions of what is computed: no fields of the record."""


_DECIDED_BY_LIFECYCLE = {
    Lifecycle.REVOKED: Status.REVOKED,
    Lifecycle.ARCHIVED: Status.ARCHIVED,
    Lifecycle.ON_HOLD: Status.ON_HOLD,
}


@dataclass(frozen=True)
class Certificate:
    """A managed certificate. `serial_number`, `not_before`, `expires_at` and `key_type` are those of the
    newest valid version, None before the first; `key_type` is None for a version of an earlier release, too.
    `open_job_id` is the issuance or renewal in progress; `revision` rises with every write and guards it.
    `open_failures` are the serials (`-` for none) of open incidents of failed issuance: the next version
    resolves them. `alerted` are the expiry alerts already sent, `<serial>/<threshold in days>`: a version
    that becomes current again, because a newer one was revoked, keeps its own. `renewal_failures` counts
    failures in a row since the last version, `renewal_error` is the reason of the last, `renewal_ended_at`
    when the last job ended without a version. `ari_*` is the window that the CA suggests (RFC 9773), if any,
    and when to ask again. `failed_targets` are those with an open incident of a failed deployment. Until
    `names_exempt_until` it may be renewed unchanged, although its team may not have its names any more."""

    id: str = field(
        metadata=described("ID", ("create", "csv", "mcp"), help="Id of the record.", default="generated")
    )
    name: str = field(
        metadata=described(
            "Name",
            ("create", "edit", "csv", "mcp"),
            help="Display name.",
            default="the common name",
            max_length=256,
        )
    )
    common_name: str = field(
        metadata=described(
            "Common name",
            ("required", "csv", "mcp"),
            help="The common name, which is also a subject alternative name.",
            flag="--cn",
            placeholder="shop.example.com",
            max_length=2048,
        )
    )
    sans: tuple[str, ...] = field(
        metadata=described(
            "Subject alternative names",
            ("create", "csv", "mcp record"),
            about="Subject alternative names, as `DNS:`, `IP:`, `email:` and `URI:`.",
            help="A further name: DNS, IP, email or URI.",
            flag="--san",
            hint="DNS names, IP addresses, email addresses and URIs. Press Enter or a comma after each.",
            max_items=80,
        )
    )
    owner_id: str = field(
        metadata=described(
            "Owner",
            ("create", "edit", "rare filter", "selects", "cli column", "csv", "mcp"),
            refers_to="owners",
            fallback=DEFAULT_OWNER,
        )
    )
    team_id: str = field(
        metadata=described(
            "Team",
            ("create", "edit", "filter", "selects", "column", "csv", "mcp"),
            refers_to="teams",
            fallback=DEFAULT_TEAM,
        )
    )
    issuer_id: str = field(
        metadata=described(
            "Issuer",
            ("create", "rare filter", "selects", "csv", "mcp"),
            refers_to="issuers",
            fallback=DEFAULT_ISSUER,
        )
    )
    renewal_policy_id: str = field(
        metadata=described(
            "Renewal policy",
            ("create", "edit", "csv", "mcp record"),
            refers_to="renewal-policies",
            fallback=DEFAULT_RENEWAL_POLICY,
        )
    )
    created_at: datetime = field(metadata=described("Created", ("csv", "mcp record")))
    updated_at: datetime = field(metadata=described("Updated"))
    certificate_profile_id: str = field(
        default=DEFAULT_PROFILE,
        metadata=described(
            "Profile",
            ("create", "rare filter", "selects", "csv", "mcp record"),
            wire="profile_id",
            refers_to="profiles",
            fallback=DEFAULT_PROFILE,
        ),
    )
    environment: str = field(
        default="",
        metadata=described(
            "Environment",
            ("create", "edit", "filter", "narrows", "column", "csv", "mcp"),
            about="Free label such as `production`, for filters and routing.",
            help="For example production.",
            filter_help="Exact name of the environment.",
            placeholder="production",
            max_length=64,
        ),
    )
    target_ids: tuple[str, ...] = field(
        default=(),
        metadata=described(
            "Targets",
            ("create", "edit", "csv", "mcp record"),
            about="Ids of the targets that the certificate is deployed to.",
            help="Id of a target to deploy to.",
            hint="Where agents install the certificate.",
            refers_to="targets",
            max_items=20,
        ),
    )
    tags: Mapping[str, str] = field(
        default_factory=dict,
        metadata=described(
            "Tags",
            ("create", "edit", "csv", "mcp record"),
            about="Labels of your own: names and values.",
            flag="--tag",
            hint="key=value",
            max_items=50,
        ),
    )
    subject: Mapping[str, str] = field(
        default_factory=dict,
        metadata=described(
            "Subject",
            ("create", "csv", "mcp record"),
            about="Values of the attributes that the profile allows: O, OU, C, ST, L, serialNumber.",
            help="A value that the profile allows: O, OU, C, ST, L or serialNumber.",
            hint="O=value; what the profile fixes need not be given",
            max_items=6,
        ),
    )
    """Without what the profile fixes: its values are added when a leaf is signed (ADR 79)."""
    lifecycle: Lifecycle = Lifecycle.PENDING
    renewal_state: RenewalState = field(
        default=RenewalState.IDLE,
        metadata=described("Renewal", ("csv", "mcp")),
    )
    serial_number: str | None = field(
        default=None, metadata=described("Serial number", ("csv", "mcp record"))
    )
    not_before: datetime | None = None
    expires_at: datetime | None = field(default=None, metadata=described("Expires", ("csv", "mcp")))
    last_renewal_at: datetime | None = field(
        default=None, metadata=described("Last renewal", ("mcp record",))
    )
    last_deployment_at: datetime | None = field(
        default=None, metadata=described("Last deployment", ("mcp record",))
    )
    revoked_at: datetime | None = field(default=None, metadata=described("Revoked", ("mcp",)))
    revocation_reason: str | None = field(default=None, metadata=described("Revocation reason", ("mcp",)))
    held_from: Lifecycle | None = None
    open_job_id: str | None = field(default=None, metadata=described("Open job", ("mcp",)))
    open_failures: tuple[str, ...] = ()
    alerted: tuple[str, ...] = ()
    renewal_failures: int = 0
    renewal_error: str | None = field(default=None, metadata=described("Renewal error", ("csv", "mcp")))
    renewal_ended_at: datetime | None = None
    ari_start: datetime | None = None
    ari_end: datetime | None = None
    ari_refresh_at: datetime | None = None
    ari_campaign_id: str | None = None
    """The campaign that has set the window, so that the ACME client renews early."""
    failed_targets: tuple[str, ...] = ()
    names_exempt_until: datetime | None = field(default=None, metadata=described("Names exempt until"))
    key_type: str | None = field(default=None, metadata=described("Key", ("column", "csv", "mcp")))
    acme: AcmeOrigin | None = field(default=None, metadata=described("ACME client", ("csv", "mcp record")))
    """Set if an ACME client renews it, by new orders of its own."""
    acme_stopped_at: datetime | None = field(
        default=None, metadata=described("ACME client stopped", ("csv", "mcp record"))
    )
    """When the alert was sent that its ACME client had not renewed it in time; None once it has."""
    revision: int = field(default=1, metadata=described("Version", wire="version"))

    @property
    def ends_at(self) -> datetime | None:
        """When its current version expires; None if its status does not depend on the time."""
        return self.expires_at if self.lifecycle is Lifecycle.ACTIVE else None

    @property
    def expiring_from(self) -> date | None:
        """The UTC day on which it becomes Expiring. A day, so that counters of days agree with every row."""
        if self.ends_at is None:
            return None
        lifetime = self.ends_at - (self.not_before or self.ends_at)
        return self.ends_at.astimezone(UTC).date() - timedelta(days=expiring_days(lifetime) - 1)

    @property
    def search_names(self) -> tuple[str, ...]:
        """Names as people type them: the common name and each SAN, without the type prefix."""
        return tuple(dict.fromkeys((self.common_name.lower(), *(san.partition(":")[2] for san in self.sans))))

    def status(self, now: datetime) -> Status:
        """The status at `now`. Every row, filter, counter and chart uses this function."""
        # ADR 28 has the precedence.
        if self.timeless_status is not None:
            return self.timeless_status
        if self.ends_at is not None and self.ends_at <= now:
            return Status.EXPIRED
        if self.expiring_from is not None and self.expiring_from <= now.astimezone(UTC).date():
            return Status.EXPIRING
        is_renewed = self.renewal_state is RenewalState.IN_PROGRESS
        return Status.RENEWAL_IN_PROGRESS if is_renewed else Status.ACTIVE

    def has_stuck_renewal(self, now: datetime) -> bool:
        """Whether its renewal has failed, or has not ended, though a renewal in time would have: it is
        Expiring."""
        return self.renewal_state is not RenewalState.IDLE and self.status(now) is Status.EXPIRING

    @property
    def timeless_status(self) -> Status | None:
        """The status if it does not depend on the time; None if a version that expires decides."""
        if self.ends_at is not None:
            return None
        has_failed = self.renewal_state is RenewalState.FAILED
        return _DECIDED_BY_LIFECYCLE.get(self.lifecycle, Status.FAILED if has_failed else Status.PENDING)

    @property
    def last_failure(self) -> str | None:
        """The reason of its last failed renewal, until one succeeds."""
        return None if self.renewal_state is RenewalState.IDLE else self.renewal_error

    @property
    def may_be_issued(self) -> bool:
        return self.lifecycle in (Lifecycle.PENDING, Lifecycle.ACTIVE)

    def keeps_its_names(self, now: datetime) -> bool:
        """Whether it is exempt from the names that its team may have."""
        return self.names_exempt_until is not None and now < self.names_exempt_until

    def require_alive(self, act: str) -> None:
        """Raises Conflict if the record is held, revoked or archived."""
        if not self.may_be_issued:
            raise Conflict(f"A certificate that is {self.lifecycle} cannot {act}.")

    def require_revision(self, expected: int | None) -> None:
        """Raises Conflict if the caller read another revision; None matches any."""
        if expected is not None and expected != self.revision:
            raise Conflict(f"This certificate is at version {self.revision}; read it again and repeat.")

    def transitioned_to(self, target: Lifecycle, now: datetime) -> "Certificate":
        """Raises Conflict for a transition that the lifecycle does not have."""
        if not self.lifecycle.can_transition_to(target):
            raise Conflict(f"A certificate that is {self.lifecycle} cannot become {target}.")
        return self.with_changes(now, lifecycle=target)

    def failed(self, now: datetime, error: str) -> "Certificate":
        """The record after its issuance or renewal ended without a version; an alert reports it."""
        failures = dict.fromkeys([*self.open_failures, self.serial_number or NO_VERSION])
        kept = tuple(failures)[-MAX_OPEN_FAILURES:]
        return self.with_changes(
            now,
            renewal_state=RenewalState.FAILED,
            open_job_id=None,
            open_failures=kept,
            renewal_failures=self.renewal_failures + 1,
            renewal_error=error[:MAX_RENEWAL_ERROR],
            renewal_ended_at=now,
        )

    def stopped(self, now: datetime) -> "Certificate":
        """The record after somebody cancelled or rejected its open job: not a failure, and no alert."""
        return self.with_changes(
            now,
            renewal_state=RenewalState.IDLE,
            open_job_id=None,
            renewal_error=None,
            renewal_ended_at=now,
        )

    @property
    def alerted_thresholds(self) -> tuple[int, ...]:
        """The expiry alerts sent for its current version, in days before its end."""
        sent = (alert.rpartition("/") for alert in self.alerted)
        return tuple(int(days) for serial, _, days in sent if serial == self.serial_number)

    def with_alerted(self, threshold: int) -> "Certificate":
        """The record with this alert as sent. The revision stays: the save may have another reason."""
        sent = (*self.alerted, f"{self.serial_number}/{threshold}")
        return replace(self, alerted=sent[-MAX_ALERTED:])

    def issued(self, version: "Version", now: datetime) -> "Certificate":
        """The record with `version`, its newest valid one, as current and nothing in progress. The window of
        a campaign stays for the ACME clients that have not renewed in it yet."""
        of_campaign = self.acme is not None and self.ari_campaign_id is not None
        return self.with_changes(
            now,
            lifecycle=Lifecycle.ACTIVE,
            renewal_state=RenewalState.IDLE,
            **version.current_fields,
            open_job_id=None,
            open_failures=(),
            renewal_failures=0,
            renewal_error=None,
            renewal_ended_at=None,
            ari_start=self.ari_start if of_campaign else None,
            ari_end=self.ari_end if of_campaign else None,
            ari_refresh_at=None,
            ari_campaign_id=self.ari_campaign_id if of_campaign else None,
            acme_stopped_at=None,
        )

    def with_changes(self, now: datetime, **fields: object) -> "Certificate":
        """The next revision of this record."""
        # replace checks the names at run time
        return replace(self, updated_at=now, revision=self.revision + 1, **fields)  # type: ignore[arg-type]
