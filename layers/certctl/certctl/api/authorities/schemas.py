"""CAs on the wire."""

from typing import TYPE_CHECKING, Literal, TypedDict

from certctl.api.list_positions import position_view
from certctl.api.pagination import encode_cursor
from certctl.api.records import view_of
from certctl.domain.authorities.crl_scopes import scope_of
from certctl.domain.authorities.key_specs import KeySpec
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.times import to_wire, to_wire_or_none

if TYPE_CHECKING:
    # not at import: they load cryptography
    from certctl.config import StackConfig
    from certctl.crypto.authorities.facts import CertificateFacts
    from certctl.domain.authorities.authorities import Authority, CrlShard
    from certctl.services.authorities.overview import AuthorityDetails, AuthorityOverview, Rotation
    from certctl.services.authorities.uses import CaUses


class PublishedCrlView(TypedDict):
    """A CRL of a CA. `shard` is a number, or `all`. A `complete` CRL lists every revocation of the CA; any
    other, those of the certificates that name its URL. New certificates name the `open` ones. `crl_number` is
    0 and the times are null before the first; `entries` and `published_at` are also null for a CRL that an
    earlier release published."""

    shard: str
    url: str
    open: bool
    complete: bool
    crl_number: int
    entries: int | None
    published_at: str | None
    this_update: str | None
    next_update: str | None


class AuthorityView(TypedDict):
    """`parent_id` is the root that signed the CA; null for a root, and below an external one. `key_spec` is
    KMS's name of its kind of key. `subject` and `issuer` are RFC 4514. `ca_id` is in every version that the
    CA issued. `crls` are the numbered ones, then `all`. `ocsp_url` is that in certificates that it issues.
    `revoked_at` and `revocation_reason` are null unless the root's CRL is to list the CA.
    `ocsp_revoked_for_all`: its responder calls all certificates of the CA revoked."""

    ca_id: str
    parent_id: str | None
    issuer_id: str
    role: Literal["root", "issuing"]
    state: AuthorityState
    revoked_at: str | None
    revocation_reason: str | None
    ocsp_revoked_for_all: bool
    subject: str
    issuer: str
    serial_number: str
    not_before: str
    not_after: str
    fingerprint_sha256: str
    key_algorithm: str
    key_bits: int | None
    key_spec: KeySpec
    ocsp_url: str | None
    crls: list[PublishedCrlView]


class AuthoritiesView(TypedDict):
    """Each root, the oldest first, followed by the CAs below it, the active ones before the others; then the
    CAs below external roots. Of the retired ones the first 100."""

    data: list[AuthorityView]


class ChainLinkView(TypedDict):
    """A certificate above the CA."""

    subject: str
    serial_number: str
    not_after: str
    fingerprint_sha256: str


class SigningRequestView(TypedDict):
    """A CSR that an external root has not signed yet."""

    subject: str
    csr_pem: str


class RotationView(TypedDict):
    """`replaces` and `replaced_by` are CAs. `pending_ca_id` is the next CA, which waits for its activation.
    From `due_at` on less than twice the longest lifetime of a leaf is left, from `late_at` on a leaf of that
    lifetime would outlive the CA; both are null unless the CA is issuing and active."""

    replaces: str | None
    replaced_by: str | None
    pending_ca_id: str | None
    request: SigningRequestView | None
    due_at: str | None
    late_at: str | None


class StackView(TypedDict):
    """What commands about the stack name. `is_local`: it is one that `make run` started."""

    name: str
    region: str
    is_local: bool


