"""Composition of what makes and retires CAs and publishes their CRLs: for stack_admin, crl_publisher and
maintenance_schedule."""

import time
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from certctl import bootstrap, config
from certctl.domain.audit.events import Actor, ActorType

if TYPE_CHECKING:
    from certctl.connectors.aws.objects import Objects
    from certctl.connectors.pki_site import PkiSite
    from certctl.domain.authorities.authorities import Authority, CrlShard
    from certctl.services.access.key_restoring import ApiKeyRecovery
    from certctl.services.authorities.activation import CaActivation
    from certctl.services.authorities.external_roots import ExternalRoots
    from certctl.services.authorities.lifecycle import CaLifecycle
    from certctl.services.authorities.provisioning import CaProvisioning
    from certctl.services.authorities.recovery import CrlRecovery
    from certctl.services.authorities.setup import CertificateAuthority
    from certctl.services.authorities.setup_retry import SetupRetry
    from certctl.services.status.crl_ages import CrlAges
    from certctl.services.status.crl_publishing import CrlPublication
    from certctl.store.notifications.public_url import PublicUrlStore

# The deploy waits 300 s for stack_admin, which runs for 240 s; one attempt may take 90.
_PATIENCE = timedelta(seconds=120)
STACK_ADMIN = Actor("system/stack_admin", ActorType.SYSTEM)


@cache
def pki_objects() -> "Objects":
    from certctl.connectors.aws.objects import Objects

    return Objects(bootstrap.aws_client("s3"), config.pki().bucket)


@cache
def pki_site() -> "PkiSite":
    from certctl.connectors.pki_site import PkiSite

    return PkiSite(pki_objects())


@cache
def crl_publishing() -> "CrlPublication":
    from certctl.services.status.crl_publishing import CrlPublication
    from certctl.store.revocation.revocations import RevocationStore
    from certctl.store.status.crl_changes import CrlChangeStore

    changes = CrlChangeStore(bootstrap.database())
    revocations = RevocationStore(bootstrap.database())
    return CrlPublication(
        bootstrap.authority_store(), revocations, changes, pki_objects(), bootstrap.ca_key, bootstrap.now
    )


@cache
def crl_ages() -> "CrlAges":
    from certctl.services.status.crl_ages import CrlAges

    return CrlAges(bootstrap.authority_store(), bootstrap.now)


@cache
def certificate_authority() -> "CertificateAuthority":
    from certctl.connectors.aws.kms import load_key
    from certctl.services.authorities.setup import AuthoritySettings, CertificateAuthority

    made_of = config.authorities()
    settings = AuthoritySettings(
        host=config.pki().host,
        root_key_arn=made_of.root_key_arn,
        issuing_key_arn=made_of.issuing_key_arn,
        root_subject=made_of.root_subject,
        issuing_subject=made_of.issuing_subject,
        permitted_domains=made_of.permitted_domains,
    )
    return CertificateAuthority(
        settings,
        bootstrap.database(),
        bootstrap.authority_store(),
        bootstrap.audit_store(),
        pki_site(),
        lambda arn: load_key(bootstrap.aws_client("kms"), arn),
        crl_publishing().publish_if_due,
        ca_activation().activate,
        bootstrap.now,
    )


@cache
def ca_activation() -> "CaActivation":
    from certctl.connectors.aws.clients import make_client
    from certctl.connectors.aws.functions import Function
    from certctl.services.authorities.activation import CaActivation

    # longer than the publisher's own timeout
    slow = make_client("lambda", config.stack().region, read_seconds=90, attempts=1)
    publisher = Function(slow, config.function_name("crl_publisher"))
    return CaActivation(
        bootstrap.database(),
        bootstrap.authority_store(),
        bootstrap.audit_store(),
        pki_site(),
        lambda ca_id: publisher.call({"action": "publish", "ca_id": ca_id}),
        require_served,
        STACK_ADMIN,
        bootstrap.now,
    )


def require_served(authority: "Authority", shard: "CrlShard") -> None:
    """CloudFormation has seen to it that the distribution's own name works; the local stack has no such
    name. Raises NotServed."""
    pki = config.pki()
    if config.stack().is_local or pki.distribution in ("", pki.host):
        return
    from certctl.connectors.pki_host import PkiHost

    PkiHost(pki.distribution).require(authority, shard)


@cache
def patience() -> "SetupRetry":
    from certctl.services.authorities.setup_retry import SetupRetry

    return SetupRetry(_PATIENCE, bootstrap.now, time.sleep)


@cache
def public_url_store() -> "PublicUrlStore":
    from certctl.store.notifications.public_url import PublicUrlStore

    return PublicUrlStore(bootstrap.database())


@cache
def local_issuers() -> "CaProvisioning":
    from certctl.connectors.aws.kms import load_key, load_new_key
    from certctl.services.authorities.provisioning import CaProvisioning, IssuerPorts

    ports = IssuerPorts(
        host=config.pki().host,
        load_new_key=lambda arn: load_new_key(bootstrap.aws_client("kms"), arn),
        load_key=lambda arn: load_key(bootstrap.aws_client("kms"), arn),
        activate=ca_activation().activate,
        actor=STACK_ADMIN,
        now=bootstrap.now,
    )
    return CaProvisioning(bootstrap.database(), bootstrap.authority_store(), bootstrap.audit_store(), ports)


@cache
def outside_roots() -> "ExternalRoots":
    from certctl.connectors.aws.kms import load_new_key
    from certctl.services.authorities.external_roots import ExternalRoots, RequestPorts

    ports = RequestPorts(
        host=config.pki().host,
        load_new_key=lambda arn: load_new_key(bootstrap.aws_client("kms"), arn),
        activate=ca_activation().activate,
        actor=STACK_ADMIN,
        now=bootstrap.now,
    )
    return ExternalRoots(bootstrap.database(), bootstrap.authority_store(), bootstrap.audit_store(), ports)


@cache
def crl_restoring() -> "CrlRecovery":
    from certctl.services.authorities.recovery import CrlRecovery
    from certctl.store.issuing.serials import SerialStore

    return CrlRecovery(
        bootstrap.stores(),
        SerialStore(bootstrap.database()),
        bootstrap.audit_store(),
        pki_objects(),
        bootstrap.now,
    )


@cache
def key_restoring() -> "ApiKeyRecovery":
    from certctl.services.access.key_restoring import ApiKeyRecovery

    keys, audit = bootstrap.api_key_store(), bootstrap.audit_store()
    return ApiKeyRecovery(bootstrap.database(), keys, audit, STACK_ADMIN, bootstrap.now)


@cache
def ca_upkeep() -> "CaLifecycle":
    from certctl.services.authorities.lifecycle import CaLifecycle
    from certctl.store.policies.lifetimes import longest_lifetime

    return CaLifecycle(
        bootstrap.database(),
        bootstrap.authority_store(),
        bootstrap.audit_store(),
        lambda: longest_lifetime(bootstrap.catalog_store()),
        Actor(f"system/{config.stack().function}", ActorType.SYSTEM),
        bootstrap.now,
    )
