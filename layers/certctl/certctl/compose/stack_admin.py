"""Composes stack_admin: makes and rotates the CAs, makes the first admin key, restores revocations."""

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from certctl import config
from certctl.compose.rooms.authorities import AuthorityFactories
from certctl.compose.rooms.base import DEPLOYED, Base, Overrides
from certctl.compose.rooms.changes import ChangeFactories
from certctl.domain.audit.events import STACK_ADMIN
from certctl.domain.errors import InvalidInput
from certctl.domain.networks import networks_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric import ec

    from certctl.connectors.pki_site import PkiSite
    from certctl.domain.authorities.authorities import Authority, CrlShard
    from certctl.services.access.api_keys import ApiKeys
    from certctl.services.access.break_glass import BreakGlass
    from certctl.services.access.key_restoring import ApiKeyRecovery
    from certctl.services.access.upkeep.account_recovery import AccountRecovery
    from certctl.services.access.upkeep.key_subjects import KeySubjects
    from certctl.services.authorities.activation import CaActivation
    from certctl.services.authorities.ca_revocation import CaRevocation
    from certctl.services.authorities.external_roots import ExternalRoots
    from certctl.services.authorities.initialization import StackInitialization
    from certctl.services.authorities.ocsp_urls import OcspUrls
    from certctl.services.authorities.provisioning import CaProvisioning
    from certctl.services.authorities.recovery import CrlRecovery
    from certctl.services.authorities.root_publication import RootPublication
    from certctl.services.authorities.setup import AuthoritySettings, CertificateAuthority
    from certctl.services.authorities.setup_retry import SetupRetry
    from certctl.services.authorities.shards import ShardExpansion
    from certctl.services.catalog.defaults import CatalogDefaults
    from certctl.services.catalog.issuers import CatalogIssuers
    from certctl.services.insights.recount_requests import RecountRequests
    from certctl.services.revocation.ends import RevocationEnds
    from certctl.services.status.crl_publishing import CrlPublication
    from certctl.store.access.api_keys import ApiKeyStore
    from certctl.store.authorities.authorities import AuthorityStore
    from certctl.store.certificates.search_progress import SearchProgress
    from certctl.store.notifications.public_url import PublicUrlStore

# The deploy waits 300 s for stack_admin, which runs for 240 s; one attempt may take 90.
_PATIENCE = timedelta(seconds=120)


