"""Limits per hour of ACME accounts and EAB keys."""

from datetime import timedelta

from certctl.store.acme.keys import rate_of
from certctl.store.database import Database
from certctl.store.quotas import QuotaStore


def hourly(database: Database, subject_id: str) -> QuotaStore:
    """What an ACME account or an EAB key does within one hour, by what it does."""
    return QuotaStore(database, rate_of(subject_id), "%Y-%m-%dT%H", timedelta(hours=2))
