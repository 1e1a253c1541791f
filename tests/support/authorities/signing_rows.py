"""Issuing CAs as rows alone, for services that sign and publish nothing: no bucket is needed."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from certctl.crypto.pem import certificate_pem
from certctl.domain.authorities.authorities import Authority, CrlShard
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.catalog.record_kinds import Kind
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.database import Database
from tests.support.authorities.authority import Authority as Made
from tests.support.catalog.entries import entry, store_entry


def key_arn(issuer_id: str) -> str:
    return f"arn:{issuer_id}"


def lay_down_authorities(database: Database, made: Mapping[str, Made], now: datetime) -> None:
    """An active CA with one open CRL for each issuer, by the issuer's id."""
    for number, (issuer_id, authority) in enumerate(made.items()):
        row = _row(f"ca-{number}", issuer_id, authority, now)
        shard = CrlShard(row.ca_id, "0", row.crl_url, open=True)
        database.transact(AuthorityStore(database).create_steps(row, [shard]))
        store_entry(database, entry(Kind.ISSUER, issuer_id, now))


def _row(ca_id: str, issuer_id: str, made: Made, now: datetime) -> Authority:
    return Authority(
        ca_id=ca_id,
        issuer_id=issuer_id,
        role="issuing",
        key_arn=key_arn(issuer_id),
        certificate_pem=certificate_pem(made.issuing),
        subject_key_identifier=f"aa{ca_id}",
        not_before=now,
        not_after=now + timedelta(days=1800),
        state=AuthorityState.ACTIVE,
        certificate_url="http://pki.example.com/pki/ca.crt",
        crl_url=f"http://pki.example.com/pki/{ca_id}/0.crl",
        chain_pem=certificate_pem(made.root),
    )
