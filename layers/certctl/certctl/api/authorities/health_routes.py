"""Routes of health checks."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypedDict

from certctl.api.resolver import ANYONE, Api
from certctl.domain.errors import NotServed, Unavailable

if TYPE_CHECKING:
    from certctl.store.authorities.authorities import AuthorityStore

_TAGS = ["public"]


class HealthView(TypedDict):
    status: str


def add_health_routes(api: Api, authorities: "Callable[[], AuthorityStore]") -> None:
    """Adds two routes for anyone; neither is audited."""

    @api.get("/health", ANYONE, summary="The function runs", tags=_TAGS)
    def health() -> HealthView:
        return HealthView(status="ok")

    @api.get("/ready", ANYONE, summary="The database responds and there is a CA to issue with", tags=_TAGS)
    def ready() -> HealthView:
        from certctl.domain.certificates.defaults import DEFAULT_ISSUER  # /health needs no store

        authority = authorities().active_issuing(DEFAULT_ISSUER)
        if authority is None:
            raise Unavailable("There is no active CA yet.")
        if not any(shard.open for shard in authorities().shards(authority.ca_id)):
            raise NotServed(authority.why_closed)
        return HealthView(status="ready")
