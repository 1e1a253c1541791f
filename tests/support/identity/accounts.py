"""Service accounts and users of tests."""

from certctl.domain.access.api_keys import ApiKey
from certctl.domain.access.credentials import CredentialKind, key_hash, new_credential_text
from certctl.domain.access.subjects import Subject
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.identity.accounts import ServiceAccount
from certctl.domain.ids import new_id, ulid_of
from certctl.store.access.api_keys import ApiKeyStore
from tests.support.catalog.entries import store_entry, store_teams
from tests.support.functions.deployed import Deployed


def store_account(stack: Deployed, subject: Subject, team_id: str) -> None:
    """The record of a service account with its subject, and its team."""
    now = stack.clock()
    store_teams(stack.database, now, team_id)
    account = ServiceAccount(subject.grants, enabled=subject.enabled)
    entry = Entry(Kind.SERVICE_ACCOUNT, subject.id, subject.id, account, now, now, team_id=team_id)
    store_entry(stack.database, entry)


def key_of(stack: Deployed, account_id: str) -> str:
    """The text of a key with all grants of a service account or user."""
    now, ulid = stack.clock(), ulid_of(account_id)
    text = new_credential_text(CredentialKind.KEY, ulid)
    key = ApiKey(new_id("key", now), "ci", None, (), key_hash(text), now, subject_id=account_id)
    stack.database.transact(ApiKeyStore(stack.database).create_steps(key))
    return text
