"""Makes the root and the issuing CA, once, and publishes their certificates (pki.md section 1)."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from certctl.connectors.objects import Objects
from certctl.crypto.authority import issuing_certificate, parse_subject, root_certificate
from certctl.crypto.crl import inspect_crl
from certctl.crypto.fingerprints import ski_hex, spki_der
from certctl.crypto.pem import certificate_der, certificate_pem, load_certificate
from certctl.domain.audit import Actor, ActorType, changes
from certctl.domain.authorities import ALL_SHARD, Authority, AuthorityState, CrlShard, object_key
from certctl.domain.errors import Conflict, Unavailable
from certctl.domain.ids import new_id
from certctl.observability import logger
from certctl.store.audit import AuditStore
from certctl.store.authorities import AuthorityStore
from certctl.store.database import Database
from certctl.store.steps import Step

ISSUER_ID = "iss-local"
FIRST_SHARD = "0"
"""The first of the issuing CA. The root's one CRL is a shard 0 too, full, and never open."""

ACTOR = Actor("system/stack_admin", ActorType.SYSTEM)
_DAYS_OF_15_YEARS = 15 * 365 + 3
_DAYS_OF_5_YEARS = 5 * 365 + 1
# A leaf begins 5 minutes before its issuance, and never before its CA.
_BACKDATED = timedelta(hours=1)
_DAY_CACHE = "public, max-age=86400"
_SHORT_CACHE = "public, max-age=300"
_PEM = "application/x-pem-file"
_BUNDLE_KEY = "pki/bundle.pem"
_TRIES = 4


@dataclass(frozen=True)
class AuthoritySettings:
    """Fixed at creation. `host` is that of the PKI objects, with its port if it is not 80; subjects as in
    RFC 4514; empty `permitted_domains` permit all names."""

    host: str
    root_key_arn: str
    issuing_key_arn: str
    root_subject: str
    issuing_subject: str
    permitted_domains: tuple[str, ...] = ()


@dataclass(frozen=True)
class AuthorityPair:
    root: Authority
    issuing: Authority


