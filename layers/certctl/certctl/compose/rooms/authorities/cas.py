"""What stack_admin does with CAs: makes, activates, publishes, rotates and revokes them."""

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from certctl import config
from certctl.domain.audit.events import STACK_ADMIN

if TYPE_CHECKING:
    from collections.abc import Callable

    from certctl.compose.rooms.authorities.authorities import AuthorityFactories
    from certctl.compose.rooms.changes import ChangeFactories
    from certctl.connectors.aws.functions import Function
    from certctl.connectors.pki_site import PkiSite
    from certctl.crypto.ca_keys import CaPrivateKey
    from certctl.domain.authorities.authorities import Authority, CrlShard
    from certctl.services.authorities.activation import CaActivation
    from certctl.services.authorities.ca_revocation import CaRevocation
    from certctl.services.authorities.external_roots import ExternalRoots
    from certctl.services.authorities.lint import CaLint, LintDers
    from certctl.services.authorities.ocsp_urls import OcspUrls
    from certctl.services.authorities.provisioning import CaProvisioning
    from certctl.services.authorities.roots.making import RootMaking
    from certctl.services.authorities.roots.publication import RootPublication
    from certctl.services.authorities.setup import AuthoritySettings, CertificateAuthority
    from certctl.services.authorities.setup_retry import SetupRetry
    from certctl.services.authorities.shards import ShardExpansion
    from certctl.services.authorities.upkeep.ca_serials import CaSerials
    from certctl.services.status.ocsp_responders import OcspResponders
    from certctl.services.status.responder_rotation import ResponderRotation
    from certctl.unit_of_work.status.crl_publishing import CrlPublication

_PATIENCE_WITH_RESPONDERS = timedelta(seconds=60)


