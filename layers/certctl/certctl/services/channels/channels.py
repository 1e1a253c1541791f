"""Administration of channels: create, change, repair, delete."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from certctl.connectors.channels import ChannelChecks
from certctl.domain.access.principals import Principal
from certctl.domain.audit.events import redacted
from certctl.domain.channels.channels import WORKING, ChannelConfig, ChannelState
from certctl.domain.channels.kinds.definitions import ChannelDefinition, ChannelKinds
from certctl.domain.channels.records import MAX_CHANNELS, ChannelEdit, ChannelRecord, NewChannel
from certctl.domain.channels.secret_destinations import foreign, secrets_of
from certctl.domain.channels.settings import warnings_of, with_hidden_values
from certctl.domain.errors import (
    ChangedMeanwhile,
    Conflict,
    FieldProblem,
    InvalidInput,
    NotFound,
    Unavailable,
)
from certctl.domain.notifications.channel_alerts import incident_end
from certctl.domain.notifications.notifications import Notification
from certctl.domain.times import to_wire
from certctl.store.channels.records import CachedChannels, ChannelRecordStore
from certctl.store.channels.secret_bindings import SecretBindingStore
from certctl.store.channels.states import ChannelStateStore
from certctl.store.notifications.routing import RoutingRuleStore
from certctl.store.paging import in_parallel
from certctl.store.writes import Write
from certctl.unit_of_work.resources import Resource
from certctl.unit_of_work.units import Units

if TYPE_CHECKING:
    from certctl.unit_of_work.unit import UnitOfWork


@dataclass(frozen=True)
class Channel:
    """`record` is None for a channel of the deployment; `settings` are without what may be secret."""

    config: ChannelConfig
    state: ChannelState
    settings: Mapping[str, str]
    warnings: Sequence[str]
    record: ChannelRecord | None = None


@dataclass(frozen=True)
class KnownKind:
    """`is_configured`: the deployment has a channel of this kind."""

    definition: ChannelDefinition
    is_configured: bool


@dataclass(frozen=True)
class ChannelPage:
    """A page of channels by id. `next_after` is the id to continue after, None at the end."""

    channels: list[Channel]
    next_after: str | None
    total: int


@dataclass(frozen=True)
class ChannelStores:
    records: ChannelRecordStore
    states: ChannelStateStore
    secrets: SecretBindingStore
    routing_rules: RoutingRuleStore


@dataclass(frozen=True)
class Channels:
    stores: ChannelStores
    units: Units
    configured: Sequence[ChannelConfig]
    known: CachedChannels
    checks: ChannelChecks
    now: Callable[[], datetime]
    known_kinds: ChannelKinds

    @cached_property
    def _configured(self) -> dict[str, ChannelConfig]:
        return {channel.channel_id: channel for channel in self.configured}

    def kinds(self) -> list[KnownKind]:
        configured = {channel.kind for channel in self._configured.values()}
        return [KnownKind(each, str(each.kind) in configured) for each in self.known_kinds]

    def page(self, after: str | None, limit: int) -> ChannelPage:
        records = {record.id: record for record in self.stores.records.all_now()}
        configs = {record.id: record.config for record in records.values()} | self._configured
        ids = sorted(channel_id for channel_id in configs if channel_id > (after or ""))
        states = self.stores.states.all()
        shown = [self._shown(configs[i], states.get(i, WORKING), records.get(i)) for i in ids[:limit]]
        return ChannelPage(shown, ids[limit - 1] if len(ids) > limit else None, len(configs))

    def get(self, channel_id: str) -> Channel:
        """Raises NotFound."""
        if channel_id in self._configured:
            return self._shown(self._configured[channel_id], self.stores.states.get(channel_id))
        record = self._found(channel_id)
        return self._shown(record.config, self.stores.states.get(channel_id), record)

    def create(self, caller: Principal, wanted: NewChannel) -> Channel:
        """Raises InvalidInput, and Conflict if its id is taken or there are too many."""
        now = self.now()
        record = ChannelRecord(
            id=wanted.id,
            kind=wanted.kind,
            settings=_without_empty(wanted.settings),
            created_at=now,
            updated_at=now,
            is_enabled=wanted.is_enabled,
            team_id=wanted.team_id,
        )
        self.checks.check(record.config, None)
        others = self.stores.records.all_now()
        if len(others) >= MAX_CHANNELS:
            raise Conflict(f"There are {MAX_CHANNELS} channels already: delete one first.")
        unit = self.units.begin(caller.actor, record.id, now)
        unit.write(self.stores.records.create_step(record))
        bound = self.stores.secrets.of(self._secrets_of(record.config))
        unit.write(*self._bound(record.config, others, bound))
        unit.write(self.stores.states.begin_step(record.id, record.version, now))
        _record(unit, "channel_created", record, None, self._public(record))
        unit.commit()
        return self._shown(record.config, WORKING, record)

    def edit(self, caller: Principal, channel_id: str, edit: ChannelEdit) -> Channel:
        """Ends a channel's disablement and all other findings of deliveries: a change counts as its repair,
        and results of earlier settings count no more.
        Raises NotFound, InvalidInput, Conflict for a configured one, ChangedMeanwhile."""
        before = self._changeable(channel_id)
        _check_edit(before, edit)
        wanted = with_hidden_values(self.known_kinds.of(before.kind), edit.settings, before.settings)
        after = replace(
            before,
            settings=_without_empty(wanted),
            is_enabled=edit.is_enabled,
            team_id=edit.team_id,
            updated_at=self.now(),
            revision=before.revision + 1,
        )
        self.checks.check(after.config, before.config)
        self._write_edit(caller, before, after)
        return self._shown(after.config, WORKING, after)

    def delete(self, caller: Principal, channel_id: str) -> None:
        """Deletes a channel; its waiting rows are skipped. Raises NotFound, Conflict for a configured one, or
        one that a rule names, ChangedMeanwhile."""
        record = self._changeable(channel_id)
        rules, state, secrets = in_parallel(
            lambda: self.stores.routing_rules.naming(channel_id),
            lambda: self.stores.states.get(channel_id),
            lambda: self._remembered(record.config),
        )
        if rules:
            raise Conflict(f"Routing rules send to this channel: {', '.join(rules)}. Change them first.")
        unit = self.units.begin(caller.actor, channel_id, self.now())
        unit.write(self.stores.records.delete_step(record), self.stores.states.forget_step(channel_id))
        unit.write(*secrets)
        _record(unit, "channel_deleted", record, self._public(record), None)
        unit.notify(*self._all_clear(channel_id, state, f"The channel {channel_id} was deleted"))
        unit.commit()

    def _write_edit(self, caller: Principal, before: ChannelRecord, after: ChannelRecord) -> None:
        secrets = self._secrets_of(before.config) | self._secrets_of(after.config)
        state, others, bound = in_parallel(
            lambda: self.stores.states.get(before.id),
            self.stores.records.all_now,
            lambda: self.stores.secrets.of(secrets),
        )
        unit = self.units.begin(caller.actor, before.id, self.now())
        unit.write(self.stores.records.replace_step(before, after))
        unit.write(*self._bound(after.config, others, bound, before.config))
        unit.write(self.stores.states.repair_step(before.id, state, after.version, after.updated_at))
        _record(unit, "channel_updated", after, self._public(before) | _trouble(state), self._public(after))
        what = f"The channel {before.id} was changed and is tried again"
        unit.notify(*self._all_clear(before.id, state, what))
        unit.commit()

    def _bound(
        self,
        config: ChannelConfig,
        others: Sequence[ChannelRecord],
        bound: Mapping[str, str],
        before: ChannelConfig | None = None,
    ) -> list[Write]:
        """Raises InvalidInput if a secret belongs to another destination: by its first use, and by every
        existing channel, because those of earlier releases have no recorded first use."""
        secrets = (self._secrets_of(before) if before else {}) | self._secrets_of(config)
        known: dict[str, set[str]] = {reference: {where} for reference, where in bound.items()}
        for channel in [*self._configured.values(), *(other.config for other in others)]:
            for reference, where in self._secrets_of(channel).items():
                known.setdefault(reference, set()).add(where)
        elsewhere = foreign(self.known_kinds.of(config.kind), config.settings, known)
        if elsewhere:
            raise InvalidInput(
                "These settings cannot be saved.",
                [
                    FieldProblem(f"settings.{name}", f"this secret is for {where}: make another one")
                    for name, where in elsewhere.items()
                ],
            )
        return self.stores.secrets.bind_steps(secrets, bound)

    def _remembered(self, config: ChannelConfig) -> list[Write]:
        secrets = self._secrets_of(config)
        return self.stores.secrets.bind_steps(secrets, self.stores.secrets.of(secrets))

    def _secrets_of(self, config: ChannelConfig) -> dict[str, str]:
        return secrets_of(self.known_kinds.of(config.kind), config.settings)

    def _shown(
        self, config: ChannelConfig, state: ChannelState, record: ChannelRecord | None = None
    ) -> Channel:
        definition = self.known_kinds.of(config.kind)
        shown = redacted(config.settings, definition.plain_settings)
        return Channel(config, state, shown, warnings_of(definition, config.settings), record)

    def _all_clear(self, bad: str, state: ChannelState, what: str) -> list[Notification]:
        """Ends the incident of the alarm about the channel, if the alarm and its own channel exist."""
        if state.alerted_via is None or state.alert_key is None:
            return []
        with suppress(Unavailable):
            via = self.known.find(state.alerted_via)
            if via and via.is_enabled:
                return [incident_end(bad, state.alert_key, what, f"{what}.", via, self.now())]
        return []

    def _public(self, record: ChannelRecord) -> dict[str, Any]:
        return {
            "kind": str(record.kind),
            "is_enabled": record.is_enabled,
            "team_id": record.team_id,
            "settings": redacted(record.settings, self.known_kinds.of(record.kind).plain_settings),
            "revision": record.revision,
        }

    def _changeable(self, channel_id: str) -> ChannelRecord:
        if channel_id in self._configured:
            raise Conflict(
                f"The channel {channel_id} comes with the deployment: change its parameters and deploy, "
                "or make another channel."
            )
        return self._found(channel_id)

    def _found(self, channel_id: str) -> ChannelRecord:
        record = self.stores.records.get(channel_id)
        if record is None:
            raise NotFound("There is no such channel.")
        return record


def _record(unit: "UnitOfWork", action: str, about: ChannelRecord, before: Any, after: Any) -> None:
    unit.event(action, Resource("channel", about.id, about.team_id), {"before": before, "after": after})


def _check_edit(before: ChannelRecord, edit: ChannelEdit) -> None:
    if edit.kind not in (None, before.kind):
        raise InvalidInput.of("kind", f"is {before.kind} for good: make another channel")
    if edit.revision not in (None, before.revision):
        raise ChangedMeanwhile(f"The channel is at version {before.revision} now. Read it again and repeat.")


def _without_empty(settings: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in settings.items() if text}


def _trouble(state: ChannelState) -> dict[str, Any]:
    """What a repair ends; nothing else of a channel's state is for the trail."""
    if state.disabled_at is None:
        return {}
    return {"disabled_at": to_wire(state.disabled_at), "error": state.error}
