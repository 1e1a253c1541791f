"""ACME accounts with their EAB keys over a control plane, whose orders acme_api takes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certctl.compose.rooms.acme.orders import AcmeOrderFactories
from certctl.compose.rooms.base import Base
from certctl.compose.rooms.changes import ChangeFactories
from certctl.crypto.acme.keys import jwk_of, thumbprint
from certctl.crypto.pem import certificate_der, load_certificate
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Grant
from certctl.domain.access.subjects import Subject, SubjectKind, new_subject
from certctl.domain.acme.accounts import PREFIX, AcmeAccount
from certctl.domain.acme.callers import caller_of
from certctl.domain.acme.eab_keys import AuthorizationMode, EabKey
from certctl.domain.acme.orders import Order
from certctl.domain.acme.views import AcmeCaller, OrderView, WantedOrder
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.ids import new_id
from certctl.services.acme.downloads import Downloads
from certctl.services.acme.finalizing import Finalizing
from certctl.services.acme.orders import Orders
from certctl.services.acme.revoking import Revocations
from certctl.store.access.subjects import SubjectStore
from certctl.store.acme.accounts import AcmeAccountStore
from certctl.store.acme.eab_keys import EabKeyStore
from certctl.store.acme.orders import OrderStore
from tests.support.acme.key_fields import an_eab_key
from tests.support.functions.control_plane import ControlPlane
from tests.support.issuing.csr import PrivateKey, csr_pem, new_key

NAME = "www.example.com"


@dataclass
class AcmeClient:
    """An ACME account, and what it asks the server for."""

    plane: ControlPlane
    caller: AcmeCaller
    key: PrivateKey
    pauses: list[float] = field(default_factory=list)
    on_pause: Callable[[], None] = lambda: None

    @property
    def orders(self) -> Orders:
        return self._within(self._composed().orders)

    @property
    def finalizing(self) -> Finalizing:
        return self._within(self._composed().finalizing)

    @property
    def downloads(self) -> Downloads:
        return self._within(self._composed().downloads)

    @property
    def revocations(self) -> Revocations:
        return self._within(self._composed().revocations)

    def _within[S](self, service: S) -> S:
        return self.plane.privileges.within("acme_api", service)

    def _composed(self) -> AcmeOrderFactories:
        overrides = replace(self.plane.overrides, sleep=self._pause)
        return AcmeOrderFactories(ChangeFactories(Base(overrides)))

    def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.plane.pki.clock.advance(timedelta(seconds=seconds))
        self.plane.privileges.of(None, self.on_pause)()

    def wanted(self, *names: str, **fields: Any) -> WantedOrder:
        return WantedOrder([identifier(each) for each in names or (NAME,)], **fields)

    def order(self, *names: str, **fields: Any) -> OrderView:
        return self.orders.create(self.caller, self.wanted(*names, **fields))

    def finalize(self, order: Order, csr: bytes | None = None) -> OrderView:
        asked = csr_for(order.identifiers[0].value, order.sans) if csr is None else csr
        return self.finalizing.finalize(self.caller, order.id, asked)

    def read(self, order: Order) -> OrderView:
        return self.orders.read(self.caller, order.id)

    def download(self, order: Order) -> str:
        return self.downloads.certificate(self.caller, order.id)

    def revoke(self, der: bytes, reason: int | None = None) -> None:
        self.revocations.by_account(self.caller, der, reason)

    def der(self, order: Order) -> bytes:
        """The issued certificate."""
        return certificate_der(load_certificate(self.download(order)))

    def finalized(self, *names: str, csr: bytes | None = None, **fields: Any) -> Order:
        return self.finalize(self.order(*names, **fields).order, csr).order

    def issued(self, *names: str, **fields: Any) -> Order:
        """An order whose certificate is issued, and not downloaded yet."""
        order = self.finalized(*names, **fields)
        self.plane.work()
        return order

    def record(self, order: Order) -> Certificate:
        assert order.certificate_id
        return self.plane.certificate(order.certificate_id)

    def stored(self, order: Order) -> Order:
        found = OrderStore(self.plane.pki.database).get(order.account_id, order.id)
        assert found
        return found

    def edited(self, **fields: Any) -> "AcmeClient":
        """The same ACME account after an edit of its EAB key."""
        key = replace(self.caller.eab_key, **fields)
        return replace(self, caller=replace(self.caller, eab_key=key))


def identifier(name: str) -> dict[str, str]:
    is_address = ":" in name or name.replace(".", "").isdigit()
    return {"type": "ip" if is_address else "dns", "value": name}


def csr_for(
    common_name: str | None,
    sans: Sequence[str],
    key: PrivateKey | None = None,
    extensions: Sequence[x509.ExtensionType] = (),
) -> bytes:
    """DER."""
    pem = csr_pem(common_name, sans, key, extensions)
    return x509.load_pem_x509_csr(pem.encode()).public_bytes(Encoding.DER)


def eab_key(plane: ControlPlane, subject: Subject, **fields: Any) -> EabKey:
    """A key for names in example.com, trusted, unless `fields` say otherwise; it is stored."""
    now = plane.pki.clock()
    values: dict[str, Any] = {
        "id": new_id("eab", now),
        "name": "Web servers",
        "service_account_id": subject.id,
        "team_id": "t-default",
        "owner_id": "o-default",
        "names": ("DNS:**.example.com", "IP:192.0.2.0/24"),
        "authorization": AuthorizationMode.TRUSTED,
    }
    key = an_eab_key(now, **values | fields)
    plane.pki.database.transact(EabKeyStore(plane.pki.database).create_steps(key))
    return key


def service_account(plane: ControlPlane, teams: Sequence[str] = ("*",), **fields: Any) -> Subject:
    subject = new_subject(
        SubjectKind.SERVICE_ACCOUNT, [Grant(Role.OPERATOR, tuple(teams))], plane.pki.clock()
    )
    subject = replace(subject, **fields)
    plane.pki.database.write(SubjectStore(plane.pki.database).create_step(subject))
    return subject


def client_of(plane: ControlPlane, key: EabKey, subject: Subject) -> AcmeClient:
    """A new ACME account."""
    own, now = new_key(), plane.pki.clock()
    jwk = jwk_of(own.public_key())
    assert jwk
    account = AcmeAccount(
        id=new_id(PREFIX, now),
        eab_key_id=key.id,
        service_account_id=subject.id,
        team_id=key.team_id,
        thumbprint=thumbprint(jwk),
        jwk=jwk,
        created_at=now,
        updated_at=now,
    )
    plane.pki.database.transact(AcmeAccountStore(plane.pki.database).create_steps(account))
    return AcmeClient(plane, caller_of(account, key, subject), own)


def new_client(plane: ControlPlane, **fields: Any) -> AcmeClient:
    """A new ACME account of a new EAB key and a new service account."""
    subject = service_account(plane)
    return client_of(plane, eab_key(plane, subject, **fields), subject)
