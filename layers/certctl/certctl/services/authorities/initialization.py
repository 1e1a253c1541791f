"""What a deploy makes of an empty stack."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from certctl.services.authorities.setup import AuthorityPair, CertificateAuthority
from certctl.store.audit.events import AuditStore
from certctl.store.certificates.search_progress import SearchProgress


@dataclass(frozen=True)
class StackInitialization:
    """`check_settings` raises InvalidInput. `make_defaults` makes the records that every catalog has."""

    check_settings: Callable[[], None]
    authority: CertificateAuthority
    audit: AuditStore
    search: SearchProgress
    make_defaults: Callable[[], object]
    now: Callable[[], datetime]

    def run(self) -> AuthorityPair:
        """Idempotent: every deploy runs it."""
        self.check_settings()
        self.audit.mark_beginning(self.now())
        if self.authority.find() is None:
            # A stack without a CA has no certificate that is older than search.
            self.search.end(self.now())
        pair = self.authority.initialize()
        self.make_defaults()
        return pair
