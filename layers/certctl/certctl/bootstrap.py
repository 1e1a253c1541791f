"""Composition root: every object of a function is made here, once, at its first use.

Imports stand inside the factories, so that a function pays for what it uses and no more.
"""

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from certctl import config

if TYPE_CHECKING:
    from certctl.api.resolver import ApiServices
    from certctl.services.api_call_audit import ApiCallAudit
    from certctl.services.api_keys import ApiKeys
    from certctl.services.audit_trail import AuditTrail
    from certctl.services.authentication import Authentication
    from certctl.store.api_keys import ApiKeyStore
    from certctl.store.audit import AuditStore
    from certctl.store.authorities import AuthorityStore
    from certctl.store.database import Database
    from certctl.store.idempotency import IdempotencyStore


def now() -> datetime:
    return datetime.now(UTC)


@cache
def database() -> "Database":
    from certctl.store.database import connect
    from certctl.store.models import MODELS

    return connect(MODELS, dict(config.table_names()), config.stack().region)


@cache
def audit_store() -> "AuditStore":
    from certctl.store.audit import AuditStore, Retention

    kept = config.audit()
    return AuditStore(database(), Retention(kept.api_call_days, kept.domain_event_days))


@cache
def api_key_store() -> "ApiKeyStore":
    from certctl.store.api_keys import ApiKeyStore

    return ApiKeyStore(database())


@cache
def authority_store() -> "AuthorityStore":
    from certctl.store.authorities import AuthorityStore

    return AuthorityStore(database())


@cache
def idempotency_store() -> "IdempotencyStore":
    from certctl.store.idempotency import IdempotencyStore

    return IdempotencyStore(database())


@cache
def authentication() -> "Authentication":
    from certctl.services.authentication import Authentication

    return Authentication(api_key_store(), now)


@cache
def api_call_audit() -> "ApiCallAudit":
    from certctl.services.api_call_audit import ApiCallAudit
    from certctl.store.audit_samples import AuditSampleStore

    return ApiCallAudit(audit_store(), AuditSampleStore(database()), now)


@cache
def api_services() -> "ApiServices":
    """For every function behind a key."""
    from certctl.api.resolver import ApiServices

    return ApiServices(authentication(), api_call_audit(), idempotency_store(), now)


@cache
def public_api_services() -> "ApiServices":
    """For the function that anyone may call: it may not read credentials."""
    from certctl.api.resolver import ApiServices

    return ApiServices(None, api_call_audit(), idempotency_store(), now)


@cache
def api_keys() -> "ApiKeys":
    from certctl.services.api_keys import ApiKeys

    return ApiKeys(database(), api_key_store(), audit_store(), now)


@cache
def audit_trail() -> "AuditTrail":
    from certctl.services.audit_trail import AuditTrail

    return AuditTrail(audit_store(), now)
