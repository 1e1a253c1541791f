"""The hourly passes for the agent's CRL bundles, and what is reported about them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from certctl_client.agent.consent.consent import CRL_BUNDLE, Consent
from certctl_client.agent.crls.installing import CrlInstaller
from certctl_client.agent.crls.memory import CrlMemory, Memory
from certctl_client.agent.crls.orders import Order, crl_files, orders_in
from certctl_client.agent.errors import WorkRefused
from certctl_client.agent.events import LogEvent
from certctl_client.agent.targets.commands import run_command
from certctl_client.errors import CommandError
from certctl_client.times import wire

_EVERY, _AFTER_PROBLEM = timedelta(minutes=50), timedelta(minutes=10)
_SPREAD_SECONDS = 300
_ALERT_AGAIN = timedelta(days=1)
_IDLE_SECONDS = 3600.0
_MOST_REPORTED = 20

type Report = Mapping[str, Any]


@dataclass(frozen=True)
class CrlPasses:
    installer: CrlInstaller

    @property
    def log(self) -> LogEvent:
        return self.installer.log

    def news(self, consent: Consent) -> list[Report] | None:
        """The reports for the next poll. None if this host allows no such targets: then the server is not
        asked for any."""
        if CRL_BUNDLE not in consent.kinds:
            return None
        reports = [(each, self.installer.memory.of(each.target_id)) for each in self._orders()]
        due = [
            _report(order, memory) for order, memory in reports if memory.reported != _report(order, memory)
        ]
        return [report for report in due if report["crls"] or report["problem"]][:_MOST_REPORTED]

    def recover(self) -> None:
        """Restores what passes of an earlier run have begun to replace."""
        for order in self._orders():
            self._recover(order.target_id)

    def learn(self, response: Mapping[str, Any], sent: Sequence[Report] | None) -> None:
        """Stores the targets that the server sent, and that it has taken the reports."""
        try:
            orders = orders_in(response)
        except WorkRefused as error:
            return self.log("crl_bundles_refused", error=error.message)
        if orders is None:
            return
        self._note_reported(sent or ())
        before = self._orders()
        if orders != before:
            self._replace(before, orders)

    def seconds_until_due(self) -> float:
        return min((self._seconds_until(order) for order in self._orders()), default=_IDLE_SECONDS)

    def run_due(self) -> None:
        """Makes the passes that are due. Raises CommandError if the state directory cannot be used."""
        for order in self._orders():
            if self._seconds_until(order) <= 0:
                self._run(order)

    def _replace(self, before: Sequence[Order], orders: Sequence[Order]) -> None:
        self.installer.memory.keep_orders(orders)
        for gone in {each.target_id for each in before} - {each.target_id for each in orders}:
            self._recover(gone)
            self.installer.memory.forget(gone)

    def _recover(self, target_id: str) -> None:
        try:
            self.installer.recover(target_id)
        except CommandError as error:
            self.log("crl_pass_failed", error=error.message)

    def _run(self, order: Order) -> None:
        memory = self.installer.memory
        before = memory.of(order.target_id)
        after = self.installer.run(order, before)
        if after.problem and after.problem != before.problem:
            self.log("crls_kept", target=order.target_id, problem=after.problem)
        memory.keep(order.target_id, after)
        memory.keep(order.target_id, self._alerted(order, after))

    def _alerted(self, order: Order, memory: Memory) -> Memory:
        """Alerts the host while a CRL is stale: in each pass by an event, daily by the target's command."""
        now = self.installer.now()
        stale = memory.stale(now)
        if not stale:
            return replace(memory, alerted_at="")
        self.log("crls_stale", target=order.target_id, next_update=min(crl.next_update for crl in stale))
        if memory.alerted_at and now - datetime.fromisoformat(memory.alerted_at) < _ALERT_AGAIN:
            return memory
        try:
            if command := crl_files(order, self.installer.consent()).stale_command:
                run_command(command, "stale command")
        except CommandError as error:
            self.log("stale_command_failed", target=order.target_id, error=error.message)
            return memory
        return replace(memory, alerted_at=wire(now))

    def _seconds_until(self, order: Order) -> float:
        memory = self.installer.memory.of(order.target_id)
        since = memory.since_check(self.installer.now())
        if since is None or since < timedelta(0) or memory.config != order.config:
            return 0.0
        pause = _AFTER_PROBLEM if memory.problem else _EVERY
        spread = crc32(order.target_id.encode()) % _SPREAD_SECONDS
        return max((pause - since).total_seconds() + spread, 0.0)

    def _note_reported(self, sent: Sequence[Report]) -> None:
        memory = self.installer.memory
        for report in sent:
            target_id = report["target_id"]
            memory.keep(target_id, replace(memory.of(target_id), reported=report))

    def _orders(self) -> list[Order]:
        return self.installer.memory.orders()


def crl_status(memory: CrlMemory) -> list[dict[str, Any]]:
    """The installed CRLs, for a person at the host. Raises ConfigurationError."""
    known = [(order, memory.of(order.target_id)) for order in memory.orders()]
    return [{"checked_at": each.checked_at, **_report(order, each)} for order, each in known]


def _report(order: Order, memory: Memory) -> Report:
    crls = [asdict(crl) for crl in memory.crls][:_MOST_REPORTED]
    return {"target_id": order.target_id, "crls": crls, "problem": memory.problem}
