"""The blast radius of a key on the wire."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict

from certctl.api.confirmed_campaigns import ConfirmedCampaignView
from certctl.api.list_positions import position_view
from certctl.api.pagination import encode_cursor
from certctl.api.records import view_of
from certctl.domain.certificates.statuses import Status, VersionState
from certctl.domain.inventory.statuses import ObservedStatus, Trust
from certctl.domain.jobs.statuses import JobStatus, JobType
from certctl.domain.revocation.states import KeyRefusal
from certctl.domain.times import to_wire, to_wire_or_none

if TYPE_CHECKING:
    from certctl.domain.catalog.entries import Entry
    from certctl.domain.catalog.records import Target
    from certctl.domain.inventory.observed import ObservedCertificate
    from certctl.domain.revocation.key_uses import KeyedSerial, KeyUse
    from certctl.domain.revocation.revocations import Revocation
    from certctl.services.revocation.key_uses import KeyUses


class KeyVersionView(TypedDict):
    """`state` is `issued`, or what became of a serial that was reserved. `revoked_at` and `revocation_reason`
    are null unless it is revoked or on hold."""

    serial_number: str
    ca_id: str
    state: VersionState
    not_after: str
    is_current: bool
    job_id: str
    revoked_at: str | None
    revocation_reason: str | None


class KeyTargetView(TypedDict):
    id: str
    name: str
    type: str
    enabled: bool
    agent_id: str | None


class KeyAgentView(TypedDict):
    id: str
    name: str
    hostname: str


class KeyJobView(TypedDict):
    id: str
    type: JobType
    status: JobStatus
    created_at: str


class KeyRecordView(TypedDict):
    """`versions` are those with this key, expired ones too. `targets` and `agents` are those of the record;
    null if the caller may not read the catalog. `jobs` issued the versions, or are open for the record."""

    certificate_id: str
    certificate_name: str
    common_name: str
    owner_id: str
    team_id: str
    status: Status
    versions: list[KeyVersionView]
    targets: list[KeyTargetView] | None
    agents: list[KeyAgentView] | None
    jobs: list[KeyJobView]


class KeyObservedView(TypedDict):
    """A certificate of any issuer that was found with the key. `certificate_id` is null, and `sightings`
    counts only the places of the caller's teams, unless it is of the caller's team."""

    fingerprint: str
    first_name: str
    subject: str
    issuer: str
    serial_number: str
    not_after: str
    is_ca: bool
    status: ObservedStatus
    trust: Trust
    team_id: str
    certificate_id: str | None
    sightings: int


class KeyUsesView(TypedDict):
    """`per_page` counts versions and observed certificates: a record whose versions are on several pages is
    on each of them. `refused`: why no certificate is issued for the key; null if one may be. `campaign`: the
    latest confirmed one that replaces the key; null without one. `observed` follow the last version; null if
    the caller may not read the inventory."""

    spki_sha256: str
    refused: KeyRefusal | None
    campaign: ConfirmedCampaignView | None
    data: list[KeyRecordView]
    observed: list[KeyObservedView] | None
    next_cursor: str | None
    per_page: int


def key_uses_view(spki_sha256: str, page: "KeyUses", per_page: int, now: datetime) -> KeyUsesView:
    return KeyUsesView(
        spki_sha256=spki_sha256,
        refused=page.refusal,
        campaign=None if page.campaign is None else view_of(ConfirmedCampaignView, page.campaign),
        data=[_record_view(use, now) for use in page.records],
        observed=None if page.observed is None else [_observed_view(each) for each in page.observed],
        next_cursor=encode_cursor(position_view(page.next)),
        per_page=per_page,
    )


def _record_view(use: "KeyUse", now: datetime) -> KeyRecordView:
    certificate = use.certificate
    marks = {(mark.ca_id, mark.serial_number): mark for mark in use.revocations}
    return view_of(
        KeyRecordView,
        use.certificate,
        certificate_id=certificate.id,
        certificate_name=certificate.name,
        status=certificate.status(now),
        versions=[
            _version_view(serial, certificate.serial_number, marks.get((serial.ca_id, serial.serial_number)))
            for serial in use.serials
        ],
        targets=None if use.targets is None else [_target_view(target) for target in use.targets],
        agents=None if use.agents is None else _agent_views(use.agents),
        jobs=[
            KeyJobView(id=job.id, type=job.type, status=job.status, created_at=to_wire(job.created_at))
            for job in use.jobs
        ],
    )


def _observed_view(certificate: "ObservedCertificate") -> KeyObservedView:
    facts = certificate.facts
    return view_of(
        KeyObservedView,
        certificate,
        first_name=facts.first_name,
        subject=facts.subject,
        issuer=facts.issuer,
        serial_number=facts.serial_number,
        not_after=to_wire(facts.not_after),
        is_ca=facts.is_ca,
    )


def _version_view(serial: "KeyedSerial", current: str | None, mark: "Revocation | None") -> KeyVersionView:
    return view_of(
        KeyVersionView,
        serial,
        is_current=serial.serial_number == current,
        revoked_at=to_wire_or_none(mark.revoked_at if mark else None),
        revocation_reason=mark.reason if mark else None,
    )


def _target_view(target: "Entry[Target]") -> KeyTargetView:
    content = target.content
    return KeyTargetView(
        id=target.id,
        name=target.name,
        type=content.type,
        enabled=content.enabled,
        agent_id=content.agent_id,
    )


def _agent_views(agents: "Sequence[Entry[Any]]") -> list[KeyAgentView]:
    return [KeyAgentView(id=each.id, name=each.name, hostname=each.content.hostname) for each in agents]
