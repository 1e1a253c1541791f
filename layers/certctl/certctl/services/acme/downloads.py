"""Certificates that ACME clients download (RFC 8555 section 7.4.2), and the effects of the first download."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from certctl.crypto.acme.cert_ids import parse_cert_id
from certctl.crypto.pem import load_certificate
from certctl.domain.access.permissions import Permission
from certctl.domain.acme.orders import Order
from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.acme.views import AcmeCaller
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.versions import IssuedPem
from certctl.domain.errors import AwsRefusal, ChangedMeanwhile, Conflict, Unavailable
from certctl.domain.jobs.statuses import JobStatus
from certctl.observability import logger
from certctl.store.acme.orders import OrderStore
from certctl.unit_of_work.acme.issued import IssuedCertificates
from certctl.unit_of_work.acme.orders import OrderReads
from certctl.unit_of_work.certificates.archiving import Archiving
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.stores import Stores


@dataclass(frozen=True)
class Downloads:
    stores: Stores
    orders: OrderStore
    reads: OrderReads
    issued: IssuedCertificates
    archiving: Archiving
    now: Callable[[], datetime]

    def certificate(self, caller: AcmeCaller, order_id: str) -> str:
        """The leaf, then the CA that issued it, as PEM. Raises AcmeProblem."""
        order = self.reads.get(caller, order_id)
        pem = self._pem(order)
        if order.downloaded_at is None:
            self._note(caller, order, pem)
        return pem.certificate_pem + pem.chain_pem

    def _pem(self, order: Order) -> IssuedPem:
        job = self.reads.job_of(order)
        if job is None or job.status is not JobStatus.COMPLETED:
            raise AcmeProblem(ProblemType.ORDER_NOT_READY, "This order has no certificate.")
        serial, certificate_id = job.serial_number, order.certificate_id
        pem = self.stores.certificates.pem_now(certificate_id, serial) if certificate_id and serial else None
        if pem is None:
            raise AcmeProblem(ProblemType.MALFORMED, "There is no such certificate.", 404)
        return pem

    def _note(self, caller: AcmeCaller, order: Order, pem: IssuedPem) -> None:
        """The client gets its certificate, whatever fails here: its next download repeats it."""
        try:
            self._archive_replaced(caller, order)
            with suppress(ChangedMeanwhile):
                self._mark_version(pem)
            self.stores.database.write_or_refuse(self.orders.downloaded_step(order, self.now()))
        except (Conflict, Unavailable, AwsRefusal):
            logger.warning("a first download is not recorded", exc_info=True, extra={"order": order.id})

    def _mark_version(self, pem: IssuedPem) -> None:
        """Campaigns take it for deployed (ADR 75). Raises ChangedMeanwhile if it is marked."""
        not_after = load_certificate(pem.certificate_pem).not_valid_after_utc
        step = self.stores.certificates.downloaded_step(
            pem.certificate_id, pem.serial_number, not_after, self.now()
        )
        self.stores.database.write_or_refuse(step)

    @retry_on_conflict
    def _archive_replaced(self, caller: AcmeCaller, order: Order) -> None:
        """The client has no use any more for the record of the certificate that this one replaces, if its
        names or its profile are other ones: otherwise its record is that of this one."""
        before = self._replaced(order)
        if before is None or not _is_left_behind(caller, order, before):
            return
        now = self.now()
        details = {"acme_account_id": order.account_id, "acme_order_id": order.id}
        self.archiving.write(caller.principal.actor, self.archiving.read(before, now), now, details)

    def _replaced(self, order: Order) -> Certificate | None:
        found = self.issued.find(parse_cert_id(order.replaces)) if order.replaces else None
        return self.stores.certificates.get(found.known.certificate_id) if found else None


def _is_left_behind(caller: AcmeCaller, order: Order, before: Certificate) -> bool:
    is_same = set(before.sans) == set(order.sans) and before.certificate_profile_id == order.profile_id
    is_related = before.acme is not None and before.acme.eab_key_id == order.eab_key_id
    shares_names = not set(before.sans).isdisjoint(order.sans)
    is_in_reach = caller.principal.reaches_team(Permission.CERTIFICATES_WRITE, before.team_id)
    return before.may_be_issued and is_related and shares_names and is_in_reach and not is_same
