"""A large fleet of agents, as rows: written directly, because thousands of registrations take minutes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

from certctl.domain.agents.polls import POLL_WHEN_IDLE, AgentStatus
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Agent
from certctl.store.agents.items import AgentStateItem
from certctl.store.catalog.records import CatalogStore
from certctl.store.database import Database
from certctl.store.keys import AGENT_STATE
from certctl.store.writes import Write, put
from tests.support.aws.in_process.laid_down import lay_down_rows

_SILENT_FOR = {
    AgentStatus.ONLINE: timedelta(seconds=100),
    AgentStatus.DEGRADED: timedelta(seconds=500),
    AgentStatus.OFFLINE: timedelta(hours=1),
}
_OFFLINE, _RETIRED = 5, 3
_BATCH = 25


@dataclass(frozen=True)
class Fleet:
    """Every twentieth agent is Degraded, the last five are Offline (two of them were never in contact), the
    others Online. The last three are of the team `t-last`. Three more were just retired, and one more is
    gone but for its last contact."""

    database: Database
    now: datetime
    size: int

    def ids(self, status: AgentStatus) -> list[str]:
        return [_id(number) for number in range(self.size) if self._status(number) is status]

    def lay_down(self) -> None:
        """On moto."""
        rows: dict[str, list[Mapping[str, Any]]] = {}
        for request in self._requests():
            rows.setdefault(request["TableName"], []).append(request["Item"])
        for table, items in rows.items():
            lay_down_rows(table, [dict(item) for item in items])

    def write(self) -> None:
        """Writes the rows by the API of DynamoDB."""
        for some in batched(self._requests(), _BATCH, strict=False):
            wanted: dict[str, list[Any]] = {}
            for request in some:
                wanted.setdefault(request["TableName"], []).append({"PutRequest": {"Item": request["Item"]}})
            answer = self.database.client.batch_write_item(RequestItems=wanted)
            assert not answer["UnprocessedItems"]

    def _requests(self) -> Iterator[dict[str, Any]]:
        return (step.request for step in self._steps() if step.operation == "Put")

    def _steps(self) -> Iterator[Write]:
        catalog = CatalogStore(self.database)
        for number in range(self.size + _RETIRED):
            entry = self._entry(number)
            if number < self.size:
                yield from catalog.create_steps(entry)
            else:
                yield from catalog.create_steps(replace(entry, deleting_since=self.now))
                yield catalog.mark_steps(entry, self.now)[-1]
            if number not in (self.size - 1, self.size - 2):
                yield self._contact(number)
        yield self._contact(self.size + _RETIRED)

    def _entry(self, number: int) -> Entry[Agent]:
        host = f"web-{number:05}.example.com"
        team = "t-last" if self.size - 3 <= number < self.size else "t-default"
        content = Agent(host, f"key-01m8nftnfzq7bvc0v2gg{number:06}", self.now, enrolled_by="key-admin")
        return Entry(Kind.AGENT, _id(number), host, content, self.now, self.now, team_id=team)

    def _contact(self, number: int) -> Write:
        heard = self.now - _SILENT_FOR[self._status(number)]
        return put(
            AgentStateItem(
                AGENT_STATE,
                _id(number),
                last_heartbeat_at=heard,
                next_contact_at=heard + POLL_WHEN_IDLE,
                hostname=f"web-{number:05}.example.com",
                version="0.2.0",
                os="linux",
                architecture="x86_64",
                ip_address="198.51.100.7",
                consent_sha256="0" * 64,
                delete_after=int(self.now.timestamp()) + 400 * 86_400,
            )
        )

    def _status(self, number: int) -> AgentStatus:
        if self.size - _OFFLINE <= number < self.size:
            return AgentStatus.OFFLINE
        return AgentStatus.ONLINE if number % 20 else AgentStatus.DEGRADED


def _id(number: int) -> str:
    return f"agt-01m8nftnfzq7bvc0v2gg{number:06}"
