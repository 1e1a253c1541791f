"""OCSP URLs of CAs: stored once a responder answers there in public, then named by each new certificate."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from certctl.domain.audit.events import Actor
from certctl.domain.authorities.authorities import Authority, ocsp_url_for
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.errors import Conflict, NotServed, Unavailable
from certctl.observability import logger
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.authorities.changes import AuthorityChanges
from certctl.store.status.ocsp_responders import ResponderStore
from certctl.unit_of_work.authorities import authority_resource
from certctl.unit_of_work.units import Units

_PATIENCE = timedelta(seconds=60)
"""A host that does not answer costs ten seconds; the CAs that are left have their turn an hour later."""


@dataclass(frozen=True)
class OcspUrls:
    """`fault_of_answer` takes a CA's id and the hex of a serial. It returns why the CA's URL does not answer,
    in public, that the CA issued that serial, else None; it raises Unavailable. `make_root_responder` makes
    the responder of the root with an id if it is due; crl_publisher makes those of issuing CAs. Nothing is
    stored, and nobody asked, unless URLs are `wanted`."""

    units: Units
    authorities: AuthorityStore
    responders: ResponderStore
    fault_of_answer: Callable[[str, str], str | None]
    make_root_responder: Callable[[str], None]
    wanted: bool
    actor: Actor
    now: Callable[[], datetime]

    @cached_property
    def _changes(self) -> AuthorityChanges:
        return AuthorityChanges(self.units.database)

    def enable_waiting(self) -> list[str]:
        """Why each of the CAs that issue and have no URL still waits. Idempotent. Raises Unavailable."""
        if not self.wanted:
            return []
        waiting = [each for each in self.authorities.all() if _waits(each)]
        until, reasons = self.now() + _PATIENCE, list[str]()
        for authority in waiting:
            if self.now() > until:
                break
            reasons += self._reasons_to_wait(authority)
        return reasons

    def enable_chain(self, authority: Authority) -> None:
        """Stores the URLs that a chain of the issuing CA's first leaf names: that of its root, if the stack
        has it, and its own. Idempotent. Raises NotServed, Unavailable."""
        root = self.authorities.get(authority.parent_id) if authority.parent_id else None
        if root is not None:
            self.enable_root(root)
        self.enable(authority)

    def enable_root(self, root: Authority) -> None:
        """Makes the root's responder, and stores its URL. Idempotent. Raises NotServed, Unavailable."""
        if self.wanted and root.ocsp_url is None:
            self.make_root_responder(root.ca_id)
            self.enable(root)

    def enable(self, authority: Authority) -> None:
        """Idempotent, also concurrently: the first URL stays. Raises NotServed, Unavailable."""
        if not self.wanted or authority.ocsp_url is not None:
            return
        responder = self.responders.get(authority.ca_id)
        if responder is None:
            raise NotServed(f"{authority.ca_id} has no OCSP responder yet.", settles=True)
        self._require_answered(authority, responder.serial_number)
        self._store(authority)

    def _require_answered(self, authority: Authority, serial: str) -> None:
        try:
            fault = self.fault_of_answer(authority.ca_id, serial)
        except Unavailable as error:
            fault = f"{ocsp_url_for(authority)} could not be checked: {error.detail}"
        if fault:
            raise NotServed(fault, settles=True)

    def _store(self, authority: Authority) -> None:
        url = ocsp_url_for(authority)
        details = {"before": {"ocsp_url": None}, "after": {"ocsp_url": url}}
        unit = self.units.begin(self.actor, authority.ca_id, self.now())
        unit.write(self._changes.ocsp_url_step(authority, url))
        unit.event("ca_ocsp_enabled", authority_resource(authority.ca_id), details)
        try:
            unit.commit()
        except Conflict:
            return
        logger.info("ca_ocsp_enabled", extra={"ca_id": authority.ca_id, "url": url})

    def _reasons_to_wait(self, authority: Authority) -> list[str]:
        try:
            self.enable(authority)
        except NotServed as error:
            facts = {"ca_id": authority.ca_id, "cause": error.detail}
            logger.warning("a CA waits for its OCSP URL", extra=facts)
            return [error.detail]
        return []


def _waits(authority: Authority) -> bool:
    issues = authority.state is AuthorityState.ACTIVE and authority.revoked_at is None
    return issues and authority.ocsp_url is None