class AuthorityDetailsView(AuthorityView):
    """`key_arn` and `stack` are null unless the caller may change the catalog, `path_length` without a limit.
    `permitted_names` and `excluded_names` are the name constraints. `crl_urls`, `issuer_urls` and `ocsp_urls`
    are those in the CA's own certificate. The certificates that it issues carry `certificate_url`, `ocsp_url`
    and the URL of one of the open `crls`; none ends after `leaves_until`."""

    key_arn: str | None
    stack: StackView | None
    subject_key_identifier: str
    signature_algorithm: str
    path_length: int | None
    permitted_names: list[str]
    excluded_names: list[str]
    certificate_policies: list[str]
    crl_urls: list[str]
    issuer_urls: list[str]
    ocsp_urls: list[str]
    certificate_url: str
    leaves_until: str
    certificate_pem: str
    chain_pem: str
    chain: list[ChainLinkView]
    rotation: RotationView


class AuthorityUsesView(TypedDict):
    """A part of the count. `target_ids` are those of the certificates; another part may have the same."""

    ca_id: str
    certificates: int
    target_ids: list[str]
    next_cursor: str | None
    per_page: int


def authorities_view(found: "list[AuthorityOverview]") -> AuthoritiesView:
    return AuthoritiesView(data=[_authority_view(each) for each in found])


def authority_details_view(found: "AuthorityDetails", stack: "StackConfig | None") -> AuthorityDetailsView:
    """`stack` is None for a caller who may see neither its names nor the ARN of the key."""
    authority, facts = found.overview.authority, found.overview.facts
    return AuthorityDetailsView(
        **_authority_view(found.overview),
        key_arn=authority.key_arn if stack else None,
        stack=view_of(StackView, stack) if stack else None,
        subject_key_identifier=authority.subject_key_identifier,
        signature_algorithm=facts.signature_algorithm,
        path_length=facts.path_length,
        permitted_names=list(facts.permitted_names),
        excluded_names=list(facts.excluded_names),
        certificate_policies=list(facts.certificate_policies),
        crl_urls=list(facts.crl_urls),
        issuer_urls=list(facts.issuer_urls),
        ocsp_urls=list(facts.ocsp_urls),
        certificate_url=authority.certificate_url,
        leaves_until=to_wire(authority.last_leaf_ends),
        certificate_pem=authority.certificate_pem,
        chain_pem=authority.chain_pem,
        chain=[_link_view(each) for each in found.chain],
        rotation=_rotation_view(authority, found.rotation),
    )


def authority_uses_view(ca_id: str, part: "CaUses", per_page: int) -> AuthorityUsesView:
    return view_of(
        AuthorityUsesView,
        part,
        ca_id=ca_id,
        next_cursor=encode_cursor(position_view(part.next)),
        per_page=per_page,
    )


def _authority_view(found: "AuthorityOverview") -> AuthorityView:
    authority = found.authority
    return view_of(
        AuthorityView,
        found.facts,
        ca_id=authority.ca_id,
        parent_id=authority.parent_id,
        issuer_id=authority.issuer_id,
        role="root" if authority.role == "root" else "issuing",
        state=authority.state,
        revoked_at=to_wire_or_none(authority.revoked_at),
        revocation_reason=authority.revocation_reason,
        ocsp_revoked_for_all=bool(authority.ocsp_revokes_all),
        key_spec=found.key_spec,
        ocsp_url=authority.ocsp_url,
        crls=[_crl_view(authority, shard) for shard in found.shards],
    )


def _crl_view(authority: "Authority", shard: "CrlShard") -> PublishedCrlView:
    return view_of(
        PublishedCrlView,
        shard,
        complete=scope_of(authority, shard) is None,
        crl_number=int(shard.crl_number),
        entries=None if shard.entries is None else int(shard.entries),
    )


def _link_view(facts: "CertificateFacts") -> ChainLinkView:
    return view_of(ChainLinkView, facts)


def _rotation_view(authority: "Authority", rotation: "Rotation") -> RotationView:
    request = rotation.request
    return view_of(
        RotationView,
        rotation,
        replaces=authority.replaces,
        pending_ca_id=rotation.pending,
        request=SigningRequestView(subject=request.subject, csr_pem=request.csr_pem) if request else None,
    )