class StackAdmin:
    def __init__(self, overrides: Overrides = DEPLOYED) -> None:
        self._base = Base(overrides)
        self._authorities = AuthorityFactories(self._base)
        self._changes = ChangeFactories(self._base)
        self.now = self._base.now

    @property
    def is_local(self) -> bool:
        return config.stack().is_local

    @cached_property
    def api_keys(self) -> "ApiKeys":
        from certctl.services.access.account_keys import Accounts
        from certctl.services.access.api_keys import ApiKeys
        from certctl.store.access.subjects import SubjectStore

        base, endings = self._base, self._changes.catalog.key_endings
        subjects = SubjectStore(base.database)
        accounts = Accounts(self._changes.catalog.store)
        return ApiKeys(
            self._changes.units, self._key_store, subjects, endings, base.audit, accounts, base.now
        )

    @cached_property
    def break_glass(self) -> "BreakGlass":
        from certctl.services.access.break_glass import BreakGlass
        from certctl.store.access.break_glass import BreakGlassStore
        from certctl.store.access.subjects import SubjectStore

        base = self._base
        subjects, claims = SubjectStore(base.database), BreakGlassStore(base.database)
        return BreakGlass(self._changes.units, self._key_store, subjects, claims, base.now)

    @cached_property
    def _key_store(self) -> "ApiKeyStore":
        from certctl.store.access.api_keys import ApiKeyStore

        return ApiKeyStore(self._base.database)

    @cached_property
    def search_progress(self) -> "SearchProgress":
        from certctl.store.certificates.search_progress import SearchProgress

        return SearchProgress(self._base.database)

    @property
    def authorities(self) -> "AuthorityStore":
        return self._authorities.store

    @property
    def crl_publication(self) -> "CrlPublication":
        return self._authorities.crl_publication

    @cached_property
    def pki_site(self) -> "PkiSite":
        from certctl.connectors.pki_site import PkiSite

        return PkiSite(self._authorities.pki_objects)

    @cached_property
    def authority_settings(self) -> "AuthoritySettings":
        from certctl.services.authorities.setup import AuthoritySettings

        made_of = config.authorities()
        return AuthoritySettings(
            host=config.pki().host,
            root_key_arn=made_of.root_key_arn,
            issuing_key_arn=made_of.issuing_key_arn,
            root_subject=made_of.root_subject,
            issuing_subject=made_of.issuing_subject,
            permitted_domains=made_of.permitted_domains,
        )

    @cached_property
    def certificate_authority(self) -> "CertificateAuthority":
        from certctl.services.authorities.setup import CertificateAuthority

        base = self._base
        return CertificateAuthority(
            self.authority_settings,
            self._changes.units,
            self.authorities,
            self.pki_site,
            self._load_key,
            self.crl_publication.publish_if_due,
            self.ca_activation,
            base.now,
        )

    def _load_key(self, arn: str) -> "ec.EllipticCurvePrivateKey":
        if self._base.overrides.load_key is not None:
            return self._base.overrides.load_key(arn)
        from certctl.connectors.aws.kms import load_key

        return load_key(self._base.client("kms"), arn)

    def _load_new_key(self, arn: str) -> "ec.EllipticCurvePrivateKey":
        if self._base.overrides.load_key is not None:
            return self._base.overrides.load_key(arn)
        from certctl.connectors.aws.kms import load_new_key

        return load_new_key(self._base.client("kms"), arn)

    @cached_property
    def ca_activation(self) -> "CaActivation":
        from certctl.services.authorities.activation import CaActivation

        base = self._base
        return CaActivation(
            self._changes.units,
            self.authorities,
            self.pki_site,
            self.request_crls,
            self.require_served,
            lambda authority: self.ocsp_urls.enable(authority),
            STACK_ADMIN,
            base.now,
            self._least_shards,
        )

    @property
    def _least_shards(self) -> int:
        from certctl.domain.authorities.authorities import FIRST_SHARDS

        return self._base.overrides.first_shards or FIRST_SHARDS

    @cached_property
    def shard_expansion(self) -> "ShardExpansion":
        from certctl.services.authorities.shards import ShardExpansion

        return ShardExpansion(
            self._changes.units,
            self.authorities,
            self.pki_site,
            self.request_crls,
            STACK_ADMIN,
            self.now,
            self._least_shards,
        )

    @cached_property
    def request_crls(self) -> "Callable[[str], object]":
        """Has crl_publisher publish the lists of a CA."""
        from certctl.connectors.aws.functions import Function

        # longer than the publisher's own timeout
        slow = self._base.new_client("lambda", read_seconds=90, attempts=1)
        publisher = Function(slow, config.function_name("crl_publisher"))
        return lambda ca_id: publisher.call({"action": "publish", "ca_id": ca_id})

    @cached_property
    def require_served(self) -> "Callable[[Authority, CrlShard], object]":
        return _require_served

    @cached_property
    def ocsp_urls(self) -> "OcspUrls":
        from certctl.services.authorities.ocsp_urls import OcspUrls
        from certctl.store.status.ocsp_responders import ResponderStore

        units, wanted = self._changes.units, config.has_ocsp()
        responders, require = ResponderStore(self._base.database), self.require_answered
        return OcspUrls(units, self.authorities, responders, require, wanted, STACK_ADMIN, self.now)

    @cached_property
    def require_answered(self) -> "Callable[[Authority, str], object]":
        return self._require_answered

    def _require_answered(self, authority: "Authority", serial: str) -> None:
        """Raises NotServed. Loads what sends requests at the first question."""
        from certctl.connectors.ocsp_host import OcspHost

        OcspHost(self.now).require(authority, serial)

    @cached_property
    def initialization(self) -> "StackInitialization":
        from certctl.services.authorities.initialization import StackInitialization

        return StackInitialization(
            _check_settings,
            self.certificate_authority,
            self._base.audit,
            self.search_progress,
            self.catalog_defaults.make,
            self._base.now,
        )

    @cached_property
    def root_publication(self) -> "RootPublication":
        from certctl.services.authorities.root_publication import RootPublication

        return RootPublication(
            self.certificate_authority,
            self.authorities,
            self.pki_site,
            self.ca_activation,
            self.crl_publication.publish_if_due,
            self.crl_publication.publish_now,
        )

    @cached_property
    def local_issuers(self) -> "CaProvisioning":
        from certctl.services.authorities.provisioning import CaProvisioning

        return CaProvisioning(
            units=self._changes.units,
            authorities=self.authorities,
            activation=self.ca_activation,
            host=self.authority_settings.host,
            load_new_key=self._load_new_key,
            load_key=self._load_key,
            actor=STACK_ADMIN,
            now=self.now,
        )

    @cached_property
    def outside_roots(self) -> "ExternalRoots":
        from certctl.services.authorities.external_roots import ExternalRoots

        return ExternalRoots(
            units=self._changes.units,
            authorities=self.authorities,
            activation=self.ca_activation,
            host=self.authority_settings.host,
            load_new_key=self._load_new_key,
            actor=STACK_ADMIN,
            now=self.now,
        )

    @cached_property
    def ca_revocation(self) -> "CaRevocation":
        from certctl.services.authorities.ca_revocation import CaRevocation
        from certctl.store.revocation.revocations import RevocationStore
        from certctl.store.status.crl_changes import CrlChangeStore

        database = self._base.database
        return CaRevocation(
            units=self._changes.units,
            authorities=self.authorities,
            revocations=RevocationStore(database),
            crl_changes=CrlChangeStore(database),
            publish=self.root_publication.publish,
            routing=self._changes.routing.alert_routing.stack_facts,
            actor=STACK_ADMIN,
            now=self.now,
        )

    @cached_property
    def crl_restoring(self) -> "CrlRecovery":
        from certctl.services.authorities.recovery import CrlRecovery
        from certctl.store.issuing.serials import SerialStore

        base = self._base
        serials, objects = SerialStore(base.database), self._authorities.pki_objects
        return CrlRecovery(self._changes.stores, self._changes.units, serials, base.audit, objects, base.now)

    @cached_property
    def key_restoring(self) -> "ApiKeyRecovery":
        from certctl.services.access.key_restoring import ApiKeyRecovery
        from certctl.store.access.sessions import SessionStore

        base = self._base
        sessions = SessionStore(base.database)
        return ApiKeyRecovery(
            self._changes.units, self._key_store, sessions, base.audit, STACK_ADMIN, base.now
        )

    @cached_property
    def account_recovery(self) -> "AccountRecovery":
        from certctl.services.access.upkeep.account_recovery import AccountRecovery
        from certctl.store.access.subjects import SubjectStore

        base, records = self._base, self._changes.catalog.records
        return AccountRecovery(records, SubjectStore(base.database), base.audit, base.now)

    @cached_property
    def key_subjects(self) -> "KeySubjects":
        from certctl.services.access.upkeep.key_subjects import KeySubjects
        from certctl.store.access.subjects import SubjectStore

        changes, subjects = self._changes, SubjectStore(self._base.database)
        return KeySubjects(changes.units, self._key_store, subjects, changes.catalog.store, self._base.now)

    @cached_property
    def revocation_ends(self) -> "RevocationEnds":
        from certctl.services.revocation.ends import RevocationEnds
        from certctl.store.revocation.ends import RevocationEndStore

        base, catalog = self._base, self._changes.catalog.store
        return RevocationEnds(self.authorities, catalog, RevocationEndStore(base.database), base.now)

    @cached_property
    def catalog_defaults(self) -> "CatalogDefaults":
        from certctl.services.catalog.defaults import CatalogDefaults

        return CatalogDefaults(self._changes.catalog.records, self._base.now)

    @cached_property
    def catalog_issuers(self) -> "CatalogIssuers":
        from certctl.services.catalog.issuers import CatalogIssuers

        return CatalogIssuers(self._changes.catalog.records, self._base.now)

    @cached_property
    def patience(self) -> "SetupRetry":
        from certctl.services.authorities.setup_retry import SetupRetry

        return SetupRetry(_PATIENCE, self._base.now, self._base.overrides.sleep)

    @cached_property
    def public_url(self) -> "PublicUrlStore":
        from certctl.store.notifications.public_url import PublicUrlStore

        return PublicUrlStore(self._base.database)

    @cached_property
    def recount_requests(self) -> "RecountRequests":
        from certctl.services.insights.recount_requests import RecountRequests

        return RecountRequests(self._base.database, self._base.now)


def _check_settings() -> None:
    """Raises InvalidInput for faults that the first alert would otherwise reveal, long after the deploy."""
    try:
        notifications = config.notifications()
    except config.InvalidSetting as error:
        raise InvalidInput.of("EngineSettings", str(error)) from error
    if notifications.retention <= notifications.longest_delivery:
        needed = notifications.longest_delivery // timedelta(days=1) + 1
        raise InvalidInput.of(
            "NotificationRetentionDays", f"must be {needed} at least with these EngineSettings"
        )
    for cidr in config.allowed_private_cidrs():
        try:
            networks_of([cidr])
        except ValueError as error:
            raise InvalidInput.of("AllowedPrivateCidrs", str(error)) from error


def _require_served(authority: "Authority", shard: "CrlShard") -> None:
    """Raises NotServed. CloudFormation ensures that the distribution's own name works; the local stack has no
    such name."""
    pki = config.pki()
    if config.stack().is_local or pki.distribution in ("", pki.host):
        return
    from certctl.connectors.pki_host import PkiHost

    PkiHost(pki.distribution).require(authority, shard)
