"""Issuing CAs beyond the first, under the stack's own roots: further issuers, and rotation with overlap."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from cryptography import x509

from certctl.crypto.authorities.authority import issuing_certificate
from certctl.crypto.authorities.names import family_of, next_subject
from certctl.crypto.authorities.records import issuing_record
from certctl.crypto.authorities.twins import twin_key, twin_root
from certctl.crypto.ca_keys import CaPrivateKey, CaPublicKey, spec_of
from certctl.crypto.pem import load_certificate
from certctl.crypto.permitted_names import permitted_names_of
from certctl.domain.audit.events import Actor
from certctl.domain.authorities.authorities import Authority, NewAuthority, ocsp_url_for
from certctl.domain.authorities.confirmations import require_confirmed
from certctl.domain.authorities.endurance import end_to_confirm
from certctl.domain.authorities.hierarchies import (
    mixture_to_confirm,
    require_active_root,
    root_below_which,
)
from certctl.domain.authorities.revoked_cas import newest_revoked
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.errors import Conflict, InvalidInput
from certctl.domain.ids import new_id
from certctl.services.authorities.activation import CaActivation
from certctl.services.authorities.lint import CaLint
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.authorities.serials import ca_serial_steps
from certctl.store.catalog.records import CatalogStore
from certctl.store.policies.lifetimes import longest_lifetime
from certctl.unit_of_work.authorities import create_authority
from certctl.unit_of_work.units import Units

MAX_AUTHORITIES = 50
_LIFETIME = timedelta(days=5 * 365 + 1)
_BACKDATED = timedelta(hours=1)

LoadKey = Callable[[str], CaPrivateKey]
"""Loads the key with an ARN in KMS."""


@dataclass(frozen=True, kw_only=True)
class CaProvisioning:
    """Makes issuing CAs under the roots of the `stack`. `host` is that of the PKI objects. `load_new_key`
    refuses keys that do not suit an issuing CA; `load_key` loads a root's. With `names_ocsp` they name their
    root's OCSP URL."""

    units: Units
    authorities: AuthorityStore
    activation: CaActivation
    host: str
    stack: str
    load_new_key: LoadKey
    load_key: LoadKey
    lint: CaLint
    catalog: CatalogStore
    names_ocsp: bool
    actor: Actor
    now: Callable[[], datetime]

    def rotate(self, wanted: NewAuthority) -> Authority:
        """A new CA with a new key replaces the issuer's active one, which retires. The key identifies a
        rotation: with the same one a second run continues where the first ended, and changes nothing if it is
        complete. Also after the active one was revoked with force. Raises Conflict, InvalidInput,
        Unavailable."""
        before = self.authorities.active_issuing(wanted.issuer_id) or self._revoked(wanted.issuer_id)
        if before is None:
            raise Conflict(f"{wanted.issuer_id} has no active CA to rotate: make one with create_issuer.")
        return self._provision(wanted, before)

    def _revoked(self, issuer_id: str) -> Authority | None:
        """The newest of the issuer's that was revoked and still publishes its CRLs."""
        return newest_revoked(self.authorities.with_leaves(issuer_id))

    def create(self, wanted: NewAuthority) -> Authority:
        """The first CA of a further issuer. Repeat it as `rotate`."""
        before = self.authorities.active_issuing(wanted.issuer_id)
        if before is not None and before.key_arn != wanted.key_arn:
            raise Conflict(f"{wanted.issuer_id} has the active CA {before.ca_id}: rotate it.")
        return self._provision(wanted, None)

    def _provision(self, wanted: NewAuthority, before: Authority | None) -> Authority:
        authority = self._with_key(wanted) or self._made(wanted, before)
        self.activation.activate(authority)
        return self.authorities.get(authority.ca_id) or authority

    def _with_key(self, wanted: NewAuthority) -> Authority | None:
        """The CA that an earlier run made. Raises Conflict if it is another issuer's, or retires."""
        found = next((a for a in self.authorities.all() if a.key_arn == wanted.key_arn), None)
        if found is None:
            return None
        if (found.issuer_id, found.role) != (wanted.issuer_id, "issuing"):
            whose = f"{found.ca_id}, the {found.role} CA of {found.issuer_id}"
            raise Conflict(f"{wanted.key_arn} is the key of {whose}: bring a new key.")
        if found.state is AuthorityState.RETIRING:
            raise Conflict(f"{wanted.key_arn} is the key of {found.ca_id}, which retires: bring a new key.")
        if wanted.root_id not in (None, found.parent_id):
            raise Conflict(f"{wanted.key_arn} is the key of {found.ca_id}, below {found.parent_id}.")
        return found

    def _made(self, wanted: NewAuthority, before: Authority | None) -> Authority:
        authority = self._new(wanted, before)
        unit = self.units.begin(self.actor, authority.ca_id, self.now())
        create_authority(unit, self.authorities, authority)
        unit.write(*ca_serial_steps(authority))
        try:
            unit.commit()
        except Conflict:
            found = self._with_key(wanted)
            if found is None:
                raise
            return found
        return authority

    def _new(self, wanted: NewAuthority, before: Authority | None) -> Authority:
        live = self.authorities.all()
        root = self._root(wanted, before, live)
        require_room(live)
        _require_none_pending(live, wanted)
        key = self.load_new_key(wanted.key_arn)
        self._require_confirmed(wanted, root, key.public_key())
        certificate = self._certificate(wanted, before, root, key)
        require_new_name(certificate.subject, live)
        ca_id = new_id("ca", self.now())
        made = issuing_record(
            ca_id, wanted.issuer_id, wanted.key_arn, self.host, certificate, root.certificate_pem
        )
        return replace(made, parent_id=root.ca_id, replaces=before.ca_id if before else None)

    def _root(self, wanted: NewAuthority, before: Authority | None, live: Sequence[Authority]) -> Authority:
        if wanted.root_id is None:
            return root_below_which(before, live)
        return require_active_root(wanted.root_id, [*live, *self.authorities.retired()])

    def _require_confirmed(self, wanted: NewAuthority, root: Authority, key: CaPublicKey) -> None:
        """Raises InvalidInput."""
        now, above = self.now(), spec_of(load_certificate(root.certificate_pem).public_key())
        ends = end_to_confirm(_end_of(root, now), longest_lifetime(self.catalog), now)
        mixture = mixture_to_confirm(spec_of(key).family, [above.family])
        require_confirmed([*ends, *mixture], wanted.confirm)

    def _certificate(
        self,
        wanted: NewAuthority,
        before: Authority | None,
        root: Authority,
        key: CaPrivateKey,
    ) -> x509.Certificate:
        """Signed by the root only when a twin with throwaway keys is found to be right."""
        root_certificate = load_certificate(root.certificate_pem)
        family = family_of(self.stack, root_certificate.public_key())
        signed = partial(self._signed, *_name_of(wanted, before, family), root, self.now())
        twin = twin_root(root_certificate)
        self.lint.require_clean([signed(twin_key(key.public_key()).public_key(), twin.certificate, twin.key)])
        return signed(key.public_key(), root_certificate, self.load_key(root.key_arn))

    def _signed(
        self,
        subject: str,
        domains: tuple[str, ...],
        root: Authority,
        now: datetime,
        public_key: CaPublicKey,
        root_certificate: x509.Certificate,
        root_key: CaPrivateKey,
    ) -> x509.Certificate:
        start, end = _start(now), _end_of(root, now)
        urls = root.crl_url, root.certificate_url
        ocsp_url = ocsp_url_for(root) if self.names_ocsp else None
        return issuing_certificate(
            subject, public_key, root_certificate, root_key, domains, *urls, start, end, ocsp_url
        )


