"""The external issuer worker with an AwsPca issuer, whose client is botocore's, and the CA on loopback."""

from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from itertools import count
from typing import Any

import botocore.session
from botocore.config import Config

from certctl.connectors.address_guard import AddressGuard, GuardPolicy
from certctl.connectors.aws.secrets import Secrets
from certctl.connectors.issuers import Factories, build_issuer
from certctl.connectors.issuers.aws_pca.issuer import AwsPcaIssuers
from certctl.connectors.issuers.base import ExternalIssuer, IssuerDependencies
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.kinds import BUILT_IN_KINDS
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Issuer
from certctl.domain.kinds import IssuerType
from certctl.services.issuing.health import IssuerHealth
from certctl.store.catalog.issuer_health import IssuerContactStore
from tests.support.aws.clients import REGION, client
from tests.support.issuing.external import ExternalPlane
from tests.support.issuing.private_ca.model import ARN
from tests.support.issuing.private_ca.server import PrivateCaServer
from tests.support.revocation.interruptions import die, nothing

ISSUER = "iss-pca"
ALL = ("DescribeCertificateAuthority", "IssueCertificate", "GetCertificate", "RevokeCertificate")
_NOWHERE = "http://127.0.0.1:9"


def pca_client(url: str, region: str = REGION) -> Any:
    config = Config(connect_timeout=1, read_timeout=5, retries={"total_max_attempts": 1})
    session = botocore.session.get_session()
    session.set_credentials("testing", "testing")
    return session.create_client("acm-pca", region_name=region, endpoint_url=url, config=config)


@dataclass(frozen=True)
class _Between:
    """A client, and what happens around its request for a certificate."""

    client: Any
    before: Callable[[], None]
    after: Callable[[], None]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def issue_certificate(self, **parameters: Any) -> Any:
        self.before()
        response = self.client.issue_certificate(**parameters)
        self.after()
        return response


@dataclass
class PcaPlane(ExternalPlane):
    """The plane itself is a candidate of the conformance checks."""

    server: PrivateCaServer
    config: dict[str, Any] = field(default_factory=dict)
    finds_certificates = False
    """Only while the token lasts."""

    def __post_init__(self) -> None:
        self.contacts = IssuerContactStore(self.plane.pki.database)
        self.health = IssuerHealth(self.contacts, self.plane.pki.clock)
        self.regions: list[str] = []
        self.is_down = False
        numbers = count(1)
        self.kind = AwsPcaIssuers(self._client, self.plane.pki.clock, lambda: f"token-{next(numbers)}")
        self._clients = cache(pca_client)
        self._between: Callable[[Any], Any] = lambda client: client

    def _client(self, region: str) -> Any:
        self.regions.append(region)
        return self._between(self._clients(_NOWHERE if self.is_down else self.server.url, region))

    @property
    def at(self) -> ExternalPlane:
        return self

    @property
    def refused_name(self) -> str:
        return self.server.model.refused_name

    def issuer(self) -> ExternalIssuer:
        factories: Factories = {IssuerType.AWS_PCA: self.kind.build}
        return build_issuer(self.entry(), factories, self._dependencies(), BUILT_IN_KINDS)

    def entry(self) -> Entry[Issuer]:
        now = self.plane.pki.clock()
        content = Issuer(IssuerType.AWS_PCA, {"ca_arn": ARN, **self.config})
        return Entry(Kind.ISSUER, ISSUER, "Private CA", content, created_at=now, updated_at=now)

    def _dependencies(self) -> IssuerDependencies:
        secrets = Secrets("test", lambda: client("ssm"), lambda: client("secretsmanager"))
        guard = AddressGuard(GuardPolicy.for_stack())
        return IssuerDependencies("test", guard, secrets, client, self.health)

    def forget(self) -> None:
        """What the process knows of the CA, as a new one."""
        self.kind._known.clear()

    @contextmanager
    def down(self) -> Iterator[None]:
        self.forget()
        self.is_down = True
        yield
        self.is_down = False

    @contextmanager
    def asking_for(self, wait: timedelta) -> Iterator[None]:
        with self.during(throttles=ALL):
            self.server.wait = wait
            yield
        self.server.wait = None

    @contextmanager
    def dying(self, *, is_sent: bool) -> Iterator[None]:
        """The worker is killed when it requests a certificate, before or after the request is sent."""
        with self._put_between(after=die) if is_sent else self._put_between(before=die):
            yield

    @contextmanager
    def overtaken(self, act: Callable[[], None]) -> Iterator[None]:
        """`act` happens once, while the worker waits for the response to its request."""
        acts = iter([act])
        with self._put_between(after=lambda: next(acts, nothing)()):
            yield

    @contextmanager
    def _put_between(
        self, before: Callable[[], None] = nothing, after: Callable[[], None] = nothing
    ) -> Iterator[None]:
        self._between = lambda client: _Between(client, before, after)
        try:
            yield
        finally:
            self._between = lambda client: client

    @contextmanager
    def losing_responses(self) -> Iterator[None]:
        with self.during(loses=("IssueCertificate",)):
            yield

    @contextmanager
    def during(self, **failures: Collection[str]) -> Iterator[None]:
        """While the server fails so."""
        with ExitStack() as stack:
            for name, operations in failures.items():
                stack.callback(setattr, self.server, name, getattr(self.server, name))
                setattr(self.server, name, operations)
            yield

    def signed(self) -> Collection[str]:
        return self.server.model.serials()

    def is_revoked(self, serial: str) -> bool:
        return self.server.model.reason_of(serial) is not None
