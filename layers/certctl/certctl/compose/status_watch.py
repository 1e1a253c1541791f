"""Composes status_watch, which reaches PKI hosts and writes receipts."""

from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from certctl import config
from certctl.compose.rooms.base import DEPLOYED, Base, Overrides
from certctl.compose.rooms.margins import run_reports

if TYPE_CHECKING:
    from certctl.connectors.authorities.linter import Linter
    from certctl.connectors.relying_party import RelyingParty
    from certctl.services.insights.margins import Margin, RunReports
    from certctl.services.status.watching.crls import WatchedCrls
    from certctl.services.status.watching.ocsp import WatchedOcsp
    from certctl.services.status.watching.ocsp_checks import OcspChecks
    from certctl.services.status.watching.served_watch import ServedWatch
    from certctl.services.status.watching.watch import StatusWatch
    from certctl.store.authorities.authorities import AuthorityStore

_LONGEST_STEP = timedelta(seconds=15)
"""A request takes 10 s at most."""


class RevocationWatch:
    def __init__(self, overrides: Overrides = DEPLOYED) -> None:
        self._base = Base(overrides)

    @cached_property
    def watch(self) -> "StatusWatch":
        from certctl.services.status.watching.watch import StatusWatch
        from certctl.store.revocation.receipts import ReceiptStore
        from certctl.store.status.watch_log import WatchLog

        base = self._base
        return StatusWatch(
            self._authorities,
            ReceiptStore(base.database),
            WatchLog(base.database),
            self._crls,
            self._ocsp,
            base.queue("status_checks").send_best_effort,
            base.now,
        )

    @cached_property
    def served(self) -> "ServedWatch":
        from certctl.services.status.watching.served import ServedUrls
        from certctl.services.status.watching.served_watch import ServedWatch
        from certctl.store.status.served_log import ServedLog

        base = self._base
        urls = ServedUrls(self._party, self._crls, self._ocsp, base.now)
        return ServedWatch(self._authorities, ServedLog(base.database), urls, base.now)

    @cached_property
    def margin(self) -> "Margin":
        from certctl.domain.insights.margins import SERVED
        from certctl.services.insights.margins import Margin

        return Margin(SERVED)

    @cached_property
    def reports(self) -> "RunReports":
        return run_reports("status_watch", self._base)

    @cached_property
    def ocsp_checks(self) -> "OcspChecks":
        from certctl.services.status.watching.ocsp_checks import OcspChecks

        return OcspChecks(self._authorities, self._party, self._base.now)

    @cached_property
    def linter(self) -> "Linter":
        from certctl.connectors.authorities.linter import Linter

        return Linter()

    def run_ends(self, time_left: timedelta) -> datetime:
        """A run begins nothing more after this moment."""
        return self._base.now() + time_left - _LONGEST_STEP

    @cached_property
    def _authorities(self) -> "AuthorityStore":
        from certctl.store.authorities.authorities import AuthorityStore

        return AuthorityStore(self._base.database)

    @cached_property
    def _crls(self) -> "WatchedCrls":
        from certctl.services.status.watching.crls import WatchedCrls

        return WatchedCrls(self._party, self._base.now)

    @cached_property
    def _ocsp(self) -> "WatchedOcsp":
        from certctl.services.status.watching.ocsp import WatchedOcsp

        return WatchedOcsp(self._party, self._base.now)

    @cached_property
    def _party(self) -> "RelyingParty":
        from certctl.connectors.relying_party import relying_party

        return self._base.overrides.relying_party or relying_party(config.allowed_private_cidrs())

    def end_connections(self) -> None:
        """Belongs at the end of each run: no connection survives the pause in which Lambda freezes a
        process."""
        if "_party" in vars(self):
            self._party.close()
