from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from certctl.domain.authorities.authorities import Authority, CrlShard
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.errors import Conflict
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.database import Database
from tests.support.aws.clients import local_aws, new_database

NOW = datetime(2026, 11, 24, 13, tzinfo=UTC)
ISSUING = Authority(
    ca_id="ca-1",
    issuer_id="iss-local",
    role="issuing",
    key_arn="arn:1",
    certificate_pem="PEM",
    subject_key_identifier="aa",
    not_before=NOW,
    not_after=NOW + timedelta(days=1826),
    state=AuthorityState.ACTIVE,
    certificate_url="http://h/pki/ca-1.crt",
    crl_url="http://h/pki/ca-1/0.crl",
    chain_pem="ROOT",
    all_crl_url="http://h/pki/ca-1/all.crl",
    parent_id="ca-0",
)
ROOT = replace(
    ISSUING,
    ca_id="ca-0",
    role="root",
    subject_key_identifier="00",
    chain_pem="",
    all_crl_url=None,
    parent_id=None,
    crl_url="http://h/0",
)
SHARD = CrlShard("ca-1", "0", "http://h/pki/ca-1/0.crl", open=False)
PUBLISHED = replace(SHARD, crl_number=1, etag='"e"', this_update=NOW, next_update=NOW, changes=3)


@pytest.fixture
def database() -> Iterator[Database]:
    with local_aws():
        yield new_database()


@pytest.fixture
def store(database: Database) -> AuthorityStore:
    store = AuthorityStore(database)
    database.transact([*store.create_steps(ROOT, []), *store.create_steps(ISSUING, [SHARD])])
    return store


def test_what_was_written_is_read_back(store: AuthorityStore) -> None:
    assert store.get("ca-1") == ISSUING
    assert store.get("ca-9") is None
    assert store.all() == [ROOT, ISSUING]
    assert store.shards("ca-1") == [SHARD]
    assert store.shard("ca-1", "0") == SHARD
    assert store.shard("ca-1", "7") is None


def test_the_active_issuing_ca_is_found_by_its_issuer_and_never_the_root(store: AuthorityStore) -> None:
    assert store.active_issuing("iss-local") == ISSUING
    assert store.active_issuing("iss-other") is None


def test_a_second_active_ca_of_one_issuer_is_refused(database: Database, store: AuthorityStore) -> None:
    with pytest.raises(Conflict):
        database.transact(store.create_steps(replace(ISSUING, ca_id="ca-2"), []))
    assert store.get("ca-2") is None


def test_a_published_crl_is_recorded_only_over_the_number_that_was_seen(store: AuthorityStore) -> None:
    store.advance_shard(PUBLISHED, SHARD)
    assert store.shard("ca-1", "0") == PUBLISHED
    with pytest.raises(Conflict):
        store.advance_shard(replace(PUBLISHED, etag='"f"'), SHARD)


def test_a_shard_opens_only_with_a_published_crl_at_its_url(store: AuthorityStore) -> None:
    with pytest.raises(Conflict, match="not published yet"):
        store.open_shards([SHARD])
    store.advance_shard(PUBLISHED, SHARD)
    store.open_shards([SHARD])
    assert store.shard("ca-1", "0") == replace(PUBLISHED, open=True)


def test_recording_a_crl_leaves_the_shard_open(store: AuthorityStore) -> None:
    store.advance_shard(PUBLISHED, SHARD)
    store.open_shards([SHARD])
    store.advance_shard(replace(PUBLISHED, crl_number=2), PUBLISHED)
    assert store.shard("ca-1", "0") == replace(PUBLISHED, open=True, crl_number=2)
