"""The issuer of `examples/lab_ca` over a stack's tables in moto."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from certctl.connectors.address_guard import AddressGuard, GuardPolicy
from certctl.connectors.aws.secrets import Secrets
from certctl.connectors.issuers import Factory, build_issuer
from certctl.connectors.issuers.base import ExternalIssuer, IssuerDependencies, UnkeptHealth
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Issuer
from examples.lab_ca import LAB_CA, Lab
from examples.lab_ca.lab import REFUSED_NAME
from tests.support.aws.clients import client
from tests.support.catalog.fictitious import KINDS
from tests.support.issuing.external import ExternalPlane

SETTINGS = {"server": "https://lab.example.com", "credentials": {"password": "certctl/test/issuers/lab"}}


@dataclass
class LabPlane(ExternalPlane):
    """`factory` makes the connector from its record, as in a stack. The plane itself is a candidate of the
    conformance checks."""

    lab: Lab
    factory: Factory
    finds_certificates: bool = field(default=True, kw_only=True)
    refused_name = REFUSED_NAME

    @property
    def at(self) -> ExternalPlane:
        return self

    def issuer(self) -> ExternalIssuer:
        return build_issuer(self.entry(), {LAB_CA.type: self.factory}, self._dependencies(), KINDS)

    def entry(self) -> Entry[Issuer]:
        now = self.plane.pki.clock()
        content = Issuer(LAB_CA.type, SETTINGS)
        return Entry(Kind.ISSUER, "iss-lab", "Lab", content, created_at=now, updated_at=now)

    def _dependencies(self) -> IssuerDependencies:
        secrets = Secrets("test", lambda: client("ssm"), lambda: client("secretsmanager"))
        guard = AddressGuard(GuardPolicy.for_stack())
        return IssuerDependencies("test", guard, secrets, client, UnkeptHealth())

    @contextmanager
    def down(self) -> Iterator[None]:
        self.lab.fault = "the lab is closed"
        yield
        self.lab.fault = None

    @contextmanager
    def asking_for(self, wait: timedelta) -> Iterator[None]:
        self.lab.wait = wait
        yield
        self.lab.wait = None

    @contextmanager
    def losing_responses(self) -> Iterator[None]:
        self.lab.loses_responses = True
        yield
        self.lab.loses_responses = False

    def signed(self) -> Collection[str]:
        return self.lab.signed.keys()

    def is_revoked(self, serial: str) -> bool:
        return serial in self.lab.revoked