def _start(now: datetime) -> datetime:
    return now.replace(microsecond=0) - _BACKDATED


def _end_of(root: Authority, now: datetime) -> datetime:
    """The end of a CA that is made now."""
    return min(_start(now) + _LIFETIME, root.not_after)


def _name_of(wanted: NewAuthority, before: Authority | None, family: str) -> tuple[str, tuple[str, ...]]:
    """Subject and permitted domains: by default those of the preceding CA."""
    old = load_certificate(before.certificate_pem) if before else None
    subject = wanted.subject or (next_subject(old, family) if old else None)
    if subject is None:
        raise InvalidInput.of("subject", "is required, for example CN=Example Issuing CA 2,O=Example")
    if wanted.permitted_domains is not None:
        return subject, wanted.permitted_domains
    return subject, permitted_names_of(old) if old else ()


def _require_none_pending(live: Sequence[Authority], wanted: NewAuthority) -> None:
    pending = (a for a in live if a.state is AuthorityState.PENDING and a.role == "issuing")
    found = next((a for a in pending if a.issuer_id == wanted.issuer_id), None)
    if found is not None:
        raise Conflict(f"{found.ca_id} of {found.issuer_id} is begun: finish with its key {found.key_arn}.")


def require_room(live: Sequence[Authority]) -> None:
    """Raises Conflict."""
    if len(live) >= MAX_AUTHORITIES:
        raise Conflict(f"{MAX_AUTHORITIES} CAs are at work, the limit: wait until some have retired.")


def require_new_name(subject: x509.Name, live: Sequence[Authority]) -> None:
    """Raises InvalidInput: verifiers find a CA by its name first, two of one name differ by the key only."""
    names = [load_certificate(a.certificate_pem).subject for a in live]
    if subject in names:
        raise InvalidInput.of("subject", "is that of a CA at work: each needs a name of its own")
