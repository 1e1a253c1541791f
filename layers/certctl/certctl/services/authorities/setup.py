"""Makes the root and the issuing CA, once, and publishes their certificates
(docs/revocation.md#the-cas-of-a-stack)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from certctl.connectors.pki_site import PkiSite
from certctl.crypto.authorities.authority import issuing_certificate, parse_subject, root_certificate
from certctl.crypto.authorities.names import default_issuing_subject, default_root_subject, family_of
from certctl.crypto.authorities.records import issuing_record, root_record
from certctl.crypto.authorities.twins import twin_key
from certctl.crypto.ca_keys import CaPrivateKey, spec_of
from certctl.crypto.fingerprints import spki_der
from certctl.crypto.pem import load_certificate
from certctl.domain.audit.events import STACK_ADMIN
from certctl.domain.authorities.authorities import FIRST_SHARD, Authority, ocsp_url_for
from certctl.domain.authorities.hierarchies import active_roots, require_root_spec, why_mixed
from certctl.domain.authorities.key_specs import KeySpec
from certctl.domain.authorities.revoked_cas import newest_revoked
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.errors import Conflict, InvalidInput, NotServed
from certctl.domain.ids import new_id
from certctl.observability import logger
from certctl.services.authorities.activation import CaActivation
from certctl.services.authorities.lint import CaLint
from certctl.services.authorities.setup_retry import SetupRetry
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.authorities.serials import ca_serial_steps
from certctl.unit_of_work.authorities import create_authority
from certctl.unit_of_work.status.crl_publishing import CrlPublication
from certctl.unit_of_work.units import Units

ISSUER_ID = "iss-local"
ROOT_LIFETIME = timedelta(days=15 * 365 + 3)
_DAYS_OF_5_YEARS = 5 * 365 + 1
# A leaf begins 5 minutes before its issuance, and never before its CA.
BACKDATED = timedelta(hours=1)


@dataclass(frozen=True)
class AuthoritySettings:
    """Fixed at creation. `host` serves the PKI objects, with its port unless it is 80; subjects as in RFC
    4514, or empty for default ones, which begin with the `stack`'s name; empty `permitted_domains` permit all
    names. With `names_ocsp` the issuing CA names the root's OCSP URL."""

    host: str
    root_key_arn: str
    issuing_key_arn: str
    root_subject: str
    issuing_subject: str
    permitted_domains: tuple[str, ...] = ()
    names_ocsp: bool = False
    stack: str = "certctl"


@dataclass(frozen=True)
class AuthorityPair:
    """`waits_for` is what the issuing CA needs before it issues; empty if it issues."""

    root: Authority
    issuing: Authority
    waits_for: str = ""


