"""Observed certificates, their places, sources and imports on the wire."""

import base64
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Annotated, Literal, TypedDict

from pydantic import BaseModel, Field

from certctl.api.records import STRICT, RecordId, view_of
from certctl.api.texts import Tags
from certctl.domain.inventory.belonging import BelongingEdit
from certctl.domain.inventory.imports import CHUNK_CERTIFICATES, Chunk, Progress, Refusal
from certctl.domain.inventory.observed import MAX_CHAIN, ObservedCertificate, Sighting
from certctl.domain.inventory.scopes import Scope
from certctl.domain.inventory.sources import SourceKind
from certctl.domain.inventory.statuses import ObservedStatus, Trust
from certctl.domain.times import to_wire, to_wire_or_none

if TYPE_CHECKING:
    from certctl.services.inventory.imports import Sent
    from certctl.services.inventory.reading import ObservedDetail, SourceOverview

Text = Annotated[str, Field(max_length=100_000)]


class ImportBody(BaseModel):
    model_config = STRICT
    name: str = Field(min_length=1, max_length=200)
    team_id: RecordId | None = None


class ImportedCertificateBody(BaseModel):
    """One of `pem`, `der` and `pkcs7`."""

    model_config = STRICT
    place: str = Field(min_length=1, max_length=2000)
    pem: Text | None = None
    der: Text | None = None
    chain: list[Text] = Field(default=[], max_length=MAX_CHAIN)
    renewed_by: str | None = Field(default=None, min_length=1, max_length=40)
    pkcs7: Annotated[str, Field(max_length=4_000_000)] | None = None

    def parsed(self) -> "Sent":
        from certctl.services.inventory.imports import Sent

        return Sent(self.place, self.pem, self.der, tuple(self.chain), self.renewed_by, self.pkcs7)


class ImportChunkBody(BaseModel):
    model_config = STRICT
    certificates: list[ImportedCertificateBody] = Field(min_length=1, max_length=CHUNK_CERTIFICATES)


class ObservedBelongingBody(BaseModel):
    """What is left out stays as it is; an empty `owner_id` means no owner."""

    model_config = STRICT
    team_id: RecordId | None = None
    owner_id: RecordId | Literal[""] | None = None
    tags: Tags | None = None

    def parsed(self) -> BelongingEdit:
        return BelongingEdit(self.team_id, self.owner_id, self.tags)


class ImportRefusalView(TypedDict):
    index: int
    place: str
    reason: str


class ImportChunkView(TypedDict):
    """`added` counts places that are new or changed, `unchanged` those that were known, `new` certificates
    that the inventory had not seen."""

    number: int
    added: int
    unchanged: int
    new: int
    refused: list[ImportRefusalView]


class ImportView(TypedDict):
    """`chunks` counts those that were taken; the other counts are sums over them."""

    id: str
    name: str
    team_id: str
    scope_id: str
    created_at: str
    completed_at: str | None
    chunks: int
    added: int
    unchanged: int
    new: int
    refused: int


class ObservedCertificateView(TypedDict):
    """Names, subject and issuer are what the certificate says: text that anybody may have written. Owner,
    tags, `certificate_id`, `superseded_by` and `renewed_by` are null, and `sightings` counts only the places
    of the caller's teams, unless the certificate is of the caller's team."""

    fingerprint: str
    subject: str
    issuer: str
    serial_number: str
    not_before: str
    not_after: str
    first_name: str
    name_count: int
    key_algorithm: str
    key_bits: int | None
    signature_algorithm: str
    spki_sha256: str
    is_ca: bool
    is_self_signed: bool
    has_wildcard: bool
    trust: Trust
    status: ObservedStatus
    team_id: str
    owner_id: str | None
    certificate_id: str | None
    sightings: int
    first_seen_at: str
    gone_at: str | None
    superseded_by: str | None
    renewed_by: str | None
    tags: dict[str, str]


