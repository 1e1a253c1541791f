"""What a change of certificates and jobs is written with: stores, units of work, policies."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl.compose.rooms.catalog import CatalogFactories
from certctl.compose.rooms.routing import RoutingFactories

if TYPE_CHECKING:
    from certctl.compose.rooms.base import Base
    from certctl.unit_of_work.certificates.preconditions import IssuancePreconditions
    from certctl.unit_of_work.policies.enforcement import PolicyEnforcement
    from certctl.unit_of_work.stores import Stores
    from certctl.unit_of_work.units import Units


class ChangeFactories:
    def __init__(self, base: "Base") -> None:
        self.base = base
        self.catalog = CatalogFactories(base)
        self.routing = RoutingFactories(base)

    @cached_property
    def stores(self) -> "Stores":
        from certctl.store.authorities.authorities import AuthorityStore
        from certctl.store.certificates.certificates import CertificateStore
        from certctl.store.issuing.compromised_keys import CompromisedKeyStore
        from certctl.store.jobs.jobs import JobStore
        from certctl.store.revocation.revocations import RevocationStore
        from certctl.store.status.crl_changes import CrlChangeStore
        from certctl.unit_of_work.agents.targets import AgentTargets
        from certctl.unit_of_work.stores import Stores

        database, book = self.base.database, self.catalog.cached
        return Stores(
            database=database,
            certificates=CertificateStore(database, book.renewal_policy),
            jobs=JobStore(database),
            authorities=AuthorityStore(database),
            revocations=RevocationStore(database),
            crl_changes=CrlChangeStore(database),
            compromised_keys=CompromisedKeyStore(database),
            routing=self.routing.alert_routing,
            agent_targets=AgentTargets(book),
        )

    @property
    def units(self) -> "Units":
        return self.catalog.units

    @cached_property
    def policy_enforcement(self) -> "PolicyEnforcement":
        from certctl.store.policies.violations import ViolationStore
        from certctl.unit_of_work.policies.enforcement import PolicyEnforcement

        stores = self.stores
        return PolicyEnforcement(
            self.units,
            self.catalog.cached,
            ViolationStore(self.base.database),
            stores.standing_violations,
            stores.routing_of,
        )

    @cached_property
    def clearance(self) -> "IssuancePreconditions":
        if self.base.overrides.preconditions is not None:
            return self.base.overrides.preconditions
        from certctl.unit_of_work.certificates.preconditions import IssuancePreconditions

        return IssuancePreconditions(self.catalog.references, self.policy_enforcement, self.base.now)
