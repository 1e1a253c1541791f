"""Who sent a verified ACME request: the ACME account with its EAB key and its service account."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from certctl.domain.access.subjects import Subject
from certctl.domain.acme.accounts import AcmeAccount
from certctl.domain.acme.callers import caller_of, require_source
from certctl.domain.acme.eab_keys import EabKey
from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.acme.views import AcmeCaller
from certctl.domain.ids import ulid_of
from certctl.store.access.subjects import SubjectStore
from certctl.store.acme.accounts import AcmeAccountStore
from certctl.store.acme.eab_keys import EabKeyStore
from certctl.store.paging import in_parallel

CACHE_TIME = timedelta(seconds=15)
_CACHE_SIZE = 1000


@dataclass(frozen=True)
class _Cached:
    key: EabKey
    until: datetime


@dataclass(frozen=True)
class AcmeCallers:
    """Caches EAB keys for 15 s: an edit acts on ACME accounts after 15 s at most. Service accounts are read
    each time: a disabled one is locked out at once."""

    accounts: AcmeAccountStore
    eab_keys: EabKeyStore
    subjects: SubjectStore
    now: Callable[[], datetime]
    _cache: dict[str, _Cached] = field(default_factory=dict, init=False)

    def account(self, account_id: str) -> AcmeAccount | None:
        """One consistent read."""
        return self.accounts.get(account_id)

    def caller(self, account: AcmeAccount, source_ip: str) -> AcmeCaller:
        """The caller of an ACME account whose signature was verified. One read, and another one every 15 s,
        concurrently. Raises AcmeProblem for a service account that may do nothing, and for an address that
        the EAB key does not admit."""
        key, subject = in_parallel(lambda: self._key(account.eab_key_id), lambda: self._subject(account))
        require_source(key.source_cidrs, source_ip)
        return caller_of(account, key, subject)

    def _subject(self, account: AcmeAccount) -> Subject | None:
        return self.subjects.get(ulid_of(account.service_account_id))

    def _key(self, key_id: str) -> EabKey:
        cached = self._cache.get(key_id)
        if cached is not None and cached.until > self.now():
            return cached.key
        key = self.eab_keys.get(key_id)
        if key is None:
            raise AcmeProblem(ProblemType.UNAUTHORIZED, "The EAB key of this ACME account was deleted.")
        if len(self._cache) >= _CACHE_SIZE:
            self._cache.clear()
        self._cache[key_id] = _Cached(key, self.now() + CACHE_TIME)
        return key
