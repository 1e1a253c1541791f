"""The CAs of the stack as people look at them: certificate, chain, CRLs, rotation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from certctl.crypto.authorities.facts import CertificateFacts, chain_facts, facts_of
from certctl.crypto.ca_keys import spec_of
from certctl.crypto.pem import load_certificate
from certctl.domain.authorities.authorities import ALL_SHARD, Authority, AuthorityRequest, CrlShard
from certctl.domain.authorities.hierarchies import in_tree_order
from certctl.domain.authorities.key_specs import KeySpec
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.errors import NotFound
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.authorities.changes import AuthorityChanges
from certctl.store.catalog.records import CatalogStore
from certctl.store.paging import in_parallel
from certctl.store.policies.lifetimes import longest_lifetime


@dataclass(frozen=True)
class AuthorityOverview:
    """`shards` are its CRLs, the numbered ones first, then `all`."""

    authority: Authority
    facts: CertificateFacts
    key_spec: KeySpec
    shards: tuple[CrlShard, ...]


@dataclass(frozen=True)
class Rotation:
    """`replaced_by` is the CA that names this one in `replaces`. `pending` waits to take over from it.
    `request` is the CSR that waits for an external root's certificate. `due_at` and `late_at` are None unless
    it is the active issuing CA."""

    replaced_by: str | None
    pending: str | None
    request: AuthorityRequest | None
    due_at: datetime | None
    late_at: datetime | None


@dataclass(frozen=True)
class AuthorityDetails:
    """`chain`: the certificates above it, up to the root."""

    overview: AuthorityOverview
    chain: tuple[CertificateFacts, ...]
    rotation: Rotation


@dataclass(frozen=True)
class Authorities:
    authorities: AuthorityStore
    changes: AuthorityChanges
    catalog: CatalogStore

    def all(self) -> list[AuthorityOverview]:
        """Every CA; of the retired ones the first 100. Each root is followed by the CAs below it."""
        live, retired = in_parallel(self.authorities.all, self.authorities.retired)
        found = in_tree_order([*live, *retired])
        shards = in_parallel(*[partial(self.authorities.shards, a.ca_id) for a in found])
        return [_overview(a, each) for a, each in zip(found, shards, strict=True)]

    def get(self, ca_id: str) -> AuthorityDetails:
        """Raises NotFound."""
        found, shards, longest = in_parallel(
            lambda: self._find(ca_id),
            partial(self.authorities.shards, ca_id),
            partial(longest_lifetime, self.catalog),
        )
        authority = found.authority
        chain = chain_facts(authority.chain_pem)
        return AuthorityDetails(_overview(authority, shards), chain, _rotation(found, longest))

    def _find(self, ca_id: str) -> "_CaWithPeers":
        live, retired = in_parallel(self.authorities.all, lambda: self.authorities.get_retired(ca_id))
        authority = next((a for a in live if a.ca_id == ca_id), retired)
        if authority is None:
            raise NotFound("There is no such CA.")
        request = self.changes.request(authority.issuer_id) if authority.role == "issuing" else None
        return _CaWithPeers(authority, live, request)


@dataclass(frozen=True)
class _CaWithPeers:
    """A CA beside those that are not retired, and the request of its issuer."""

    authority: Authority
    live: Sequence[Authority]
    request: AuthorityRequest | None


def _overview(authority: Authority, shards: Sequence[CrlShard]) -> AuthorityOverview:
    numbered = sorted((s for s in shards if s.shard != ALL_SHARD), key=lambda s: int(s.shard))
    joined = [s for s in shards if s.shard == ALL_SHARD]
    pem = authority.certificate_pem
    spec = spec_of(load_certificate(pem).public_key())
    return AuthorityOverview(authority, facts_of(pem), spec, (*numbered, *joined))


def _rotation(found: _CaWithPeers, longest: timedelta) -> Rotation:
    authority = found.authority
    peers = [a for a in found.live if (a.issuer_id, a.role) == (authority.issuer_id, authority.role)]
    issues = authority.role == "issuing" and authority.state is AuthorityState.ACTIVE
    pending = next((a.ca_id for a in peers if a.state is AuthorityState.PENDING), None)
    return Rotation(
        replaced_by=next((a.ca_id for a in peers if a.replaces == authority.ca_id), None),
        pending=pending if issues else None,
        request=found.request if issues else None,
        due_at=authority.rotation_due_at(longest) if issues else None,
        late_at=authority.rotation_late_at(longest) if issues else None,
    )