class SightingView(TypedDict):
    place: str
    scope_id: str
    team_id: str
    chain: list[str]
    seen_at: str
    renewed_by: str | None


class ObservedCertificateDetailView(ObservedCertificateView):
    """`places` are the first twenty that the caller may see; `names` the first hundred. `pem` is null if the
    certificate itself is no longer kept."""

    names: list[str]
    pem: str | None
    places: list[SightingView]


class ScopeView(TypedDict):
    """`last_seen_at` is the time of the last report, `complete_at` that of the last scan that was sent in
    full. `failure` is why the latest scan found out nothing. `is_silent`: no report came for three
    intervals."""

    id: str
    label: str
    team_id: str
    places: int
    interval_seconds: int | None
    last_seen_at: str | None
    complete_at: str | None
    failure: str | None
    failing_since: str | None
    is_silent: bool


class SourceView(TypedDict):
    id: str
    kind: SourceKind
    name: str
    team_id: str
    created_at: str
    scopes: list[ScopeView]


def chunk_view(chunk: Chunk) -> ImportChunkView:
    return view_of(ImportChunkView, chunk, refused=[refusal_view(each) for each in chunk.refused])


def refusal_view(refusal: Refusal) -> ImportRefusalView:
    return view_of(ImportRefusalView, refusal)


def import_view(progress: Progress) -> ImportView:
    return view_of(
        ImportView,
        progress.record,
        chunks=len(progress.chunks),
        added=progress.added,
        unchanged=progress.unchanged,
        new=progress.new,
        refused=progress.refused,
    )


def observed_view(certificate: ObservedCertificate) -> ObservedCertificateView:
    facts = certificate.facts
    return ObservedCertificateView(
        fingerprint=certificate.fingerprint,
        subject=facts.subject,
        issuer=facts.issuer,
        serial_number=facts.serial_number,
        not_before=to_wire(facts.not_before),
        not_after=to_wire(facts.not_after),
        first_name=facts.first_name,
        name_count=facts.name_count,
        key_algorithm=facts.key_algorithm,
        key_bits=facts.key_bits,
        signature_algorithm=facts.signature_algorithm,
        spki_sha256=certificate.spki_sha256,
        is_ca=facts.is_ca,
        is_self_signed=facts.is_self_signed,
        has_wildcard=facts.has_wildcard,
        trust=certificate.trust,
        status=certificate.status,
        team_id=certificate.team_id,
        owner_id=certificate.owner_id,
        certificate_id=certificate.certificate_id,
        sightings=certificate.sightings,
        first_seen_at=to_wire(certificate.first_seen_at),
        gone_at=to_wire_or_none(certificate.gone_at),
        superseded_by=certificate.superseded_by,
        renewed_by=certificate.renewed_by,
        tags=dict(certificate.tags),
    )


def sighting_view(sighting: Sighting) -> SightingView:
    return view_of(SightingView, sighting, place=sighting.place.text)


def detail_view(detail: "ObservedDetail") -> ObservedCertificateDetailView:
    return ObservedCertificateDetailView(
        **observed_view(detail.certificate),
        names=list(detail.names),
        pem=_pem(detail.der) if detail.der else None,
        places=[sighting_view(each) for each in detail.places],
    )


def source_view(overview: "SourceOverview") -> SourceView:
    scopes = [_scope_view(each, overview.silent) for each in overview.scopes]
    return view_of(SourceView, overview.source, scopes=scopes)


def _scope_view(scope: Scope, silent: AbstractSet[str]) -> ScopeView:
    seconds = None if scope.interval is None else int(scope.interval.total_seconds())
    return view_of(
        ScopeView,
        scope,
        interval_seconds=seconds,
        failure=scope.failure or None,
        is_silent=scope.id in silent,
    )


def _pem(der: bytes) -> str:
    """RFC 7468."""
    text = base64.b64encode(der).decode("ascii")
    lines = [text[place : place + 64] for place in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])
