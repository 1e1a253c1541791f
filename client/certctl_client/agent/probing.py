"""Probes that the control plane orders. Orders come with a poll, and their reports go with the next one."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from certctl_client.agent.consent.consent import Consent
from certctl_client.agent.errors import WorkRefused
from certctl_client.agent.events import LogEvent
from certctl_client.agent.state import State, read_json, write_json
from certctl_client.errors import ConfigurationError

if TYPE_CHECKING:
    from certctl_client.probing.probes import Order

_FILE = "probes.json"
_MOST = 20
_FRESH = timedelta(minutes=10)
_LONGEST_REPORT = 128 * 1024
"""Bytes: an honest report of eight addresses with a chain each is a fourth of it."""

type Report = dict[str, Any]


@dataclass
class OrderedProbes:
    """Probes just before a poll, so that the server learns what is served now, however long the pause was.
    `reports` are those that no server has taken yet, with the time of each."""

    state: State
    consent: Callable[[], Consent]
    log: LogEvent
    now: Callable[[], datetime]
    reports: dict[str, tuple[datetime, Report]] = field(default_factory=dict)

    def news(self) -> list[Report]:
        """The report of each order. While no server takes them, an endpoint is probed again only when its
        report has become old."""
        orders = self._orders()
        fresh = {id_: report for id_, report in self.reports.items() if abs(self.now() - report[0]) < _FRESH}
        self.reports = fresh | self._probed([each for each in orders if each.endpoint_id not in fresh])
        return [self.reports[each.endpoint_id][1] for each in orders]

    def learn(self, response: Mapping[str, Any]) -> None:
        """Stores the orders of a response to a poll with all reports. Servers of earlier releases send
        none."""
        self.reports = {}
        records = response.get("probes")
        known = records[:_MOST] if isinstance(records, list) else []
        if known != self._records():
            write_json(self.state.path / _FILE, {"orders": known})

    def _orders(self) -> "Sequence[Order]":
        """Each endpoint once."""
        if not (records := self._records()):
            return []
        from certctl_client.probing.wire import order_of  # asyncio and ssl, which most agents do not need

        orders: dict[str, Order] = {}
        for record in records:
            try:
                order = order_of(record)
            except ValueError as error:
                self.log("probe_refused", reason=str(error))
            else:
                orders[order.endpoint_id] = order
        return list(orders.values())

    def _records(self) -> list[Any]:
        if not (self.state.path / _FILE).exists():
            return []
        try:
            records = read_json(self.state.path / _FILE).get("orders")
        except ConfigurationError as error:
            self.log("probes_forgotten", reason=error.message)
            return []
        return records if isinstance(records, list) else []

    def _probed(self, orders: "Sequence[Order]") -> dict[str, tuple[datetime, Report]]:
        if not orders:
            return {}
        from certctl_client.probing.forbidden import not_forbidden
        from certctl_client.probing.offers import contexts
        from certctl_client.probing.prober import Prober
        from certctl_client.probing.wire import refusal_of, report_of

        allowed = [each for each in orders if self._is_allowed(each)]
        found = {each.endpoint_id: refusal_of(each, self.now()) for each in orders if each not in allowed}
        Prober(contexts(), not_forbidden).run(
            allowed, lambda probe: found.update({probe.order.endpoint_id: _bounded(report_of(probe))})
        )
        self.log("endpoints_probed", count=len(allowed), refused=len(orders) - len(allowed))
        return {id_: (self.now(), report) for id_, report in found.items()}

    def _is_allowed(self, order: "Order") -> bool:
        try:
            self.consent().require_verify_address(order.host)
        except WorkRefused as error:
            self.log("probe_refused", endpoint=order.endpoint_id, reason=error.message)
            return False
        return True


def _bounded(report: Report) -> Report:
    """The report with the server's own certificates only if whole chains are too long: a server chooses what
    it sends."""
    if len(json.dumps(report)) <= _LONGEST_REPORT:
        return report
    addresses = [
        {**each, "handshakes": [{**one, "chain": one["chain"][:1]} for one in each["handshakes"]]}
        for each in report["addresses"]
    ]
    shorter = {**report, "addresses": addresses}
    return shorter if len(json.dumps(shorter)) <= _LONGEST_REPORT else {**report, "addresses": []}
