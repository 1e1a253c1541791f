"""Consents of agents' hosts, in rows of their own: a heartbeat costs the same beside a long consent as
without one."""

from collections.abc import Sequence

from certctl.domain.agents.consents import Consent, consent_of
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import AGENT_CONSENT
from certctl.store.paging import load
from certctl.store.writes import Write, delete, put


class AgentConsentStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def put_step(self, agent_id: str, consent: Consent) -> Write:
        return put(StateItem(AGENT_CONSENT, agent_id, body=consent.as_json))

    def forget_step(self, agent_id: str) -> Write:
        return delete(StateItem(AGENT_CONSENT, agent_id))

    def get(self, agent_id: str) -> Consent | None:
        """Read consistently. None for an agent that never reported one: it is of an earlier release."""
        row = self._database.get(StateItem, AGENT_CONSENT, agent_id, consistent=True)
        return consent_of(str(row.body)) if row else None

    def get_many(self, agent_ids: Sequence[str]) -> dict[str, Consent]:
        """The consents by agent, for the agents that reported one."""
        return {row.id: consent_of(str(row.body)) for row in load(agent_ids, self._batch)}

    def _batch(self, agent_ids: Sequence[str]) -> list[StateItem]:
        return self._database.batch_get(StateItem, [(AGENT_CONSENT, i) for i in agent_ids])