class CertificateAuthority:
    """`load_key` asks KMS for a key by ARN. `publish_root_crl` publishes the root's CRL where it is due;
    `request_crls` has the publisher function publish those of an issuing CA, and waits for it."""

    def __init__(
        self,
        settings: AuthoritySettings,
        database: Database,
        authorities: AuthorityStore,
        audit: AuditStore,
        objects: Objects,
        load_key: Callable[[str], ec.EllipticCurvePrivateKey],
        publish_root_crl: Callable[[Authority, str], object],
        request_crls: Callable[[str], object],
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._database = database
        self._authorities = authorities
        self._audit = audit
        self._objects = objects
        self._load_key = load_key
        self._publish_root_crl = publish_root_crl
        self._request_crls = request_crls
        self._now = now

    def initialize(self) -> AuthorityPair:
        """Safe to repeat, and to repeat after a crash at any point: what is there already stays as it is.

        No leaf can be issued before it has ended once: shard 0 opens last, when its empty CRL is published.
        Raises Conflict where a key is not the certificate's, Unavailable.
        """
        pair = self.find() or self._create()
        self._check_keys(pair)
        self._warn_of_ignored_settings(pair)
        self._publish_certificates(pair)
        self._publish_root_crl(pair.root, FIRST_SHARD)
        self._request_crls(pair.issuing.ca_id)
        self._open_first_shard(pair.issuing)
        return pair

    def find(self) -> AuthorityPair | None:
        """The active root and issuing CA. Both were made in one transaction."""
        active = [a for a in self._authorities.all() if a.state is AuthorityState.ACTIVE]
        root = next((a for a in active if a.role == "root"), None)
        issuing = next((a for a in active if a.role == "issuing" and a.issuer_id == ISSUER_ID), None)
        return AuthorityPair(root, issuing) if root and issuing else None

    def require(self) -> AuthorityPair:
        """Raises Conflict before the first `initialize`."""
        pair = self.find()
        if pair is None:
            raise Conflict("There is no CA yet: run initialize first.")
        return pair

    def _create(self) -> AuthorityPair:
        pair = self._new_pair()
        try:
            self._database.transact([*self._steps(pair.root), *self._steps(pair.issuing)])
        except Conflict:
            # Another run was first: its CA is the one.
            return self.require()
        logger.info("made the CAs", extra={"root": pair.root.ca_id, "issuing": pair.issuing.ca_id})
        return pair

    def _new_pair(self) -> AuthorityPair:
        root_key = self._load_key(self._settings.root_key_arn)
        issuing_key = self._load_key(self._settings.issuing_key_arn)
        start = self._now().replace(microsecond=0) - _BACKDATED
        root_cert = root_certificate(
            self._settings.root_subject, root_key, start, start + timedelta(days=_DAYS_OF_15_YEARS)
        )
        root = self._authority("root", self._settings.root_key_arn, root_cert)
        issuing_cert = issuing_certificate(
            self._settings.issuing_subject,
            issuing_key.public_key(),
            root_cert,
            root_key,
            self._settings.permitted_domains,
            root.crl_url,
            root.certificate_url,
            start,
            start + timedelta(days=_DAYS_OF_5_YEARS),
        )
        return AuthorityPair(root, self._issuing(root, issuing_cert))

    def _authority(self, role: str, key_arn: str, certificate: x509.Certificate) -> Authority:
        ca_id = new_id("ca", self._now())
        return Authority(
            ca_id=ca_id,
            issuer_id=ISSUER_ID,
            role=role,
            key_arn=key_arn,
            certificate_pem=certificate_pem(certificate),
            subject_key_identifier=ski_hex(certificate.public_key()),
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
            state=AuthorityState.ACTIVE,
            certificate_url=self._url(f"{ca_id}.crt"),
            crl_url=self._url(f"{ca_id}.crl"),
        )

    def _issuing(self, root: Authority, certificate: x509.Certificate) -> Authority:
        """Its `crl_url` is that of shard 0, the CRL that it signs; its own status is in the root's."""
        made = self._authority("issuing", self._settings.issuing_key_arn, certificate)
        return replace(
            made,
            crl_url=self._url(f"{made.ca_id}/0.crl"),
            all_crl_url=self._url(f"{made.ca_id}/{ALL_SHARD}.crl"),
            chain_pem=root.certificate_pem,
            parent_id=root.ca_id,
        )

    def _url(self, path: str) -> str:
        return f"http://{self._settings.host}/pki/{path}"

    def _steps(self, authority: Authority) -> list[Step]:
        now = self._now()
        created = self._authorities.create_steps(authority, _first_shards(authority))
        details = changes(None, authority)
        return [*created, self._audit.event_step(ACTOR, "ca_created", "ca", authority.ca_id, details, now)]

    def _check_keys(self, pair: AuthorityPair) -> None:
        """What KMS would sign with must be what the certificates vouch for."""
        wanted = ((pair.root, self._settings.root_key_arn), (pair.issuing, self._settings.issuing_key_arn))
        for authority, key_arn in wanted:
            if authority.key_arn != key_arn:
                raise Conflict(
                    f"{authority.ca_id} was made with {authority.key_arn}; the stack has {key_arn}."
                )
            held = self._load_key(key_arn).public_key()
            if spki_der(held) != spki_der(load_certificate(authority.certificate_pem).public_key()):
                raise Conflict(f"The key {key_arn} is not the one of the certificate of {authority.ca_id}.")

    def _warn_of_ignored_settings(self, pair: AuthorityPair) -> None:
        for authority, subject in (
            (pair.root, self._settings.root_subject),
            (pair.issuing, self._settings.issuing_subject),
        ):
            if load_certificate(authority.certificate_pem).subject != parse_subject(subject):
                logger.warning(
                    "the CA keeps the subject that it was made with", extra={"ca": authority.ca_id}
                )
        if urlsplit(pair.issuing.certificate_url).netloc != self._settings.host:
            logger.warning("the CA keeps its URLs", extra={"url": pair.issuing.certificate_url})

    def _open_first_shard(self, issuing: Authority) -> None:
        """Opens shard 0, unless a shard was ever open, once all that it needs can be fetched."""
        shards = self._authorities.shards(issuing.ca_id)
        certificate = load_certificate(issuing.certificate_pem)
        for shard in shards:
            stored = self._objects.get(object_key(shard.url))
            if stored is None:
                raise Unavailable(f"The CRL {shard.url} was not published. Try again.")
            inspect_crl(stored.body, certificate)
        numbered = [shard for shard in shards if shard.shard != ALL_SHARD]
        if len(numbered) == 1 and not numbered[0].open:
            self._authorities.open_shard(numbered[0])

    def _publish_certificates(self, pair: AuthorityPair) -> None:
        for authority in (pair.root, pair.issuing):
            key = object_key(authority.certificate_url)
            der = certificate_der(load_certificate(authority.certificate_pem))
            self._publish(_Published(key, der, "application/pkix-cert", _DAY_CACHE))
            pem = authority.certificate_pem.encode()
            self._publish(_Published(key.removesuffix(".crt") + ".pem", pem, _PEM, _DAY_CACHE))
        bundle = (pair.issuing.certificate_pem + pair.root.certificate_pem).encode()
        self._publish(_Published(_BUNDLE_KEY, bundle, _PEM, _SHORT_CACHE))

    def _publish(self, wanted: "_Published") -> None:
        """Writes only what is missing or differs; another run may be writing the same."""
        for _ in range(_TRIES):
            stored = self._objects.get(wanted.key)
            if stored is not None and stored.body == wanted.body:
                return
            etag = stored.etag if stored else None
            with suppress(Conflict):
                self._objects.put(wanted.key, wanted.body, wanted.content_type, wanted.cache_control, etag)
        raise Unavailable(f"{wanted.key} is being written by others. Try again.")


@dataclass(frozen=True)
class _Published:
    key: str
    body: bytes
    content_type: str
    cache_control: str


def _first_shards(authority: Authority) -> list[CrlShard]:
    first = CrlShard(authority.ca_id, FIRST_SHARD, authority.crl_url, open=False)
    if authority.all_crl_url is None:
        return [first]
    return [first, CrlShard(authority.ca_id, ALL_SHARD, authority.all_crl_url, open=False)]
