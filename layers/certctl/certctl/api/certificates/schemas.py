"""Certificates on the wire."""

from typing import TYPE_CHECKING, Annotated, Any, NotRequired, TypedDict

from pydantic import BaseModel, Field, StringConstraints, model_validator

from certctl.api.pagination import PageView
from certctl.api.records import EACH_ONCE, STRICT, RecordId, values_of, view_of
from certctl.api.texts import PLAIN, PLAIN_TEXT, VISIBLE, SubjectValues, Tags
from certctl.domain.certificates.requests import CertificateEdit, NewCertificate
from certctl.domain.certificates.statuses import RenewalState
from certctl.domain.certificates.urgencies import Urgency
from certctl.domain.issuing.external_cas import RevocationState
from certctl.domain.times import to_wire, to_wire_or_none

if TYPE_CHECKING:
    # not at import: they load cryptography or jobs, which reads do not need
    from certctl.domain.jobs.jobs import IssuanceStarted
    from certctl.services.certificates.reading import VersionDetails


ProfileId = Annotated[str, Field(min_length=1, max_length=256)]
DisplayName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=256, pattern=f"^{PLAIN}+$"),
    VISIBLE,
]
Name = Annotated[str, Field(min_length=1, max_length=2048)]
# Over the 32 KiB that a CSR may have: the check that refuses it names the limit.
_Csr = Annotated[str, Field(min_length=1, max_length=65536, description="PEM of a PKCS #10 request.")]
ABOUT_ORDER = (
    "Without `sort` the newest come first; results for `name` are in the order of names, those with"
    " `expires_before` or `expires_after` soonest first, and those that a `search` finds in the order of what"
    " it found. A `sort` by expiry lists the certificates in force, then those that are not: never issued, on"
    " hold, revoked, archived. One that no index has for these filters is refused (422), which says what can"
    " be had."
)
ABOUT_STATUS = (
    "As many as GET /api/v1/stats/certificates-by-status counts. The first that is true: Revoked; Archived;"
    " OnHold; Failed or Pending, before the first version; Expired; Expiring, from 00:00 UTC of the last 30"
    " days, or of the last third of a shorter lifetime; RenewalInProgress; Active. `renewal_state` stands"
    " beside it: an Expired one may be in renewal."
)
ABOUT_RENEWAL = (
    "`stuck`: Expiring, though its renewal has begun: it failed, or has not ended. A renewal in time ends"
    " before a certificate is Expiring. `urgent`: those with an `urgency`, the soonest first."
    " `manual`: those in force whose renewal does not come by itself. `acme_stopped`: those in force whose"
    " ACME client did not renew in time, the soonest to expire first; `acme_stopped_at` is when that was"
    " reported."
)
ABOUT_ACME = "Whether an ACME client renews the certificate."
ABOUT_EAB_KEY = "Id of an EAB key: the certificates that ACME clients with this key renew."
ABOUT_NAME = "A domain, with all the names in it, or a full name. `search` finds beginnings."
ABOUT_SEARCH = (
    "What people type: the beginning of any label of a name (`sso`, `prod.exam`), of a word of the display"
    " name, of the id or of a tag (`key` or `key=value`); the serial number of any version; eight digits or"
    " more of the beginning of one, or of a SHA-256 fingerprint. Colons, spaces, `0x` and case do not matter."
    " It goes with every filter, and with no `sort`."
)
_FINDS = "of a label of a name, of a word of the display name, of an id, a tag, a serial or a fingerprint"
_LEAST_SOUGHT = 2
_EARLIER_PROFILE_ID = "certificate_profile_id"


class NewCertificateBody(BaseModel):
    """Only `common_name` is required. `sans` are DNS names, addresses, e-mail addresses and URIs, with or
    without `DNS:`, `IP:`, `email:`, `URI:`. With `csr_pem` it is issued at once. An `id` that a certificate
    in your reach already has is a conflict (409); one that you cannot use for another reason is refused
    (422). `certificate_profile_id`, the name of `profile_id` in earlier releases, is still accepted."""

    model_config = STRICT

    # fields of certificate: new body
    common_name: Name
    id: RecordId | None = None
    name: DisplayName | None = None
    sans: Annotated[list[Name], Field(max_length=80)] = []
    environment: Annotated[str, Field(max_length=64, pattern=PLAIN_TEXT), VISIBLE] = ""
    owner_id: RecordId | None = None
    team_id: RecordId | None = None
    issuer_id: RecordId | None = None
    target_ids: Annotated[list[RecordId], Field(max_length=20), EACH_ONCE] = []
    renewal_policy_id: RecordId | None = None
    profile_id: ProfileId | None = None
    tags: Tags = {}
    subject: SubjectValues = {}
    # end of fields
    csr_pem: _Csr | None = None

    @model_validator(mode="before")
    @classmethod
    def _earlier_name(cls, given: Any) -> Any:
        if isinstance(given, dict) and "profile_id" not in given and _EARLIER_PROFILE_ID in given:
            renamed = {name: value for name, value in given.items() if name != _EARLIER_PROFILE_ID}
            return renamed | {"profile_id": given[_EARLIER_PROFILE_ID]}
        return given

    def parsed(self) -> NewCertificate:
        return NewCertificate(**values_of(self))


