"""What a deploy makes of an empty stack."""

from collections.abc import Callable
from datetime import datetime

from certctl.services.authorities.setup import AuthorityPair, CertificateAuthority
from certctl.store.audit.events import AuditStore
from certctl.store.certificates.search_progress import SearchProgress


class StackInitialization:
    """`check_settings` raises InvalidInput. `make_defaults` makes the records that every catalog has."""

    def __init__(
        self,
        check_settings: Callable[[], None],
        authority: CertificateAuthority,
        audit: AuditStore,
        search: SearchProgress,
        make_defaults: Callable[[], object],
        now: Callable[[], datetime],
    ) -> None:
        self._check_settings = check_settings
        self._authority = authority
        self._audit = audit
        self._search = search
        self._make_defaults = make_defaults
        self._now = now

    def run(self) -> AuthorityPair:
        """Idempotent: every deploy runs it."""
        self._check_settings()
        self._audit.mark_beginning(self._now())
        if self._authority.find() is None:
            # A stack without a CA has no certificate that is older than search.
            self._search.end(self._now())
        pair = self._authority.initialize()
        self._make_defaults()
        return pair
