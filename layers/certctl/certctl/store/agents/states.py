"""The last contact of each agent, in rows of their own: a heartbeat never conflicts with an edit of the
record."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pynamodb.expressions.update import Action

from certctl.domain.agents.agents import AgentReport, AgentState, with_heartbeat
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.store.agents.items import AgentStateItem
from certctl.store.database import Database
from certctl.store.keys import AGENT_STATE
from certctl.store.mapping import to_record
from certctl.store.paging import load
from certctl.store.writes import Write, delete, update

_KEPT = timedelta(days=400)


class AgentStateStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def heartbeat_step(self, agent_id: str, report: AgentReport, now: datetime, pause: timedelta) -> Write:
        """One small write: the agent polls again after the `pause`. Creates a missing row; an open alert
        stays."""
        return update(_row(agent_id), [*_heartbeat_actions(now, pause), *_reported(report, now)])

    def heartbeat_with_consent_step(
        self, agent_id: str, report: AgentReport, now: datetime, pause: timedelta, digest: str
    ) -> Write:
        """A heartbeat, with the digest of the consent that the same transaction stores."""
        consent = AgentStateItem.consent_sha256.set(digest)
        return update(_row(agent_id), [*_heartbeat_actions(now, pause), *_reported(report, now), consent])

    def consent_gone_step(self, agent_id: str) -> Write:
        return update(_row(agent_id), [AgentStateItem.consent_sha256.remove()], AgentStateItem.id.exists())

    def contact_step(self, agent_id: str, now: datetime, pause: timedelta) -> Write:
        """Another contact than a heartbeat. Refused if there was no heartbeat yet."""
        return update(
            _row(agent_id), _heartbeat_actions(now, pause), AgentStateItem.last_heartbeat_at.exists()
        )

    def get_many(self, agent_ids: Sequence[str]) -> dict[str, AgentState]:
        """The states by agent, for the agents that were ever in contact."""
        return {state.agent_id: state for state in load(agent_ids, self._batch)}

    def with_heartbeat(self, entries: Sequence[AnyEntry]) -> list[AnyEntry]:
        """Adds their last heartbeat to agents; other records are unchanged."""
        states = self.get_many([entry.id for entry in entries if entry.kind is Kind.AGENT])
        return [with_heartbeat(entry, states.get(entry.id)) for entry in entries]

    def page(self, after: str | None, limit: int) -> tuple[list[AgentState], str | None]:
        """The states of agents above `after`, by id, and the id to continue after."""
        page = self._database.query(
            AgentStateItem, AGENT_STATE, AgentStateItem.id > (after or " "), limit=limit
        )
        states = [_state(row) for row in page.items]
        return states, states[-1].agent_id if page.last_key else None

    def alerted_step(self, state: AgentState, certificate_id: str, now: datetime) -> Write:
        """Refused if the agent was in contact concurrently, or another call has alerted."""
        silent = AgentStateItem.last_heartbeat_at == state.last_heartbeat_at
        untold = AgentStateItem.alerted_at.does_not_exist()
        actions = [
            AgentStateItem.alerted_at.set(now),
            AgentStateItem.alerted_certificate_id.set(certificate_id),
        ]
        return update(_row(state.agent_id), actions, silent & untold)

    def ended_step(self, state: AgentState) -> Write:
        """Clears the open alert. Refused if another call did so."""
        actions = [AgentStateItem.alerted_at.remove(), AgentStateItem.alerted_certificate_id.remove()]
        return update(_row(state.agent_id), actions, AgentStateItem.alerted_at == state.alerted_at)

    def forget(self, agent_id: str) -> None:
        self._database.write(delete(_row(agent_id)))

    def _batch(self, agent_ids: Sequence[str]) -> list[AgentState]:
        rows = self._database.batch_get(AgentStateItem, [(AGENT_STATE, i) for i in agent_ids])
        return [_state(row) for row in rows]


def consent_digest_in(raw: Mapping[str, Any]) -> str | None:
    """The state in a row that an update returned."""
    digest: str | None = raw.get("consent_sha256", {}).get("S")
    return digest


def _row(agent_id: str) -> AgentStateItem:
    return AgentStateItem(AGENT_STATE, agent_id)


def _heartbeat_actions(now: datetime, pause: timedelta) -> list[Action]:
    return [AgentStateItem.last_heartbeat_at.set(now), AgentStateItem.next_contact_at.set(now + pause)]


def _reported(report: AgentReport, now: datetime) -> list[Action]:
    return [
        AgentStateItem.hostname.set(report.hostname),
        AgentStateItem.version.set(report.version),
        AgentStateItem.os.set(report.os),
        AgentStateItem.architecture.set(report.architecture),
        AgentStateItem.ip_address.set(report.ip_address),
        AgentStateItem.delete_after.set(int((now + _KEPT).timestamp())),
    ]


def _state(row: AgentStateItem) -> AgentState:
    return to_record(AgentState, row, agent_id=row.id, report=to_record(AgentReport, row))
