"""The external issuer worker over a stack's tables in moto, with a real ACME server as issuer."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from certctl.connectors.address_guard import AddressGuard, GuardPolicy
from certctl.connectors.aws.secrets import Secrets
from certctl.connectors.issuers import Factories, build_issuer
from certctl.connectors.issuers.acme.issuer import AcmeIssuers
from certctl.connectors.issuers.base import ExternalIssuer, IssuerDependencies
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.kinds import BUILT_IN_KINDS
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Issuer
from certctl.domain.kinds import IssuerType
from certctl.services.issuing.health import IssuerHealth
from certctl.store.catalog.issuer_health import IssuerContactStore
from certctl.store.issuing.acme import AcmeStore
from tests.support.aws.clients import client
from tests.support.issuing.external import ExternalPlane
from tests.support.issuing.loopback import AcmeServer

ISSUER = "iss-acme"
WELL_KNOWN = "/.well-known/acme-challenge/"
_SHORT_WAIT = 0.2


class Route53OfPebble:
    """moto's Route 53, whose records the ACME server's DNS returns."""

    def __init__(self, pebble: AcmeServer) -> None:
        self._moto = client("route53")
        self._pebble = pebble

    def __getattr__(self, name: str) -> Any:
        return getattr(self._moto, name)

    def change_resource_record_sets(self, **parameters: Any) -> Any:
        changes = parameters["ChangeBatch"]["Changes"]
        names = {change["ResourceRecordSet"]["Name"] for change in changes}
        deleted = {c["ResourceRecordSet"]["Name"] for c in changes if c["Action"] == "DELETE"}
        for change in changes:  # moto refuses to create what the same batch deletes
            if change["Action"] == "CREATE" and change["ResourceRecordSet"]["Name"] in deleted:
                change["Action"] = "UPSERT"
        answer = self._moto.change_resource_record_sets(**parameters)
        for name in names:
            self._pebble.set_txt(name, self.values(parameters["HostedZoneId"], name))
        return answer

    def values(self, zone_id: str, name: str) -> list[str]:
        sets = self._moto.list_resource_record_sets(HostedZoneId=zone_id)["ResourceRecordSets"]
        found = [s for s in sets if s["Type"] == "TXT" and s["Name"] == name]
        return [record["Value"].strip('"') for s in found for record in s["ResourceRecords"]]


@dataclass
class AcmePlane(ExternalPlane):
    pebble: AcmeServer
    config: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.acme = AcmeStore(self.plane.pki.database, self.plane.pki.clock)
        self.contacts = IssuerContactStore(self.plane.pki.database)
        self.noting = IssuerHealth(self.contacts, self.plane.pki.clock)
        self.route53 = Route53OfPebble(self.pebble)
        self.pebble.serve(self._answer)

    def _answer(self, path: str) -> str | None:
        return self.acme.key_authorization(path.removeprefix(WELL_KNOWN))

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "directory_url": self.pebble.directory_url,
            "terms_of_service_agreed": True,
            "ca_bundle": self.pebble.identity.certificate_pem,
            **self.config,
        }

    def issuer(self) -> ExternalIssuer:
        factories: Factories = {IssuerType.ACME: AcmeIssuers(self.acme).build}
        return build_issuer(self.entry(), factories, self.dependencies(), BUILT_IN_KINDS)

    def entry(self) -> Entry[Issuer]:
        now = self.plane.pki.clock()
        content = Issuer(IssuerType.ACME, self.settings)
        return Entry(Kind.ISSUER, ISSUER, "ACME", content, created_at=now, updated_at=now)

    def dependencies(self) -> IssuerDependencies:
        clients: Mapping[str, Any] = {"route53": self.route53}
        guard = AddressGuard(GuardPolicy.for_local_mode(["127.0.0.0/8", "::1/128"]))
        secrets = Secrets("test", lambda: client("ssm"), lambda: client("secretsmanager"))
        return IssuerDependencies(
            stack="test",
            guard=guard,
            secrets=secrets,
            client=lambda service: clients.get(service) or client(service),
            health=self.noting,
        )

    def let_pass(self, seconds: float) -> None:
        """The server works in real time."""
        time.sleep(min(seconds, _SHORT_WAIT))
        super().let_pass(seconds)