class CaFactories:
    def __init__(self, changes: "ChangeFactories", authorities: "AuthorityFactories") -> None:
        self._base = changes.base
        self._changes = changes
        self._authorities = authorities
        self._now = self._base.now

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
            names_ocsp=config.has_ocsp(),
            stack=config.stack().name,
        )

    @property
    def crl_publication(self) -> "CrlPublication":
        return self._authorities.crl_publication

    @cached_property
    def certificate_authority(self) -> "CertificateAuthority":
        from certctl.services.authorities.setup import CertificateAuthority

        base = self._base
        return CertificateAuthority(
            self.authority_settings,
            self._changes.units,
            self._authorities.store,
            self.pki_site,
            self._load_key,
            self.crl_publication,
            self.ca_activation,
            self.lint,
            self.patience,
            base.now,
        )

    @cached_property
    def patience(self) -> "SetupRetry":
        """The wait for responders that were made just now. None locally: the front door that serves the PKI
        host starts after the deploy."""
        from certctl.services.authorities.setup_retry import SetupRetry

        longest = timedelta(0) if config.stack().is_local else _PATIENCE_WITH_RESPONDERS
        return SetupRetry(longest, self._now, self._base.overrides.sleep)

    @cached_property
    def lint(self) -> "CaLint":
        from certctl.services.authorities.lint import CaLint

        return CaLint(self.lint_certificates)

    @cached_property
    def lint_certificates(self) -> "LintDers":
        from certctl.connectors.authorities.remote_linter import RemoteLinter

        return RemoteLinter(self._status_watch).findings

    @cached_property
    def _status_watch(self) -> "Function":
        from certctl.connectors.aws.functions import Function

        # longer than the two requests to a PKI host that it sends at most, and than a cold start with a lint
        slow = self._base.new_client("lambda", read_seconds=60, attempts=1)
        return Function(slow, config.function_name("status_watch"))

    def _load_key(self, arn: str) -> "CaPrivateKey":
        if self._base.overrides.load_key is not None:
            return self._base.overrides.load_key(arn)
        from certctl.connectors.aws.kms import load_key

        return load_key(self._base.client("kms"), arn)

    def _load_new_key(self, arn: str) -> "CaPrivateKey":
        from certctl.connectors.aws.key_roles import ISSUING_TAG

        return self._new_key(arn, ISSUING_TAG)

    def _load_root_key(self, arn: str) -> "CaPrivateKey":
        from certctl.connectors.aws.key_roles import ROOT_TAG

        return self._new_key(arn, ROOT_TAG)

    def _new_key(self, arn: str, tag: str) -> "CaPrivateKey":
        if self._base.overrides.load_key is not None:
            return self._base.overrides.load_key(arn)
        from certctl.connectors.aws.key_roles import require_tag
        from certctl.connectors.aws.kms import load_new_key
        from certctl.domain.authorities.key_specs import ISSUING_KEY_SPECS

        # that a root has another choice of specs is for the service to say
        key = load_new_key(self._base.client("kms"), arn, ISSUING_KEY_SPECS)
        require_tag(self._base.client("kms"), arn, tag)
        return key

    @cached_property
    def ca_activation(self) -> "CaActivation":
        from certctl.services.authorities.activation import CaActivation

        base = self._base
        return CaActivation(
            self._changes.units,
            self._authorities.store,
            self.pki_site,
            self.request_crls,
            self.require_served,
            self.ocsp_urls,
            STACK_ADMIN,
            base.now,
        )

    @cached_property
    def shard_expansion(self) -> "ShardExpansion":
        from certctl.domain.authorities.sharding import DEPLOYED
        from certctl.services.authorities.shards import ShardExpansion

        return ShardExpansion(
            self._changes.units,
            self._authorities.store,
            self.pki_site,
            self.request_crls,
            STACK_ADMIN,
            self._now,
            self._base.overrides.sharding or DEPLOYED,
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
        responders, fault = ResponderStore(self._base.database), self._ocsp_fault
        make = self._make_root_responder
        return OcspUrls(
            units, self._authorities.store, responders, fault, make, wanted, STACK_ADMIN, self._now
        )

    def _make_root_responder(self, ca_id: str) -> None:
        self.root_responders.renew_due_of(ca_id)

    @cached_property
    def root_responders(self) -> "OcspResponders":
        from certctl.services.status.ocsp_responders import OcspResponders
        from certctl.store.status.ocsp_responders import ResponderStore

        authorities, responders = self._authorities, ResponderStore(self._base.database)
        return OcspResponders(
            authorities.store, responders, authorities.ca_key, authorities.wrapped, self._now, "root"
        )

    @cached_property
    def responder_rotation(self) -> "ResponderRotation":
        from certctl.services.status.responder_rotation import ResponderRotation

        return ResponderRotation(self.root_responders, self._changes.units, STACK_ADMIN, self._now)

    @cached_property
    def serials(self) -> "CaSerials":
        from certctl.services.authorities.upkeep.ca_serials import CaSerials

        return CaSerials(self._base.database)

    @cached_property
    def _ocsp_fault(self) -> "Callable[[str, str], str | None]":
        """Has status_watch ask the OCSP URL of a CA about a serial. Raises Unavailable."""

        # lazily: its client is made for a CA that gets its URL, and most have theirs
        def ask(ca_id: str, serial: str) -> str | None:
            question = {"action": "check_ocsp", "ca_id": ca_id, "serial": serial}
            fault: str | None = self._status_watch.call(question)["fault"]
            return fault

        return ask

    @cached_property
    def root_publication(self) -> "RootPublication":
        from certctl.services.authorities.roots.publication import RootPublication

        return RootPublication(
            self._authorities.store, self.pki_site, self.ca_activation, self.crl_publication
        )

    @cached_property
    def root_making(self) -> "RootMaking":
        from certctl.services.authorities.roots.making import RootMaking

        return RootMaking(
            units=self._changes.units,
            authorities=self._authorities.store,
            site=self.pki_site,
            crls=self.crl_publication,
            ocsp_urls=self.ocsp_urls,
            require_served=self.require_served,
            host=self.authority_settings.host,
            load_new_key=self._load_root_key,
            lint=self.lint,
            actor=STACK_ADMIN,
            now=self._now,
        )

    @cached_property
    def local_issuers(self) -> "CaProvisioning":
        from certctl.services.authorities.provisioning import CaProvisioning

        return CaProvisioning(
            units=self._changes.units,
            authorities=self._authorities.store,
            activation=self.ca_activation,
            host=self.authority_settings.host,
            stack=self.authority_settings.stack,
            load_new_key=self._load_new_key,
            load_key=self._load_key,
            lint=self.lint,
            catalog=self._changes.catalog.store,
            names_ocsp=config.has_ocsp(),
            actor=STACK_ADMIN,
            now=self._now,
        )

    @cached_property
    def outside_roots(self) -> "ExternalRoots":
        from certctl.services.authorities.external_roots import ExternalRoots

        return ExternalRoots(
            units=self._changes.units,
            authorities=self._authorities.store,
            activation=self.ca_activation,
            host=self.authority_settings.host,
            stack=self.authority_settings.stack,
            load_new_key=self._load_new_key,
            lint=self.lint,
            catalog=self._changes.catalog.store,
            actor=STACK_ADMIN,
            now=self._now,
        )

    @cached_property
    def ca_revocation(self) -> "CaRevocation":
        from certctl.services.authorities.ca_revocation import CaRevocation
        from certctl.store.revocation.revocations import RevocationStore
        from certctl.store.status.crl_changes import CrlChangeStore

        database = self._base.database
        return CaRevocation(
            units=self._changes.units,
            authorities=self._authorities.store,
            revocations=RevocationStore(database),
            crl_changes=CrlChangeStore(database),
            roots=self.root_publication,
            routing=self._changes.routing.alert_routing,
            actor=STACK_ADMIN,
            now=self._now,
        )


def _require_served(authority: "Authority", shard: "CrlShard") -> None:
    """Raises NotServed. CloudFormation ensures that the distribution's own name works; the local stack has no
    such name."""
    pki = config.pki()
    if config.stack().is_local or pki.distribution in ("", pki.host):
        return
    from certctl.connectors.pki_host import PkiHost

    PkiHost(pki.distribution).require(authority, shard)
