"""A year of renewals and expiry alerts on a moved clock, with the real services over DynamoDB Local.

The clock advances to the next moment at which something is due: hourly runs in between would find nothing.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from math import inf
from typing import Any

from certctl.domain.authorities.authorities import Authority
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import VersionState
from certctl.domain.certificates.versions import Version
from certctl.domain.due_work import Nudge
from certctl.domain.errors import Conflict, Unavailable
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.statuses import Action, NotificationType
from certctl.domain.renewal.planning import DueAlerts, RenewalPlan
from certctl.domain.renewal.policies import RenewalPolicy
from certctl.services.issuing.local import LocalIssuance
from certctl.services.jobs.worker import JobWorker
from certctl.store.certificates.items import CertificateItem
from certctl.store.database import Database
from certctl.store.notifications.notifications import NotificationStore
from certctl.unit_of_work.nudges import Nudges
from tests.support.authorities.authority import new_authority
from tests.support.authorities.pki import Pki
from tests.support.authorities.signing_rows import key_arn, lay_down_authorities
from tests.support.clock import Clock
from tests.support.functions.control_plane import ADMIN, CHANNELS, PLENTY, ControlPlane
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.renewal.renewals import add_profile, add_renewal_policy

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ISSUERS = ("iss-local", "iss-short")


@dataclass(frozen=True)
class Group:
    """`number` certificates of a lifetime: the schedule renews `auto` of them, people renew `by_hand` of the
    others, two days after the first critical alert, and the rest are not renewed."""

    days: int
    issuer_id: str
    auto: int
    by_hand: int
    left: int

    @property
    def profile_id(self) -> str:
        return f"prof-{self.days}"


@dataclass(frozen=True)
class Plot:
    """The events of the year, in days from its beginning."""

    groups: tuple[Group, ...]
    days: int = 365
    issuer_down: tuple[int, int] = (100, 103)
    scheduler_off: tuple[int, int] = (200, 204)


def plot_of(size: int) -> Plot:
    """Shares of 300: 130 of 90 days, 130 of 47, 40 of 6."""
    unit = size / 300

    def group(days: int, issuer: str, *numbers: int) -> Group:
        return Group(days, issuer, *(max(round(number * unit), 1) for number in numbers))

    return Plot(
        (
            group(90, "iss-local", 70, 40, 20),
            group(47, "iss-local", 70, 40, 20),
            group(6, "iss-short", 20, 10, 10),
        )
    )


@dataclass
class Told:
    """One stored alert, and the version that was current then."""

    row: Notification
    current: str | None


@dataclass
class Member:
    group: Group
    kind: str
    certificate: Certificate


@dataclass
class Year:
    database: Database
    plot: Plot
    members: dict[str, Member] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    runs: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        authorities = {issuer_id: new_authority() for issuer_id in ISSUERS}
        keys = {key_arn(issuer_id): made.issuing_key for issuer_id, made in authorities.items()}
        self._clock = Clock()
        self._clock.time = self._clock.time.replace(microsecond=0)
        self.began = self._clock()
        self.plane = ControlPlane(Pki(self.database, None, self._clock, keys), CHANNELS)
        self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()
        lay_down_authorities(self.database, authorities, self.began)
        self._signing = self._worker()

    def _worker(self) -> JobWorker:
        """Runs the signing worker; its retries run when they are due, however late."""
        worker, plane = self.plane.signing_worker(), self.plane
        worker.signing = LocalIssuance(
            plane.stores,
            plane.units,
            Nudges(self._send, longest=inf),
            self._key_of,
            plane.clearance,
            self._clock,
            plane.overrides.random,
        )
        return self.plane.privileges.within("signing_worker", worker.jobs)

    def _is_down(self, issuer_id: str) -> bool:
        return issuer_id == "iss-local" and self._is_within(self.plot.issuer_down)

    def _is_within(self, days: tuple[int, int]) -> bool:
        return self.began + days[0] * DAY <= self._clock() < self.began + days[1] * DAY

    def _key_of(self, authority: Authority) -> Any:
        if self._is_down(authority.issuer_id):
            raise Unavailable("the issuer is down")
        return self.plane.pki.keys[authority.key_arn]

    def _send(self, _: str, body: Mapping[str, Any], seconds: int) -> None:
        self._at(self._clock() + timedelta(seconds=seconds), partial(self._work, body["id"]))

    def _at(self, moment: datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (moment, next(self._order), act))

    def _work(self, job_id: str) -> None:
        with suppress(Unavailable):
            self._signing.process(job_id)
        self._drain()

    def _drain(self) -> None:
        """Jobs are worked on at once; alerts are looked at as they are stored."""
        for nudge in self._taken(self.plane.job_nudges):
            self._at(self._clock(), partial(self._work, nudge.id))
        ids = [nudge.id for nudge in self._taken(self.plane.notification_nudges)]
        store = NotificationStore(self.database)
        for start in range(0, len(ids), 100):
            for row in store.get_many(ids[start : start + 100]):
                self._heard(row)

    def _taken(self, nudges: list[Nudge]) -> list[Nudge]:
        taken, nudges[:] = list(nudges), []
        return taken

    def _heard(self, row: Notification) -> None:
        member = self.members[str(row.certificate_id)]
        certificate = self.plane.certificate(member.certificate.id)
        self.told.append(Told(row, certificate.serial_number))
        is_warning = row.type is NotificationType.EXPIRATION_WARNING and row.action is Action.TRIGGER
        is_critical = row.severity == "critical" and row.channel == "Slack"
        if member.kind == "by hand" and is_warning and is_critical:
            self._at(self._clock() + 2 * DAY, partial(self._renew_by_hand, certificate.id))

    def _renew_by_hand(self, certificate_id: str) -> None:
        certificate = self.plane.certificate(certificate_id)
        with suppress(Conflict):
            self.plane.issuance.renew(ADMIN, certificate_id, csr_pem(certificate.common_name, [], new_key()))
        self._drain()

    def run(self) -> None:
        self._populate()
        ends = self.began + self.plot.days * DAY
        while True:
            first = self._agenda[0][0] if self._agenda else ends
            run_at = self._next_hour(self._clock())
            if first > run_at:
                run_at = self._next_run()
            if first <= run_at and self._agenda:
                moment, _, act = heapq.heappop(self._agenda)
            else:
                moment, act = run_at, self._run
            if moment >= ends:
                return
            self._clock.time = max(self._clock(), moment)
            act()

    def _populate(self) -> None:
        """Issues the certificates in batches, every six hours of the first three weeks, six-day ones of a
        week: certificates renewed together fall due together, which saves runs."""
        add_renewal_policy(self.plane, "rp-auto", RenewalPolicy())
        add_renewal_policy(self.plane, "rp-none", RenewalPolicy(auto_renew=False))
        for group in self.plot.groups:
            add_profile(self.plane, group.profile_id, max_ttl=group.days * DAY)
            kinds = ["auto"] * group.auto + ["by hand"] * group.by_hand + ["left"] * group.left
            for number, kind in enumerate(kinds):
                share = (number * 0.618) % 1
                moment = self._clock() + int(min(21, group.days) * share * 4) * 6 * HOUR
                self._at(moment, partial(self._create, group, kind, number))

    def _create(self, group: Group, kind: str, number: int) -> None:
        name = f"{kind.replace(' ', '-')}-{group.days}-{number}.example.com"
        certificate = self.plane.requested(
            name,
            issuer_id=group.issuer_id,
            profile_id=group.profile_id,
            renewal_policy_id="rp-auto" if kind == "auto" else "rp-none",
        ).certificate
        self.members[certificate.id] = Member(group, kind, certificate)
        self._drain()

    def _next_run(self) -> datetime:
        """The first full hour after now at which something is due."""
        due = [self._first_due(shard) for shard in range(8)]
        moment = max(min((d for d in due if d), default=self.began + 400 * DAY), self._clock())
        return self._next_hour(moment)

    def _next_hour(self, moment: datetime) -> datetime:
        return self.began + ((moment - self.began) // HOUR + 1) * HOUR

    def _first_due(self, shard: int) -> datetime | None:
        page = self.database.query(CertificateItem.by_due, shard, limit=1)
        return page.items[0].next_action_at if page.items else None

    def _run(self) -> None:
        """The schedule; while it is off, maintenance replaces it: renewals only."""
        if not self._is_within(self.plot.scheduler_off):
            self.runs.update(self.plane.renewing().run(lambda: PLENTY).done)
            self.runs["runs"] += 1
        else:
            done = self.plane.renewing(alerts_due=_no_alerts).run(lambda: PLENTY).done
            self.runs.update({f"stand-in: {name}": number for name, number in done.items() if name != "left"})
            self._skip_what_waits()
        self._drain()

    def _skip_what_waits(self) -> None:
        """Alerts that are due wait for the schedule: the clock must go on all the same."""
        self._clock.time += HOUR / 2

    # what it shows

    def versions(self, certificate_id: str) -> list[Version]:
        page = self.plane.stores.certificates.versions(certificate_id, 200, None)
        issued = [v for v in page.versions if v.state is VersionState.ISSUED]
        return sorted(issued, key=lambda v: v.created_at)

    def expired(self, kind: str) -> dict[str, list[str]]:
        """Certificates of this kind that were without a valid version for a while, with the dates."""
        found: dict[str, list[str]] = {}
        ends = self.began + self.plot.days * DAY
        for member in (m for m in self.members.values() if m.kind == kind):
            versions = self.versions(member.certificate.id)
            following = [v.created_at for v in versions[1:]] + [ends]
            gaps = [
                f"{v.not_after:%F %H:%M} to {until:%F %H:%M}"
                for v, until in zip(versions, following, strict=True)
                if v.not_after < until
            ]
            if gaps:
                found[member.certificate.common_name] = gaps
        return found

    def warnings(self) -> list[Told]:
        return [
            told
            for told in self.told
            if told.row.type is NotificationType.EXPIRATION_WARNING and told.row.action is Action.TRIGGER
        ]

    def repeated(self) -> list[tuple[str, str, str]]:
        """Version, threshold and channel of the alerts that were stored more than once."""
        keys = Counter((t.row.dedup_key, threshold_of(t.row), t.row.channel_id) for t in self.warnings())
        return [key for key, number in keys.items() if number > 1]

    def of_superseded(self) -> list[Told]:
        return [told for told in self.warnings() if told.row.facts.serial != told.current]

    def table(self) -> list[tuple[str, ...]]:
        """Lifetime, who renews, what, on how many channels: the number of rows stored, those late."""
        rows: Counter[tuple[str, ...]] = Counter()
        for told in self.told:
            member = self.members[str(told.row.certificate_id)]
            what = f"{told.row.type} {told.row.action}"
            if "Threshold: " in told.row.message:
                what = f"{told.row.type}, threshold {threshold_of(told.row)}"
                what += ", late" if told.row.subject.endswith("(late)") else ""
            rows[f"{member.group.days} days", member.kind, what, told.row.channel] += 1
        return [(*key, str(number)) for key, number in sorted(rows.items())]


def threshold_of(row: Notification) -> str:
    return row.message.split("Threshold: ")[1].split(".")[0]


def _no_alerts(plan: RenewalPlan, now: datetime) -> DueAlerts:
    return DueAlerts()
