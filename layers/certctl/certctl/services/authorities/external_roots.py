"""Issuing CAs under an external root: a CSR goes out, a certificate comes in."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from cryptography import x509

from certctl.crypto.authorities.families import families_of
from certctl.crypto.authorities.names import family_of, next_subject
from certctl.crypto.authorities.records import issuing_record
from certctl.crypto.authorities.requests import authority_request, installable
from certctl.crypto.ca_keys import spec_of
from certctl.crypto.fingerprints import ski_hex
from certctl.crypto.pem import UNREADABLE, chain_pem, load_certificate
from certctl.domain.audit.events import Actor
from certctl.domain.authorities.authorities import Authority, AuthorityRequest, NewAuthority, SignedAuthority
from certctl.domain.authorities.confirmations import Confirmation, require_confirmed
from certctl.domain.authorities.endurance import end_to_confirm
from certctl.domain.authorities.hierarchies import active_roots, mixture_to_confirm
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.errors import Conflict, InvalidInput
from certctl.domain.ids import new_id
from certctl.services.authorities.activation import CaActivation
from certctl.services.authorities.lint import CaLint
from certctl.services.authorities.provisioning import LoadKey
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.authorities.changes import AuthorityChanges
from certctl.store.catalog.records import CatalogStore
from certctl.store.policies.lifetimes import longest_lifetime
from certctl.unit_of_work.authorities import create_authority
from certctl.unit_of_work.resources import Resource
from certctl.unit_of_work.units import Units


@dataclass(frozen=True, kw_only=True)
class ExternalRoots:
    """Has issuing CAs signed by a root outside the `stack`. `host` is that of the PKI objects."""

    units: Units
    authorities: AuthorityStore
    activation: CaActivation
    host: str
    stack: str
    load_new_key: LoadKey
    lint: CaLint
    catalog: CatalogStore
    actor: Actor
    now: Callable[[], datetime]

    @cached_property
    def _changes(self) -> AuthorityChanges:
        return AuthorityChanges(self.units.database)

    def request(self, wanted: NewAuthority) -> AuthorityRequest:
        """The same CSR as long as key and subject are the same; another one replaces it, and what was signed
        for the first can no longer be installed. Raises Conflict, InvalidInput, Unavailable."""
        subject = self._subject(wanted)
        stored = self._changes.request(wanted.issuer_id)
        key = self.load_new_key(wanted.key_arn)
        if stored is not None and (stored.key_arn, stored.subject) == (wanted.key_arn, subject):
            return stored
        csr_pem = authority_request(subject, key)
        request = AuthorityRequest(wanted.issuer_id, wanted.key_arn, subject, csr_pem)
        self._require_unused(ski_hex(key.public_key()), wanted.key_arn)
        details = {"before": None, "after": {"key_arn": wanted.key_arn, "subject": subject}}
        unit = self.units.begin(self.actor, wanted.issuer_id, self.now())
        unit.write(self._changes.request_step(request))
        unit.event("ca_requested", Resource("issuer", wanted.issuer_id), details)
        unit.commit()
        return request

    def install(self, signed: SignedAuthority) -> Authority:
        """Continues like a rotation. Repeat it until it succeeds; what is refused leaves the request open.
        Raises Conflict, InvalidInput, Unavailable."""
        authority = self._installed(signed) or self._made(signed)
        self.activation.activate(authority)
        return self.authorities.get(authority.ca_id) or authority

    def _subject(self, wanted: NewAuthority) -> str:
        before = self.authorities.active_issuing(wanted.issuer_id)
        if wanted.subject:
            return wanted.subject
        if before is None:
            raise InvalidInput.of("subject", "is required, for example CN=Example Issuing CA 1,O=Example")
        first = active_roots(self.authorities.all())[0]
        family = family_of(self.stack, load_certificate(first.certificate_pem).public_key())
        return next_subject(load_certificate(before.certificate_pem), family)

    def _require_unused(self, identifier: str, key_arn: str) -> None:
        if any(a.subject_key_identifier == identifier for a in self.authorities.all()):
            raise Conflict(f"A CA has the key {key_arn} already: bring a new one.")

    def _installed(self, signed: SignedAuthority) -> Authority | None:
        """The CA that an earlier run made of the same certificate."""
        try:
            given = load_certificate(signed.certificate_pem)
        except UNREADABLE as error:
            raise InvalidInput.of("certificate_pem", "must be a PEM certificate") from error
        live = (a for a in self.authorities.all() if a.issuer_id == signed.issuer_id and a.role == "issuing")
        working = (a for a in live if a.state is not AuthorityState.RETIRING)
        return next((a for a in working if load_certificate(a.certificate_pem) == given), None)

    def _made(self, signed: SignedAuthority) -> Authority:
        request = self._changes.request(signed.issuer_id)
        if request is None:
            raise Conflict(f"No signing request of {signed.issuer_id} is open: make one with csr_only.")
        authority = self._new(request, signed)
        unit = self.units.begin(self.actor, authority.ca_id, self.now())
        create_authority(unit, self.authorities, authority)
        unit.write(self._changes.answered_step(request))
        try:
            unit.commit()
        except Conflict:
            found = self._installed(signed)
            if found is None:
                raise
            return found
        return authority

    def _new(self, request: AuthorityRequest, signed: SignedAuthority) -> Authority:
        now = self.now()
        checked, above = installable(signed.certificate_pem, signed.chain_pem, request.csr_pem, now)
        before = self.authorities.active_issuing(request.issuer_id)
        made = issuing_record(
            new_id("ca", now),
            request.issuer_id,
            request.key_arn,
            self.host,
            checked,
            chain_pem(above),
        )
        ends = end_to_confirm(made.not_after, longest_lifetime(self.catalog), now)
        require_confirmed([*ends, *_mixture(checked, above)], signed.confirm)
        self.lint.require_clean([checked])
        return replace(made, replaces=before.ca_id if before else None)


def _mixture(certificate: x509.Certificate, above: Iterable[x509.Certificate]) -> Iterator[Confirmation]:
    own = spec_of(certificate.public_key()).family
    return mixture_to_confirm(own, families_of(each.public_key() for each in above))
