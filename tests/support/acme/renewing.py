"""ACME clients that look for their renewal window (RFC 9773), and renew at a random point in it."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from certctl.compose.rooms.acme.orders import AcmeOrderFactories
from certctl.crypto.acme.cert_ids import CertId, cert_id_of
from certctl.crypto.pem import load_certificate
from certctl.domain.acme.orders import Order
from certctl.domain.acme.renewal_info import RenewalAdvice
from certctl.services.acme.renewal_info import RenewalInfo
from tests.support.acme.orders import AcmeClient, csr_for
from tests.support.functions.control_plane import ControlPlane
from tests.support.issuing.csr import PrivateKey, new_key


def renewal_info(plane: ControlPlane) -> RenewalInfo:
    return plane.privileges.within("acme_api", AcmeOrderFactories(plane.changes).renewal_info)


@dataclass
class Renewing:
    """One site of a client. It keeps its key if it `reuses_key`; without `reads_windows` it renews by the
    clock alone, which never comes here."""

    client: AcmeClient
    name: str
    random: Random = field(default_factory=lambda: Random(1))  # noqa: S311  # a seed repeats it
    reads_windows: bool = True
    reuses_key: bool = False
    key: PrivateKey = field(default_factory=new_key)
    order: Order = field(init=False)
    named: CertId = field(init=False)
    renewals: int = 0

    def __post_init__(self) -> None:
        self._order()

    @property
    def certificate_id(self) -> str:
        assert self.order.certificate_id
        return self.order.certificate_id

    def advice(self, info: RenewalInfo) -> RenewalAdvice:
        return info.of(self.named)

    def look(self, info: RenewalInfo, next_look: datetime) -> bool:
        """Renews if the point that it draws comes before its next look."""
        if not self.reads_windows:
            return False
        window = self.advice(info).window
        if window.start + (window.end - window.start) * self.random.random() > next_look:
            return False
        self.renew()
        return True

    def renew(self) -> None:
        if not self.reuses_key:
            self.key = new_key()
        self.renewals += 1
        self._order()

    def _order(self) -> None:
        csr = csr_for(self.name, [f"DNS:{self.name}"], self.key)
        self.order = self.client.finalized(self.name, csr=csr)
        self.client.plane.signing().process(str(self.order.job_id))
        found = cert_id_of(load_certificate(self.client.download(self.order)))
        assert found is not None
        self.named = found
