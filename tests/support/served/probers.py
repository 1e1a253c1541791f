"""Probers for tests: what a server shows, as a prober reports it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import certifi

from certctl.compose.rooms.base import Base
from certctl.compose.rooms.recording import RecordingFactories
from certctl.crypto.pem import load_certificates
from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.inventory.endpoints.endpoints import PUBLIC, Endpoint
from certctl.domain.inventory.endpoints.incidents import Incident
from certctl.domain.inventory.endpoints.probes import Offer, ProbeError
from certctl.domain.inventory.endpoints.reported import (
    ReportedAddress,
    ReportedHandshake,
    ReportedProbe,
    ShownChain,
)
from certctl.domain.inventory.endpoints.requests import NewEndpoint, Wanted
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.statuses import NotificationType
from certctl.services.inventory.endpoints import Endpoints
from certctl.services.inventory.foreign_revocations import ForeignRevocations
from certctl.services.inventory.probe_reports import ProbeReports, ask_nobody
from certctl.services.inventory.quiet_probes import QuietProbes
from certctl.services.inventory.served import ServedCertificates
from certctl.store.inventory.endpoints import EndpointStore
from certctl.store.inventory.scopes import ScopeStore, SourceStore
from certctl.store.notifications.notifications import NotificationStore
from certctl.unit_of_work.inventory.endpoint_changes import EndpointChanges
from certctl.unit_of_work.inventory.endpoint_places import EndpointPlaces
from certctl.unit_of_work.inventory.probe_sightings import ProbeSightings
from certctl.unit_of_work.inventory.probers import Probers
from tests.support.functions.control_plane import ADMIN, CHANNELS, ControlPlane
from tests.support.served.private_pki import ders

PROBER = Actor("system/endpoint_prober", ActorType.SYSTEM)
MINUTES = timedelta(minutes=1)


@dataclass(frozen=True)
class Watched:
    """A control plane with endpoints; its clock moves with each probe. `public_roots` is a file of PEM."""

    plane: ControlPlane
    public_roots: str = ""
    revocations: ForeignRevocations | None = None

    @property
    def endpoints(self) -> Endpoints:
        plane, store = self.plane, self.store
        database = plane.pki.database
        probers = Probers(ScopeStore(database), SourceStore(database), store)
        return Endpoints(self.changes, probers, plane.pki.clock)

    @property
    def changes(self) -> EndpointChanges:
        places = EndpointPlaces(self.plane.pki.database)
        return EndpointChanges(self.plane.stores, self.plane.units, self.store, places)

    @property
    def store(self) -> EndpointStore:
        return EndpointStore(self.plane.pki.database)

    @property
    def reports(self) -> ProbeReports:
        plane, clock = self.plane, self.plane.pki.clock
        served = ServedCertificates(plane.stores, clock, self.public_roots or certifi.where())
        scopes = ScopeStore(plane.pki.database)
        quiet = QuietProbes(plane.stores.certificates)
        ask_cas = self.revocations.looked_up if self.revocations else ask_nobody
        sightings = ProbeSightings(RecordingFactories(Base(plane.overrides)).recorder, self.changes.places)
        return ProbeReports(self.changes, scopes, served, sightings, quiet, clock, ask_cas)

    def endpoint(self, *certificates: Certificate, host: str = "www.example.com", team: str = "") -> Endpoint:
        self.plane.channels = CHANNELS
        team = team or ("" if certificates else "t-default")
        wanted = Wanted(tuple(each.id for each in certificates))
        return self.endpoints.create(
            ADMIN, NewEndpoint(host, 443, server_name="www.example.com", team_id=team, wanted=wanted)
        )

    def chain(self, certificate: Certificate) -> tuple[bytes, ...]:
        """What the newest version of a certificate is served with."""
        serial = self.plane.certificate(certificate.id).serial_number or ""
        pem = self.plane.stores.certificates.pem(certificate.id, serial)
        assert pem is not None
        return ders(*load_certificates(pem.certificate_pem + pem.chain_pem))

    def probed(
        self,
        endpoint: Endpoint,
        chain: Sequence[bytes],
        *,
        after: timedelta = 5 * MINUTES,
        prober: str = PUBLIC,
        offers: Sequence[Offer] = (Offer.DEFAULT,),
    ) -> str:
        """What the report of a probe does; without a chain, nothing answers. Every offer shows the same."""
        self.plane.pki.clock.advance(after)
        error = None if chain else ProbeError.TIMEOUT
        shown = ShownChain(tuple(chain))
        handshakes = tuple(ReportedHandshake(each, "TLSv1.3", shown, error) for each in offers)
        probe = ReportedProbe(
            endpoint.id, self.plane.pki.clock(), (ReportedAddress("192.0.2.1", handshakes),)
        )
        return self.taken(probe, prober)

    def taken(self, probe: ReportedProbe, prober: str = PUBLIC) -> str:
        """What a report does, with the permissions of the function that takes it."""
        function = "endpoint_prober" if prober == PUBLIC else "agents_api"
        reports = self.plane.privileges.within(function, self.reports)
        known = self.store.get_many([probe.endpoint_id])
        (outcome,) = reports.take(prober, PROBER, [probe], known)
        return outcome

    def now(self, endpoint: Endpoint) -> Endpoint:
        return self.endpoints.get(ADMIN, endpoint.id)

    def findings(self, endpoint: Endpoint) -> list[str]:
        return [each.finding.value for each in self.now(endpoint).open_findings]

    def incident(self, subject_id: str, endpoint: Endpoint) -> Incident | None:
        (state,) = self.now(endpoint).findings
        return self.store.incident(subject_id, state.finding)

    def alerts(self) -> list[Notification]:
        """The alerts of one channel, in the order of their making."""
        ids = list(dict.fromkeys(each.id for each in self.plane.notification_nudges))
        found = {each.id: each for each in NotificationStore(self.plane.pki.database).get_many(ids)}
        rows = [found[each] for each in ids]
        first = CHANNELS[0].channel_id
        return [r for r in rows if r.type is NotificationType.ENDPOINT_PROBLEM and r.channel_id == first]
