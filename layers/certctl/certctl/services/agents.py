"""Agents: registered with a key of their own, and retired with all their keys."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.domain.agents import KEY_LIFETIME
from certctl.domain.api_keys import ApiKey, key_hash, new_key_text
from certctl.domain.catalog import Agent, AnyEntry, Entry, Kind, Target
from certctl.domain.errors import Conflict
from certctl.domain.ids import new_id
from certctl.domain.permissions import Principal, Role
from certctl.store.api_keys import ApiKeyStore
from certctl.store.catalog_records import CatalogRecords, new_team_id
from certctl.store.catalog_usage import MOST_COUNTED
from certctl.store.keys import API_KEY
from certctl.store.listing import both
from certctl.store.optimistic import decided_afresh
from certctl.store.steps import Step

MOST_DETACHED = 20
"""Targets that a forced retirement takes from their agent: a transaction has 100 actions."""
_MOST_KEYS = 8
_TARGET = Kind.TARGET.value


@dataclass(frozen=True)
class NewAgent:
    name: str
    hostname: str
    team_id: str | None = None
    id: str | None = None


@dataclass(frozen=True)
class RegisteredAgent:
    """`key_text` is shown in this one answer and stored nowhere."""

    entry: AnyEntry
    key_text: str


@dataclass(frozen=True)
class Retirement:
    """`reason` forces it: targets of the agent lose it."""

    reason: str | None = None
    revision: int | None = None


class Agents:
    def __init__(self, records: CatalogRecords, keys: ApiKeyStore, now: Callable[[], datetime]) -> None:
        self._records = records
        self._keys = keys
        self._now = now

    def register(self, caller: Principal, wanted: NewAgent) -> RegisteredAgent:
        """Raises InvalidInput, NotFound for a team out of reach, Conflict where id or name is taken."""
        now, text = self._now(), new_key_text()
        agent_id, key_id = wanted.id or new_id("agt", now), new_id("key", now)
        team_id = new_team_id(caller, Kind.AGENT, wanted.team_id)
        content = Agent(wanted.hostname, key_id, now)
        entry: AnyEntry = Entry(Kind.AGENT, agent_id, wanted.name, content, now, now, team_id=team_id)
        self._records.check(caller, entry)
        key = ApiKey(
            id=key_id,
            name=f"agent {wanted.name}"[:128],
            role=Role.AGENT,
            teams=(team_id,) if team_id else (),
            key_hash=key_hash(text),
            created_at=now,
            agent_id=agent_id,
            expires_at=now + KEY_LIFETIME,
        )
        self._records.database.transact(
            [
                *self._records.created_steps(caller.actor, entry, now),
                *self._keys.create_steps(key),
                self._key_event(caller, "api_key_created", None, key, now),
            ]
        )
        return RegisteredAgent(entry, text)

    def retire(self, caller: Principal, agent_id: str, wanted: Retirement) -> None:
        """Its keys are refused from now on, elsewhere within 15 s. Raises NotFound, Conflict where targets
        name it and it is not forced, or there are too many to take from it at once."""
        decided_afresh(lambda: self._retire(caller, agent_id, wanted))

    def _retire(self, caller: Principal, agent_id: str, wanted: Retirement) -> None:
        entry = self._records.changeable(caller, Kind.AGENT, agent_id, wanted.revision)
        now = self._now()
        targets, keys = self._dependants(agent_id)
        _require_retirable(targets, keys, forced=wanted.reason is not None)
        details = {"reason": wanted.reason} if wanted.reason else {}
        self._records.database.transact(
            [
                *self._records.deleted_steps(caller.actor, entry, now, **details),
                *(step for target in targets for step in self._detached(caller, target, now)),
                *(step for key in keys for step in self._revoked(caller, key, now)),
            ]
        )

    def _dependants(self, agent_id: str) -> tuple[list[AnyEntry], list[ApiKey]]:
        """Its targets and its live keys, one more of each than can be taken from it."""
        page = self._records.catalog.referrers(Kind.AGENT, agent_id, MOST_COUNTED)
        ids: dict[str, list[str]] = {_TARGET: [], API_KEY: []}
        for referrer in page.referrers:
            kind, _, identifier = referrer.partition("#")
            ids.setdefault(kind, []).append(identifier)
        places = [(Kind.TARGET, target_id) for target_id in ids[_TARGET][: MOST_DETACHED + 1]]
        targets, keys = both(
            lambda: self._records.catalog.get_many(places),
            lambda: self._keys.get_many(ids[API_KEY][: _MOST_KEYS + 1]),
        )
        now = self._now()
        return list(targets.values()), [key for key in keys if key.is_live(now)]

    def _detached(self, caller: Principal, target: AnyEntry, now: datetime) -> list[Step]:
        content: Target = replace(target.content, agent_id=None)
        after = replace(target, content=content, updated_at=now, revision=target.revision + 1)
        return self._records.updated_steps(caller.actor, target, after, now)

    def _revoked(self, caller: Principal, key: ApiKey, now: datetime) -> list[Step]:
        revoked = replace(key, revoked_at=now)
        event = self._key_event(caller, "api_key_revoked", key, revoked, now)
        return [*self._keys.revoke_steps(key, now), event]

    def _key_event(
        self, caller: Principal, action: str, before: ApiKey | None, after: ApiKey, now: datetime
    ) -> Step:
        details = {"before": before and before.public_facts, "after": after.public_facts}
        return self._records.audit.event_step(
            caller.actor, action, "api_key", after.id, details, now, after.team_id
        )


def _require_retirable(targets: Sequence[AnyEntry], keys: Sequence[ApiKey], *, forced: bool) -> None:
    staying = [target for target in targets if not target.is_deleting]
    more = "more than " if len(targets) > MOST_DETACHED else ""
    if staying and not forced:
        count = f"{more}{min(len(staying), MOST_DETACHED)} target{'s' if len(staying) > 1 else ''}"
        raise Conflict(f"The agent is in use by {count}. With force=true and a reason they lose it.")
    if more:
        raise Conflict(f"The agent has more than {MOST_DETACHED} targets: give some of them another first.")
    if len(keys) > _MOST_KEYS:
        raise Conflict(f"The agent has more than {_MOST_KEYS} keys: revoke some of them first.")
