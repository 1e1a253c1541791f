"""The scopes of CRLs."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from certctl.domain.authorities.authorities import Authority, CrlShard


def scope_of(authority: "Authority", shard: "CrlShard") -> str | None:
    """The URL in the IDP of its CRL, which is that in the CDP of its leaves; None for a complete CRL, which
    has no IDP. In rows of earlier releases the root's CRL and `all` were complete, and no other."""
    is_complete = shard.complete or authority.role == "root" or not shard.is_numbered
    return None if is_complete else shard.url
