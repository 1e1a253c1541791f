"""Composition of what seals the audit trail and exports it: for maintenance_schedule and insights_api."""

from functools import cache
from typing import TYPE_CHECKING

from certctl import bootstrap, config

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec

    from certctl.connectors.aws.objects import Objects
    from certctl.domain.audit.seals import SignedHead
    from certctl.services.audit.exports import AuditExports
    from certctl.services.audit.sealing import AuditSealer
    from certctl.services.audit.trail import AuditTrail
    from certctl.store.audit.ranges import AuditRanges
    from certctl.store.audit.seals import SealRows


@cache
def seal_objects() -> "Objects":
    from certctl.connectors.aws.objects import Objects

    return Objects(bootstrap.aws_client("s3"), config.audit_seals().bucket)


@cache
def seal_rows() -> "SealRows":
    from certctl.store.audit.seals import SealRows

    return SealRows(bootstrap.database())


@cache
def audit_ranges() -> "AuditRanges":
    from certctl.store.audit.ranges import AuditRanges

    return AuditRanges(bootstrap.database())


@cache
def seal_key() -> "ec.EllipticCurvePrivateKey":
    """Signs in KMS. One round trip for its public half."""
    from certctl.connectors.aws.kms import load_key

    return load_key(bootstrap.aws_client("kms"), config.audit_seals().key_arn)


@cache
def sealing() -> "AuditSealer":
    from certctl.connectors.seal_archive import SealArchive
    from certctl.crypto.audit.seals import check_signature
    from certctl.domain.audit.seals import API_CALL_CLASS, DOMAIN_EVENT_CLASS
    from certctl.services.audit.sealing import AuditSealer, SealSettings
    from certctl.store.locks import LockStore

    kept = config.audit()
    days = {API_CALL_CLASS: kept.api_call_days, DOMAIN_EVENT_CLASS: kept.domain_event_days}

    def check(signed: "SignedHead") -> None:
        check_signature(signed, seal_key().public_key())

    return AuditSealer(
        audit_ranges(),
        seal_rows(),
        SealArchive(seal_objects(), check),
        LockStore(bootstrap.database()),
        seal_key,
        SealSettings(config.stack().name, days),
        bootstrap.audit_store().began_on,
        bootstrap.now,
    )


@cache
def audit_exports() -> "AuditExports":
    """Shows what is in the bucket: whoever downloads it holds the signatures against a key of their own."""
    from certctl.connectors.seal_archive import SealArchive
    from certctl.services.audit.exports import AuditExports

    archive = SealArchive(seal_objects(), lambda _: None)
    return AuditExports(audit_ranges(), seal_rows(), archive, bootstrap.now)


@cache
def export_trail() -> "AuditTrail":
    """A day a page: proofs take a step of their own."""
    from certctl.services.audit.trail import AuditTrail

    return AuditTrail(bootstrap.audit_store(), bootstrap.now, further_days=0)


@cache
def audit_trail() -> "AuditTrail":
    from certctl.services.audit.trail import AuditTrail

    return AuditTrail(bootstrap.audit_store(), bootstrap.now)