class CertificateEditBody(BaseModel):
    """An edit; an omitted field stays unchanged. Names, issuer and status cannot be edited."""

    model_config = STRICT

    # fields of certificate: edit body
    name: DisplayName | None = None
    environment: Annotated[str, Field(max_length=64, pattern=PLAIN_TEXT), VISIBLE] | None = None
    owner_id: RecordId | None = None
    team_id: RecordId | None = None
    target_ids: Annotated[list[RecordId], Field(max_length=20), EACH_ONCE] | None = None
    renewal_policy_id: RecordId | None = None
    tags: Tags | None = None
    # end of fields

    def parsed(self, expected_revision: int | None = None) -> CertificateEdit:
        return CertificateEdit(**values_of(self), expected_revision=expected_revision)


class RenewBody(BaseModel):
    model_config = STRICT

    csr_pem: _Csr | None = None


class CsrBody(BaseModel):
    model_config = STRICT

    csr_pem: _Csr


class AcmeOriginView(TypedDict):
    """The ACME account that ordered the newest version, and its EAB key."""

    account_id: str
    eab_key_id: str


class CertificateView(TypedDict):
    """`version` rises with every change, by the stack too: `If-Match` is compared with it. `renewal_state` is
    beside every status: `in_progress` while a job is open, `failed` if the last one failed, with the reason
    in `renewal_error`, until a renewal succeeds. `urgency` is `critical` if it has expired or expires within
    24 hours, `warning` within 72, and null later, while it is not in force, or if a renewal comes by itself:
    its renewal policy renews it, the renewal is not overdue, and the last one has not failed. Until
    `names_exempt_until`, if it is set, the certificate may be renewed with the same names in the same team,
    although the team may not have them any more. `acme` is set if an ACME client renews it, by orders of its
    own; null for any other certificate."""

    # fields of certificate: view
    id: str
    name: str
    common_name: str
    sans: list[str]
    environment: str
    owner_id: str
    team_id: str
    issuer_id: str
    target_ids: list[str]
    renewal_policy_id: str
    profile_id: str
    status: str
    urgency: Urgency | None
    renewal_state: RenewalState
    renewal_error: str | None
    serial_number: str | None
    expires_at: str | None
    tags: dict[str, str]
    last_renewal_at: str | None
    last_deployment_at: str | None
    revoked_at: str | None
    revocation_reason: str | None
    names_exempt_until: str | None
    open_job_id: str | None
    version: int
    created_at: str
    updated_at: str
    subject: dict[str, str]
    key_type: str | None
    acme: AcmeOriginView | None
    acme_stopped_at: str | None
    # end of fields


class CertificatePageView(TypedDict):
    """`incomplete` is true while the search does not cover every certificate yet: a certificate that is not
    found may exist. `hint` suggests other searches if nothing was found."""

    data: list[CertificateView]
    next_cursor: str | None
    per_page: int
    incomplete: NotRequired[bool]
    hint: NotRequired[str]


class CreatedCertificateView(CertificateView):
    """`job_id` is the job that issues it, or awaits its CSR."""

    job_id: str
    ignored_extensions: list[str]
    ignored_subject: list[str]


class JobStartedView(TypedDict):
    job_id: str
    ignored_extensions: list[str]
    ignored_subject: list[str]


class VersionView(TypedDict):
    """`issuer_revocation` is the state at an external issuer, which publishes its own revocations; since
    `issuer_settled_at` for `issuer_reason`, null if that is not known. With `no_rev_avail` it has noRevAvail
    (RFC 9608): clients do not look for its revocation."""

    id: str
    certificate_id: str
    serial_number: str
    ca_id: str
    not_before: str
    not_after: str
    fingerprint_sha256: str
    no_rev_avail: bool
    pem_chain: str
    csr_pem: str
    created_at: str
    revoked_at: NotRequired[str]
    revocation_reason: NotRequired[str]
    issuer_revocation: NotRequired[RevocationState]
    issuer_reason: NotRequired[str | None]
    issuer_settled_at: NotRequired[str | None]


def certificate_page_view(
    page: PageView[CertificateView], name: str | None, search: str | None, *, is_complete: bool
) -> CertificatePageView:
    view = CertificatePageView(data=page["data"], next_cursor=page["next_cursor"], per_page=page["per_page"])
    if not is_complete:
        view["incomplete"] = True
    if not page["data"] and page["next_cursor"] is None and (name or search) is not None:
        view["hint"] = _hint(search)
    return view


def _hint(search: str | None) -> str:
    if search is None:
        return "No certificate is in this domain or has this name. Use search for beginnings of names."
    if len(search.strip()) < _LEAST_SOUGHT:
        return f"Type {_LEAST_SOUGHT} characters or more: a search finds the beginning {_FINDS}."
    return f"No name begins like this. A search finds the beginning {_FINDS}."


def job_started_view(requested: "IssuanceStarted") -> JobStartedView:
    return view_of(JobStartedView, requested, job_id=requested.job.id)


def version_view(details: "VersionDetails") -> VersionView:
    pem, mark = details.pem, details.revocation
    view = view_of(
        VersionView,
        details.version,
        pem_chain=pem.certificate_pem + pem.chain_pem if pem else "",
        csr_pem=pem.csr_pem if pem else "",
    )
    if mark is not None:
        view["revoked_at"] = to_wire(mark.revoked_at)
        view["revocation_reason"] = mark.reason
        if mark.issuer_revocation is not None:
            view["issuer_revocation"] = mark.issuer_revocation
            view["issuer_reason"] = mark.issuer_reason
            view["issuer_settled_at"] = to_wire_or_none(mark.issuer_settled_at)
    return view
