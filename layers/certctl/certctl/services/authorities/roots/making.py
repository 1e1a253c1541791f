"""Further roots: a stack has one hierarchy for each kind of key that its clients need (ADR 78)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, partial

from cryptography import x509

from certctl.connectors.pki_site import PkiSite
from certctl.crypto.authorities.authority import parse_subject, root_certificate
from certctl.crypto.authorities.records import root_record
from certctl.crypto.authorities.twins import twin_key
from certctl.crypto.ca_keys import CaPrivateKey, spec_of
from certctl.crypto.pem import load_certificate
from certctl.domain.audit.events import Actor
from certctl.domain.authorities.authorities import FIRST_SHARD, Authority, CrlShard, NewRoot
from certctl.domain.authorities.hierarchies import active_roots, require_root_spec
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.certificates.defaults import DEFAULT_ISSUER
from certctl.domain.errors import Conflict
from certctl.domain.ids import new_id
from certctl.observability import logger
from certctl.services.authorities.lint import CaLint
from certctl.services.authorities.ocsp_urls import OcspUrls
from certctl.services.authorities.provisioning import LoadKey, require_new_name, require_room
from certctl.services.authorities.setup import BACKDATED, ROOT_LIFETIME
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.authorities.changes import AuthorityChanges
from certctl.unit_of_work.authorities import authority_resource, create_root
from certctl.unit_of_work.status.crl_publishing import CrlPublication
from certctl.unit_of_work.units import Units


@dataclass(frozen=True, kw_only=True)
class RootMaking:
    """`host` is that of the PKI objects. `load_new_key` refuses keys that do not suit a root.
    `require_served` raises NotServed unless the root's URLs can be fetched as relying parties will."""

    units: Units
    authorities: AuthorityStore
    site: PkiSite
    crls: CrlPublication
    ocsp_urls: OcspUrls
    require_served: Callable[[Authority, CrlShard], object]
    host: str
    load_new_key: LoadKey
    lint: CaLint
    actor: Actor
    now: Callable[[], datetime]

    @cached_property
    def _changes(self) -> AuthorityChanges:
        return AuthorityChanges(self.units.database)

    def create(self, wanted: NewRoot) -> Authority:
        """A further root. The key identifies it: with the same one a second run continues where the first
        ended, and changes nothing if it is complete. No CA can be made below it before its certificate, its
        CRL and its responder are served. Raises Conflict, InvalidInput, NotServed, Unavailable."""
        # read once: what another run has made since then has this key's claim
        live = self.authorities.all()
        root = _with_key(wanted, live) or self._made(wanted, live)
        if root.state is AuthorityState.PENDING:
            self._publish(root)
            self._activate(root)
        return self.authorities.get(root.ca_id) or root

    def _made(self, wanted: NewRoot, live: Sequence[Authority]) -> Authority:
        root = self._new(wanted, live)
        unit = self.units.begin(self.actor, root.ca_id, self.now())
        create_root(unit, self.authorities, root)
        try:
            unit.commit()
        except Conflict:
            found = _with_key(wanted, self.authorities.all())
            if found is None:
                raise
            return found
        logger.info("made a root", extra={"ca_id": root.ca_id})
        return root

    def _new(self, wanted: NewRoot, live: Sequence[Authority]) -> Authority:
        now = self.now()
        if not active_roots(live):
            raise Conflict("There is no CA yet: run initialize first.")
        require_room(live)
        require_new_name(parse_subject(wanted.subject), live)
        key = self.load_new_key(wanted.key_arn)
        require_root_spec(spec_of(key.public_key()), "key_arn")
        signed = partial(_certificate, wanted.subject, now)
        self.lint.require_clean([signed(twin_key(key.public_key()))])
        made = root_record(new_id("ca", now), DEFAULT_ISSUER, wanted.key_arn, self.host, signed(key))
        return replace(made, state=AuthorityState.PENDING)

    def _publish(self, root: Authority) -> None:
        """Raises NotServed, Unavailable unless all that a CA below it will name can be fetched."""
        self.site.publish_certificate(root)
        self.crls.publish_if_due(root, FIRST_SHARD)
        for shard in self.authorities.shards(root.ca_id):
            self.site.require_crl(root, shard)
            self.require_served(root, shard)
        self.ocsp_urls.enable_root(root)

    def _activate(self, root: Authority) -> None:
        details = {"before": {"state": "pending"}, "after": {"state": "active"}}
        unit = self.units.begin(self.actor, root.ca_id, self.now())
        unit.write(self._changes.activate_root_step(root))
        unit.event("ca_activated", authority_resource(root.ca_id), details)
        try:
            unit.commit()
        except Conflict:
            self._require_active(root)

    def _require_active(self, root: Authority) -> None:
        """Another run was first."""
        found = self.authorities.get(root.ca_id)
        if found is None or found.state is AuthorityState.PENDING:
            raise Conflict(f"{root.ca_id} could not be activated. Try again.")


def _with_key(wanted: NewRoot, live: Iterable[Authority]) -> Authority | None:
    """The root that an earlier run made. Raises Conflict if the key is an issuing CA's, or the root has
    another name: one that is corrected after the first run would be ignored."""
    found = next((each for each in live if each.key_arn == wanted.key_arn), None)
    if found is None:
        return None
    if found.role != "root":
        whose = f"{found.ca_id}, the issuing CA of {found.issuer_id}"
        raise Conflict(f"{wanted.key_arn} is the key of {whose}: bring a new key.")
    name = load_certificate(found.certificate_pem).subject
    if name != parse_subject(wanted.subject):
        whose = f"{found.ca_id}, which keeps the subject {name.rfc4514_string()}"
        raise Conflict(f"{wanted.key_arn} is the key of {whose}: bring a new key for another one.")
    return found


def _certificate(subject: str, now: datetime, key: CaPrivateKey) -> x509.Certificate:
    start = now.replace(microsecond=0) - BACKDATED
    return root_certificate(subject, key, start, start + ROOT_LIFETIME)
