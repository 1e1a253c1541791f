"""Makes the responders of CAs: a key and a short-lived certificate each, renewed daily."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from certctl.crypto.ca_keys import CaPrivateKey, spec_of
from certctl.crypto.fingerprints import spki_sha256
from certctl.crypto.pem import certificate_der, load_certificate
from certctl.crypto.serials import new_serial, serial_text
from certctl.crypto.status.ocsp_certificates import responder_certificate
from certctl.crypto.status.ocsp_issuers import issuer_keys
from certctl.crypto.status.ocsp_keys import new_responder_key, private_key_der
from certctl.domain.authorities.authorities import Authority
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.errors import Conflict, NotFound
from certctl.domain.insights.margins import USED_UP, Cause
from certctl.domain.status.ocsp import (
    RESPONDER_BACKDATED,
    RESPONDER_VALIDITY,
    ROOT_RESPONDER_VALIDITY,
    StoredResponder,
)
from certctl.observability import logger
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.status.ocsp_responders import ResponderStore
from certctl.store.writes import Write

_PROMISING = (AuthorityState.ACTIVE, AuthorityState.RETIRING)
_SERVED = (AuthorityState.PENDING, *_PROMISING)
_RENEWED = {"issuing": _SERVED, "root": _PROMISING}
"""A pending root is left to `create_root`: if its key were gone, each hourly run would fail."""

_VALIDITY = {"issuing": RESPONDER_VALIDITY, "root": ROOT_RESPONDER_VALIDITY}


@dataclass(frozen=True)
class ResponderRun:
    """The responders that one run made, and for each failure the CA with the reason, as text."""

    made: tuple[StoredResponder, ...]
    failed: tuple[str, ...]

    @property
    def causes(self) -> list[Cause]:
        return [Cause("responders", USED_UP, "OCSP responders cannot be made")] if self.failed else []


@dataclass(frozen=True)
class MadeResponder:
    """A responder that replaces `previous`, and signs, once `steps` are written. They raise Conflict if
    another one was first."""

    responder: StoredResponder
    previous: StoredResponder | None
    steps: Sequence[Write]


@dataclass(frozen=True)
class OcspResponders:
    """The responders of the CAs of one `role`, for different functions may sign as the root and as an issuing
    CA. `key_for` returns the private key of a CA. `wrap` takes a responder's key and the id of its CA."""

    authorities: AuthorityStore
    responders: ResponderStore
    key_for: Callable[[Authority], CaPrivateKey]
    wrap: Callable[[bytes, str], bytes]
    now: Callable[[], datetime]
    role: str

    def renew_due(self) -> ResponderRun:
        """One failure does not stop the others: each CA has two days left."""
        made: list[StoredResponder] = []
        failed: list[str] = []
        for authority in self._in(_RENEWED[self.role]):
            try:
                renewed = self._renewed(authority, self.responders.get(authority.ca_id))
            except Exception as error:
                logger.exception("an OCSP responder was not made", extra={"ca_id": authority.ca_id})
                failed.append(f"OCSP responder of {authority.ca_id}: {error}")
            else:
                made.extend([renewed] if renewed else [])
        return ResponderRun(tuple(made), tuple(failed))

    def renew_due_of(self, ca_id: str) -> None:
        """Makes the first responder of a new CA, which waits for it. A failure is logged: its CRLs are
        published, and the next minute tries again."""
        for authority in (each for each in self._in(_SERVED) if each.ca_id == ca_id):
            try:
                self._renewed(authority, self.responders.get(ca_id))
            except Exception:
                logger.exception("an OCSP responder was not made", extra={"ca_id": ca_id})

    def replacing(self, ca_id: str) -> MadeResponder:
        """One that is to replace the present one, whatever its age. Raises NotFound, Unavailable."""
        authority = next((each for each in self._in(_SERVED) if each.ca_id == ca_id), None)
        if authority is None:
            raise NotFound(f"There is no {self.role} CA {ca_id} that answers OCSP requests.")
        return self._made(authority, self.responders.get(ca_id))

    def _in(self, states: Collection[AuthorityState]) -> Iterable[Authority]:
        return [a for a in self.authorities.all() if a.role == self.role and a.state in states]

    def _renewed(self, authority: Authority, present: StoredResponder | None) -> StoredResponder | None:
        """The new responder; None if it was not due, or another publisher was first."""
        if present is not None and not present.is_due(self.now()):
            return None
        made = self._made(authority, present)
        try:
            self.responders.write(made.steps)
        except Conflict:
            return None
        return made.responder

    def _made(self, authority: Authority, previous: StoredResponder | None) -> MadeResponder:
        """The serial is stored before it is signed, the key is wrapped before its certificate exists. A crash
        in between leaves a reserved serial and no key."""
        ca_certificate = load_certificate(authority.certificate_pem)
        key = new_responder_key(spec_of(ca_certificate.public_key()).family)
        now, serial = self.now().replace(microsecond=0), new_serial()
        ends = min(now + _VALIDITY[self.role], authority.not_after)
        wrapped = self.wrap(private_key_der(key), authority.ca_id)
        spki = spki_sha256(key.public_key())
        self.responders.reserve(authority.ca_id, serial_text(serial), spki, ends)
        certificate = responder_certificate(
            f"OCSP responder of {authority.ca_id}",
            key.public_key(),
            ca_certificate,
            self.key_for(authority),
            serial,
            now - RESPONDER_BACKDATED,
            ends,
        )
        made = StoredResponder(
            authority.ca_id, serial_text(serial), certificate_der(certificate), wrapped, now, ends
        )
        names = issuer_keys(authority.certificate_pem)
        return MadeResponder(made, previous, self.responders.replace_steps(made, previous, names))
