"""More CRL shards for CAs that issue: those of earlier releases have one, large ones need more."""

from collections.abc import Callable

from certctl.connectors.pki_site import PkiSite
from certctl.domain.authorities.authorities import (
    FIRST_SHARDS,
    Authority,
    AuthorityState,
    CrlShard,
    shards_to_open,
)
from certctl.observability import logger
from certctl.store.authorities.authorities import AuthorityStore


class ShardExpansion:
    """`request_crls` makes the publisher function publish the CRLs of an issuing CA, and waits for it. A CA
    has `first_shards` at least."""

    def __init__(
        self,
        authorities: AuthorityStore,
        site: PkiSite,
        request_crls: Callable[[str], object],
        first_shards: int = FIRST_SHARDS,
    ) -> None:
        self._authorities = authorities
        self._site = site
        self._request_crls = request_crls
        self._first_shards = first_shards

    def expand_due(self) -> list[CrlShard]:
        """Those that were opened. Idempotent, also after a crash at any point, and concurrently. A CA that
        issues nothing yet is left to its activation. Raises Conflict, Unavailable."""
        opened = list[CrlShard]()
        for authority in self._authorities.all():
            if authority.role == "issuing" and authority.state is AuthorityState.ACTIVE:
                opened += self._expand(authority)
        return opened

    def _expand(self, authority: Authority) -> list[CrlShard]:
        shards = self._authorities.shards(authority.ca_id)
        if not any(shard.open for shard in shards):
            return []
        added = shards_to_open(authority, shards, self._first_shards)
        if not added:
            return []
        self._authorities.add_shards(added)
        self._request_crls(authority.ca_id)
        for shard in added:
            self._site.require_crl(authority, shard)
        self._authorities.open_shards(added)
        logger.info("opened CRL shards", extra={"ca_id": authority.ca_id, "opened": len(added)})
        return added