@dataclass(frozen=True)
class CertificateAuthority:
    """`load_key` asks KMS for a key by ARN. `patience`: how long a new responder may take to answer in
    public."""

    settings: AuthoritySettings
    units: Units
    authorities: AuthorityStore
    site: PkiSite
    load_key: Callable[[str], CaPrivateKey]
    crls: CrlPublication
    activation: CaActivation
    lint: CaLint
    patience: SetupRetry
    now: Callable[[], datetime]

    def initialize(self) -> AuthorityPair:
        """Idempotent, also after a crash at any point: existing parts are kept.

        No leaf can be issued before shards open, last, when their empty CRLs are published and served, and
        the responders of both CAs answer. A host that does not serve them yet is not an error: on the first
        deploy its DNS record cannot exist. Responders have a minute, then they are left to the hourly run.
        Raises Conflict if a key is not the certificate's, InvalidInput if a new CA's would be wrong,
        Unavailable.
        """
        pair = self.find() or self._create()
        self._check_keys(pair)
        self._warn_of_ignored_settings(pair)
        self.site.publish_certificate(pair.root)
        self.crls.publish_if_due(pair.root, FIRST_SHARD)
        if pair.issuing.state is not AuthorityState.ACTIVE:
            logger.warning("the issuer has no active CA", extra={"ca_id": pair.issuing.ca_id})
            return replace(pair, waits_for=f"a new CA: {pair.issuing.ca_id} is revoked, invoke rotate")
        try:
            self.patience.until_done(lambda: self.activation.activate(pair.issuing))
        except NotServed as error:
            logger.warning("the CA waits for its host", extra={"ca_id": pair.issuing.ca_id})
            return replace(pair, waits_for=error.detail)
        return pair

    def find(self) -> AuthorityPair | None:
        """The root of the stack's own key, and the issuing CA: the active one, or the last one if that was
        revoked with force. The first two were created in one transaction; later ones may be below another
        root."""
        live = self.authorities.all()
        roots = active_roots(live)
        if not roots:
            return None
        root = next((each for each in roots if each.key_arn == self.settings.root_key_arn), roots[0])
        issuing = _issues_or_did(live) or _issues_or_did(self.authorities.retired())
        return AuthorityPair(root, issuing) if issuing else None

    def _create(self) -> AuthorityPair:
        pair = self._new_pair()
        unit = self.units.begin(STACK_ADMIN, pair.root.ca_id, self.now())
        create_authority(unit, self.authorities, pair.root)
        create_authority(unit, self.authorities, pair.issuing)
        unit.write(*ca_serial_steps(pair.issuing))
        try:
            unit.commit()
        except Conflict:
            # Another run was first: its CA is the one.
            found = self.find()
            if found is None:
                raise
            return found
        logger.info("made the CAs", extra={"root": pair.root.ca_id, "issuing": pair.issuing.ca_id})
        return pair

    def _new_pair(self) -> AuthorityPair:
        """Signed only when twins with throwaway keys are found to be right."""
        settings, now = self.settings, self.now()
        root_key, issuing_key = (
            self.load_key(settings.root_key_arn),
            self.load_key(settings.issuing_key_arn),
        )
        _require_one_family(spec_of(root_key.public_key()), spec_of(issuing_key.public_key()))
        family = family_of(settings.stack, root_key.public_key())
        pair = partial(self._pair, new_id("ca", now), new_id("ca", now), now, family)
        twins = pair(twin_key(root_key.public_key()), twin_key(issuing_key.public_key()))
        self.lint.require_clean([load_certificate(a.certificate_pem) for a in (twins.root, twins.issuing)])
        return pair(root_key, issuing_key)

    def _pair(
        self,
        root_id: str,
        issuing_id: str,
        now: datetime,
        family: str,
        root_key: CaPrivateKey,
        issuing_key: CaPrivateKey,
    ) -> AuthorityPair:
        settings, start = self.settings, now.replace(microsecond=0) - BACKDATED
        root_cert = root_certificate(
            settings.root_subject or default_root_subject(family),
            root_key,
            start,
            start + ROOT_LIFETIME,
        )
        root = root_record(root_id, ISSUER_ID, settings.root_key_arn, settings.host, root_cert)
        issuing_cert = issuing_certificate(
            settings.issuing_subject or default_issuing_subject(family),
            issuing_key.public_key(),
            root_cert,
            root_key,
            settings.permitted_domains,
            root.crl_url,
            root.certificate_url,
            start,
            start + timedelta(days=_DAYS_OF_5_YEARS),
            ocsp_url_for(root) if settings.names_ocsp else None,
        )
        key_arn, host, chain = settings.issuing_key_arn, settings.host, root.certificate_pem
        issuing = issuing_record(issuing_id, ISSUER_ID, key_arn, host, issuing_cert, chain)
        return AuthorityPair(root, replace(issuing, state=AuthorityState.ACTIVE, parent_id=root.ca_id))

    def _check_keys(self, pair: AuthorityPair) -> None:
        """The KMS key must be the certificates' key. A CA that replaced another has a key that the stack's
        parameters do not name."""
        wanted = ((pair.root, self.settings.root_key_arn), (pair.issuing, self.settings.issuing_key_arn))
        for authority, key_arn in wanted:
            if authority.state is not AuthorityState.ACTIVE:
                continue
            if authority.replaces is None and authority.key_arn != key_arn:
                raise Conflict(
                    f"{authority.ca_id} was made with {authority.key_arn}; the stack has {key_arn}."
                )
            held = self.load_key(authority.key_arn).public_key()
            if spki_der(held) != spki_der(load_certificate(authority.certificate_pem).public_key()):
                raise Conflict(
                    f"The key {authority.key_arn} is not the one of the certificate of {authority.ca_id}."
                )

    def _warn_of_ignored_settings(self, pair: AuthorityPair) -> None:
        for authority, subject in (
            (pair.root, self.settings.root_subject),
            (pair.issuing, self.settings.issuing_subject),
        ):
            is_given = authority.replaces is None and subject
            if is_given and load_certificate(authority.certificate_pem).subject != parse_subject(subject):
                logger.warning(
                    "the CA keeps the subject that it was made with", extra={"ca": authority.ca_id}
                )
        if urlsplit(pair.issuing.certificate_url).netloc != self.settings.host:
            logger.warning("the CA keeps its URLs", extra={"url": pair.issuing.certificate_url})


def _require_one_family(root: KeySpec, issuing: KeySpec) -> None:
    """Raises InvalidInput for keys that the first deploy takes no CAs of: nobody is there to confirm them."""
    require_root_spec(root, "RootKeySpec")
    if root.family is not issuing.family:
        why = why_mixed(issuing.family, root.family)
        raise InvalidInput.of("IssuingKeySpec", f"is {issuing}, and RootKeySpec {root}: {why}")


def _issues_or_did(authorities: Sequence[Authority]) -> Authority | None:
    """The active CA of the stack's own issuer, else the newest that was revoked."""
    ours = [a for a in authorities if a.role == "issuing" and a.issuer_id == ISSUER_ID]
    active = next((a for a in ours if a.state is AuthorityState.ACTIVE), None)
    return active or newest_revoked(ours)
