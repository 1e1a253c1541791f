"""The stores that the use cases on certificates share."""

from collections.abc import Sequence
from dataclasses import dataclass

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.reach import reachable
from certctl.domain.certificates.subjects import subject_of
from certctl.domain.certificates.versions import Version
from certctl.domain.jobs.jobs import Job
from certctl.domain.notifications.alerts import Alert
from certctl.domain.notifications.routing import NO_ALERTS, RoutingFacts
from certctl.domain.policies.name_limits import require_names
from certctl.domain.revocation.revocations import Revocation
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.access.subjects import SubjectStore
from certctl.store.agents.place_names import PlaceNames
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.catalog.records import CatalogStore
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.certificates.search_entries import SearchEntries
from certctl.store.database import Database
from certctl.store.follow_ups import FollowUpStore
from certctl.store.identity.admin_sign_ins import AdminSignInStore
from certctl.store.issuing.compromised_keys import CompromisedKeyStore
from certctl.store.issuing.refused_keys import RefusedKeys
from certctl.store.jobs.jobs import JobStore
from certctl.store.keys import KEYS_TO_REFUSE
from certctl.store.paging import in_parallel
from certctl.store.policies.states import PolicyStateStore
from certctl.store.policies.violations import ViolationStore
from certctl.store.revocation.revocations import RevocationStore
from certctl.store.status.crl_changes import CrlChangeStore
from certctl.unit_of_work.agents.deployments import Deployments
from certctl.unit_of_work.agents.targets import AgentTargets
from certctl.unit_of_work.jobs.four_eyes import FourEyes
from certctl.unit_of_work.jobs.people import People
from certctl.unit_of_work.jobs.requesters import Requesters
from certctl.unit_of_work.notifications.routing import AlertRouting
from certctl.unit_of_work.policies.standing_violations import StandingViolations
from certctl.unit_of_work.revocation.keys import KeyChanges


@dataclass(frozen=True)
class Stores:
    database: Database
    certificates: CertificateStore
    jobs: JobStore
    authorities: AuthorityStore
    revocations: RevocationStore
    crl_changes: CrlChangeStore
    compromised_keys: CompromisedKeyStore
    routing: AlertRouting
    agent_targets: AgentTargets

    def certificate_in_reach(
        self, caller: Principal, certificate_id: str, permission: Permission
    ) -> Certificate:
        """Raises NotFound, also for a certificate of another team."""
        return reachable(self.certificates.get(certificate_id), caller, permission)

    def certificate_to_change(
        self, caller: Principal, certificate_id: str, permission: Permission
    ) -> Certificate:
        """The certificate, in reach of the caller. Raises Forbidden for names that the caller's key may not
        have."""
        certificate = self.certificate_in_reach(caller, certificate_id, permission)
        require_names(caller.names, certificate.sans)
        return certificate

    @property
    def refused_keys(self) -> RefusedKeys:
        return RefusedKeys(self.database)

    @property
    def four_eyes(self) -> FourEyes:
        return FourEyes(ApiKeyStore(self.database), self.people)

    @property
    def people(self) -> People:
        return People(CatalogStore(self.database), AdminSignInStore(self.database))

    @property
    def requesters(self) -> Requesters:
        return Requesters(SubjectStore(self.database))

    @property
    def key_changes(self) -> KeyChanges:
        return KeyChanges(self.certificates, self.refused_keys, FollowUpStore(self.database, KEYS_TO_REFUSE))

    @property
    def deployments(self) -> Deployments:
        return Deployments(self.jobs, self.agent_targets)

    @property
    def names(self) -> PlaceNames:
        return PlaceNames(self.agent_targets.book)

    @property
    def search_entries(self) -> SearchEntries:
        return SearchEntries(self.database)

    @property
    def standing_violations(self) -> StandingViolations:
        violations, states = ViolationStore(self.database), PolicyStateStore(self.database)
        return StandingViolations(self.agent_targets.book, violations, states, self.routing_of)

    def routing_of(self, certificate: Certificate) -> RoutingFacts:
        """The routing of its alerts. Never raises."""
        return self.routing.facts_of(subject_of(certificate))

    def prefetch(self, certificate: Certificate) -> RoutingFacts:
        """Prefetches the data of a change: the routing of its alerts, and the policy that plans it."""
        routing, _ = in_parallel(
            lambda: self.routing_of(certificate), lambda: self.certificates.prefetch(certificate)
        )
        return routing

    def routing_for(self, alerts: Sequence[Alert], certificate: Certificate) -> RoutingFacts:
        """Read only if there are alerts to route."""
        return self.routing_of(certificate) if alerts else NO_ALERTS

    def certificate_of(self, job: Job) -> Certificate | None:
        """The job's certificate; None for work on many certificates."""
        return self.certificates.get(job.certificate_id) if job.certificate_id else None

    def marks_of(self, versions: Sequence[Version]) -> dict[str, Revocation]:
        """Revoked and held versions, by serial; strongly consistent."""
        return self.revocations.of_versions(versions)
