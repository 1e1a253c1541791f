"""The edge of every function behind the API, also of those without keys."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl import config

if TYPE_CHECKING:
    from certctl.api.edge import Edge
    from certctl.api.resolver import ApiServices
    from certctl.compose.rooms.base import Base
    from certctl.services.identity.authentication import Authentication


class ApiFactories:
    def __init__(self, base: "Base") -> None:
        self._base = base

    @cached_property
    def edge(self) -> "Edge":
        from certctl.api.edge import Edge

        configured = config.edge()
        return Edge(configured.origin_secrets, configured.is_only_way)

    def services(self, authentication: "Authentication | None") -> "ApiServices":
        """`authentication` is None if the function may not read credentials."""
        from certctl.api.resolver import ApiServices
        from certctl.services.audit.api_calls import ApiCallAudit
        from certctl.store.idempotency import IdempotencyStore
        from certctl.store.quotas import audit_samples

        database, now = self._base.database, self._base.now
        audit = ApiCallAudit(self._base.audit, audit_samples(database), now)
        return ApiServices(authentication, audit, IdempotencyStore(database), now)
