"""Stops everything that a stack does, on its own or on request, and starts it again. Both are idempotent."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from botocore.exceptions import ClientError

from deploy.administering import invoke
from deploy.backups.concurrency import Concurrency
from deploy.errors import DeployError
from deploy.stack import Resource
from deploy.target import Target

STOPS = """\
Until the restore has ended the stack stops: the API and the dashboard (503), sign-in, calls of agents,
issuing, renewal, alerts, and OCSP. CRLs are served as they were published last. OCSP stops because tables
that lack the latest revocations would answer `good` for a revoked certificate."""

# It restores, so it must keep running.
_ADMIN = "StackAdminFunction"
_PUBLISHER = "CrlPublisherFunction"
_ON_EMULATOR = 5.0
_OF_A_SCHEDULE = (
    "Name",
    "GroupName",
    "ScheduleExpression",
    "ScheduleExpressionTimezone",
    "StartDate",
    "EndDate",
    "Description",
    "KmsKeyArn",
    "Target",
    "FlexibleTimeWindow",
    "ActionAfterCompletion",
)


class Pausing:
    """A reserved concurrency of 0 refuses every new invocation, by any caller. Mappings and schedules are
    switched off as well, so that refused ones do not fill failed_nudges."""

    def __init__(
        self,
        target: Target,
        resources: Sequence[Resource],
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._target = target
        self._lambda = target.session.client("lambda")
        self._concurrency = Concurrency(self._lambda)
        self._scheduler = target.session.client("scheduler")
        self._resources = resources
        self._sleep = sleep

    def is_paused(self) -> bool:
        """Whether an earlier restore may have written."""
        return self._concurrency.of(self._functions()[_PUBLISHER]) == 0

    def pause(self) -> bool:
        """Whether the CRLs are published: the last step, so that no revocation is known to the tables alone.
        Not repeated in a paused stack: its tables may have been restored to an earlier time, and a hold that
        they lost would look like one that ended."""
        if self.is_paused():
            return True
        self._switch("DISABLED")
        functions = self._functions()
        publisher = functions.pop(_PUBLISHER)
        for name in functions.values():
            self._concurrency.stop(name)
        self._sleep(self._longest([*functions.values(), publisher]))
        published = self._published(publisher)
        self._concurrency.stop(publisher)
        return published

    def resume(self) -> list[str]:
        """The functions whose reserved concurrency before the pause is unknown."""
        unknown = [name for name in self._functions().values() if not self._concurrency.put_back(name)]
        self._switch("ENABLED")
        return unknown

    def _functions(self) -> dict[str, str]:
        found = {r.logical_id: r.physical_id for r in self._of("AWS::Lambda::Function")}
        return {logical: name for logical, name in found.items() if logical != _ADMIN}

    def _longest(self, functions: Sequence[str]) -> float:
        """Work that had already begun continues until its timeout; the emulator's ends with its request."""
        if self._target.endpoint:
            return _ON_EMULATOR
        configured = [self._lambda.get_function_configuration(FunctionName=name) for name in functions]
        return float(max((each["Timeout"] for each in configured), default=0))

    def _published(self, publisher: str) -> bool:
        try:
            invoke(self._target, publisher, {"action": "publish"})
        except (ClientError, DeployError):
            return False
        return True

    def _switch(self, state: str) -> None:
        for mapping in self._of("AWS::Lambda::EventSourceMapping"):
            self._switch_mapping(mapping.physical_id, state)
        for schedule in self._of("AWS::Scheduler::Schedule"):
            self._switch_schedule(schedule.physical_id, state)

    def _switch_mapping(self, uuid: str, state: str) -> None:
        """AWS takes a minute for it, and refuses changes in between."""
        found = self._lambda.get_event_source_mapping(UUID=uuid)["State"]
        if not found.upper().startswith(state[:5]):
            self._lambda.update_event_source_mapping(UUID=uuid, Enabled=state == "ENABLED")

    def _switch_schedule(self, name: str, state: str) -> None:
        """An update replaces the whole schedule: omitted settings are reset."""
        found: dict[str, Any] = dict(self._scheduler.get_schedule(Name=name))
        kept = {field: found[field] for field in _OF_A_SCHEDULE if field in found}
        if found.get("State") != state:
            self._scheduler.update_schedule(**kept, State=state)

    def _of(self, kind: str) -> list[Resource]:
        return [r for r in self._resources if r.kind == kind and r.physical_id]
