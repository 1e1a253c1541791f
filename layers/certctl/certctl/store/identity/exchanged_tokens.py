"""Exchanged credentials, and the tokens that may be exchanged once."""

import hashlib
from datetime import datetime, timedelta

from certctl.domain.access.permissions import ALL_TEAMS
from certctl.domain.errors import DomainError
from certctl.domain.identity.exchanged_tokens import ExchangedToken
from certctl.store.access.items import CredentialItem
from certctl.store.items import StateItem, SubjectItem
from certctl.store.keys import JTI, subject_key
from certctl.store.writes import Write, check, delete, put

_KEPT = timedelta(hours=1)


def create_step(token: ExchangedToken) -> Write:
    """DynamoDB deletes the row an hour after the credential expired."""
    row = CredentialItem(
        token.key_hash,
        key_id=token.id,
        teams=(ALL_TEAMS,),
        subject_ulid=token.subject_ulid,
        rule_id=token.rule_id,
        makers=token.makers or None,
        issuer=token.issuer,
        claims=token.claims,
        jti=token.jti,
        actions=token.actions or None,
        names=token.names or None,
        expires_at=token.expires_at,
        delete_after=int((token.expires_at + _KEPT).timestamp()),
    )
    return put(row, CredentialItem.key_hash.does_not_exist())


def end_step(key_hash: str) -> Write:
    return delete(CredentialItem(key_hash))


def enabled_step(subject_ulid: str, refusal: DomainError) -> Write:
    """Raises the refusal if the subject is disabled or gone."""
    enabled = SubjectItem.enabled == True  # noqa: E712  # builds a condition
    return check(SubjectItem(subject_key(subject_ulid)), enabled, refusal)


def use_step(issuer: str, jti: str, until: datetime, refusal: DomainError) -> Write:
    """Raises the refusal if the issuer's token was used. The row is kept until the token has expired."""
    digest = hashlib.sha256(f"{issuer}\n{jti}".encode()).hexdigest()
    row = StateItem(JTI, digest, delete_after=int((until + _KEPT).timestamp()))
    return put(row, StateItem.id.does_not_exist(), refusal)
