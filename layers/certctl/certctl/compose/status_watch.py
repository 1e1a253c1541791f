"""Composes status_watch, which reaches PKI hosts and writes receipts."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl import config
from certctl.compose.rooms.base import DEPLOYED, Base, Overrides

if TYPE_CHECKING:
    from certctl.connectors.relying_party import RelyingParty
    from certctl.services.status.watching.watch import StatusWatch


class RevocationWatch:
    def __init__(self, overrides: Overrides = DEPLOYED) -> None:
        self._base = Base(overrides)

    @cached_property
    def watch(self) -> "StatusWatch":
        from certctl.services.status.watching.crls import WatchedCrls
        from certctl.services.status.watching.ocsp import WatchedOcsp
        from certctl.services.status.watching.watch import StatusWatch
        from certctl.store.authorities.authorities import AuthorityStore
        from certctl.store.revocation.receipts import ReceiptStore
        from certctl.store.status.watch_log import WatchLog

        base = self._base
        return StatusWatch(
            AuthorityStore(base.database),
            ReceiptStore(base.database),
            WatchLog(base.database),
            WatchedCrls(self._party, base.now),
            WatchedOcsp(self._party, base.now),
            base.queue("status_checks").send_best_effort,
            base.now,
        )

    @cached_property
    def _party(self) -> "RelyingParty":
        from certctl.connectors.relying_party import relying_party

        return self._base.overrides.relying_party or relying_party(config.allowed_private_cidrs())

    def end_connections(self) -> None:
        """Belongs at the end of each run: no connection survives the pause in which Lambda freezes a
        process."""
        if "_party" in vars(self):
            self._party.close()
