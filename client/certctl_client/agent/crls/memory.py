"""What the agent remembers about its CRL bundles: it goes on with them while the control plane is silent.

`crls/orders.json` has the targets. `crls/<target>/` has memory.json and, while files are being replaced,
before.json with the former ones: after a crash the next run restores them.
"""

import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from certctl_client.agent.crls.orders import Order
from certctl_client.agent.state import State, make_private, read_json, write_json
from certctl_client.agent.targets.base import Snapshot
from certctl_client.crl.documents import Crl
from certctl_client.crl.public import LIMIT, AuthorityLists
from certctl_client.errors import ConfigurationError
from certctl_client.files import read_bounded, replace_file
from certctl_client.times import wire

_ORDERS, _MEMORY, _BEFORE = "orders.json", "memory.json", "before.json"
_STALE_WITH = 1 / 3
_LONGEST_NAME = 200


@dataclass(frozen=True)
class InstalledCrl:
    """A CRL in the target's file. Times are RFC 3339."""

    issuer: str
    number: int
    this_update: str
    next_update: str

    def is_stale(self, now: datetime) -> bool:
        """Whether less than a third of its validity is left."""
        begins, ends = datetime.fromisoformat(self.this_update), datetime.fromisoformat(self.next_update)
        return ends - now < (ends - begins) * _STALE_WITH


@dataclass(frozen=True)
class Memory:
    """The last pass for a target. `config` is the configuration that it had then, `authorities` the
    control plane's last report on each issuer, `reported` the report that the server has taken. `problem` is
    empty after a pass that succeeded, `alerted_at` unless the host was alerted of a stale CRL."""

    config: Mapping[str, Any] = field(default_factory=dict)
    authorities: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    checked_at: str = ""
    crls: Sequence[InstalledCrl] = ()
    problem: str = ""
    alerted_at: str = ""
    reported: Mapping[str, Any] = field(default_factory=dict)

    def since_check(self, now: datetime) -> timedelta | None:
        return now - datetime.fromisoformat(self.checked_at) if self.checked_at else None

    def known(self, issuer_id: str) -> list[AuthorityLists]:
        """The CAs of an issuer in the control plane's last report; empty without a report."""
        records = self.authorities.get(issuer_id, ())
        return [AuthorityLists(**{**each, "crl_urls": tuple(each["crl_urls"])}) for each in records]

    def with_authorities(self, known: Mapping[str, Sequence[AuthorityLists]]) -> "Memory":
        return replace(
            self, authorities={name: [asdict(one) for one in each] for name, each in known.items()}
        )

    def stale(self, now: datetime) -> list[InstalledCrl]:
        return [crl for crl in self.crls if crl.is_stale(now)]


def installed_crls(crls: Sequence[Crl]) -> list[InstalledCrl]:
    return [
        InstalledCrl(
            crl.document.issuer.rfc4514_string()[:_LONGEST_NAME],
            crl.number or 0,
            wire(crl.this_update),
            wire(crl.next_update),
        )
        for crl in crls
        if crl.next_update
    ]


@dataclass(frozen=True)
class Before:
    """The files that a pass has begun to replace."""

    order: Order
    snapshot: Snapshot


@dataclass(frozen=True)
class CrlMemory:
    state: State

    def orders(self) -> list[Order]:
        """The targets as the server last sent them. Raises ConfigurationError."""
        path = self._root / _ORDERS
        return [Order(**each) for each in read_json(path)["orders"]] if path.exists() else []

    def keep_orders(self, orders: Sequence[Order]) -> None:
        write_json(make_private(self._root) / _ORDERS, {"orders": [asdict(each) for each in orders]})

    def of(self, target_id: str) -> Memory:
        """Raises ConfigurationError."""
        path = self._root / target_id / _MEMORY
        if not path.exists():
            return Memory()
        try:
            values = read_json(path)
            return Memory(**values | {"crls": [InstalledCrl(**each) for each in values["crls"]]})
        except (KeyError, TypeError):
            raise ConfigurationError(f"{path} is not what the agent writes.", f"Remove {path}.") from None

    def keep(self, target_id: str, memory: Memory) -> None:
        write_json(make_private(self._root / target_id) / _MEMORY, asdict(memory))

    def forget(self, target_id: str) -> None:
        shutil.rmtree(self._root / target_id, ignore_errors=True)

    def keep_before(self, order: Order, snapshot: Snapshot) -> None:
        """Returns once the former files are on the disk: from then on they may be replaced."""
        directory = make_private(self._root / order.target_id)
        for name, content in snapshot.blobs.items():
            replace_file(directory / f"before-{name}", content, 0o600)
        record = {"config": order.config, "values": snapshot.values, "blobs": list(snapshot.blobs)}
        write_json(directory / _BEFORE, record)

    def before(self, target_id: str) -> Before | None:
        """The files that an interrupted pass has begun to replace; None if there is nothing to restore."""
        directory = self._root / target_id
        if not (directory / _BEFORE).exists():
            return None
        record = read_json(directory / _BEFORE)
        blobs = {name: read_bounded(directory / f"before-{name}", 2 * LIMIT) for name in record["blobs"]}
        return Before(Order(target_id, record["config"]), Snapshot(record["values"], blobs))

    def drop_before(self, target_id: str) -> None:
        directory = self._root / target_id
        with suppress(FileNotFoundError):
            (directory / _BEFORE).unlink()
        for blob in directory.glob("before-*"):
            blob.unlink(missing_ok=True)

    @property
    def _root(self) -> Path:
        return self.state.path / "crls"
