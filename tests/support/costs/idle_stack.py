"""The AWS requests, writes and logs of the scheduled functions of an idle stack: the real handlers on
moto."""

import io
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field, replace
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from botocore.client import BaseClient

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.observability import logger
from tests.support.audit.seals import seal_key
from tests.support.aws.least_privilege import acting_folders
from tests.support.aws.local_kms import LocalKms
from tests.support.clock import Clock
from tests.support.costs.read_units import units_of
from tests.support.costs.round_trips import StepClock, threads_tell
from tests.support.costs.write_units import metered
from tests.support.functions.deployed import compose
from tests.support.functions.lambda_context import Context
from tests.support.functions.stack_admin import ENVIRONMENT
from tests.support.insights.emf import Sent, metrics_of
from tests.support.issuing.issuing import Issuing
from tests.support.status.relying_party import serving

SCHEDULED = {
    "crl_publisher": timedelta(minutes=1),
    "status_watch": timedelta(minutes=1),
    "retry_sweep_schedule": timedelta(minutes=2),
    "maintenance_schedule": timedelta(minutes=5),
    "endpoint_prober": timedelta(minutes=5),
    "cloud_discovery": timedelta(hours=1),
    "renewal_schedule": timedelta(hours=1),
    "stack_admin": timedelta(hours=1),
}
"""With their intervals."""
_LAST = "maintenance_schedule"
_NOON = 12
_EVENTS = {"stack_admin": {"action": "upkeep"}}
_MEASURED_FOR = timedelta(minutes=5)
"""One run at least: those of each minute look at all URLs, and record themselves, in one of five."""
_PER_LOG_EVENT = 26
"""The bytes that CloudWatch Logs adds to each event."""


@dataclass(frozen=True)
class Run:
    """`requests` by service and operation; `steps`: the longest chain of them that wait for one another;
    `log` is the output to CloudWatch Logs, with the metrics."""

    requests: Counter[tuple[str, str]]
    steps: int
    read_units: float
    write_units: int
    log: str

    @property
    def metrics(self) -> list[Sent]:
        return metrics_of(self.log)

    @property
    def log_bytes(self) -> int:
        lines = self.log.splitlines()
        return sum(len(line.encode()) + _PER_LOG_EVENT for line in lines)

    def count(self, service: str, *operations: str) -> int:
        return sum(self.requests[service, operation] for operation in operations)


def idle_runs(world: Issuing) -> dict[str, list[Run]]:
    """Some runs of each scheduled function, after a first one that does the initial work of a new stack: a
    root and a CA with as many CRLs as a deploy makes."""
    with in_idle_stack(world) as patch:
        world.stack.clock.advance(timedelta(minutes=5))
        runs = {folder: _runs(world, folder, patch) for folder in SCHEDULED if folder != _LAST}
        for folder in runs:
            handler_of(world, folder, patch)()  # maintenance finds that all have just run
        # The clock may have passed midnight: the nightly count is no part of each run.
        MaintenanceSchedule(world.stack.overrides).inventory_census.run(lambda: True)
        runs[_LAST] = [measured(world, handler_of(world, _LAST, patch))]
    return runs


@contextmanager
def in_idle_stack(world: Issuing, acme: str = "false") -> Iterator[pytest.MonkeyPatch]:
    """With as many CRLs as a deploy makes, after a first run of each scheduled function. The patch sets the
    environment of a function. `acme` is the parameter AcmeServer."""
    begin_in_the_morning(world.stack.clock)
    world.pki.keys["arn:seal"] = seal_key()
    with pytest.MonkeyPatch.context() as patch, serving(world.pki.s3, _answers_nothing) as host:
        for name, value in ENVIRONMENT.items():
            if not name.startswith("CERTCTL_QUEUE"):
                patch.setenv(name, value)
        patch.setenv("CERTCTL_ACME_SERVER", acme)
        compose(replace(world.stack.overrides, relying_party=host.relying_party))
        for folder in SCHEDULED:
            handler_of(world, folder, patch)()
        host.freeze()  # CloudFront's requests to the bucket are not the functions'
        yield patch
    compose(world.stack.overrides)


def begin_in_the_morning(clock: Clock) -> None:
    """A seal that reaches over midnight reads the shards of two days, a page of the audit trail the few rows
    of the new one. The hours that a test measures are less than twelve; whole ones keep the distance from the
    next quarter."""
    if clock().hour >= _NOON:
        clock.advance(timedelta(hours=25 - clock().hour))


def _runs(world: Issuing, folder: str, patch: pytest.MonkeyPatch) -> list[Run]:
    found, handler = [], handler_of(world, folder, patch)
    for _ in range(max(1, _MEASURED_FOR // SCHEDULED[folder])):
        world.stack.clock.advance(SCHEDULED[folder])
        found.append(measured(world, handler))
    return found


def _answers_nothing(path: str) -> bytes:
    raise AssertionError(f"no certificate names {path}")


def handler_of(world: Issuing, folder: str, patch: pytest.MonkeyPatch) -> Callable[[], Any]:
    handler = world.stack.privileges.of(folder, import_module(f"functions.{folder}.app").lambda_handler)

    def run() -> Any:
        patch.setenv("POWERTOOLS_SERVICE_NAME", folder)
        return handler(_EVENTS.get(folder, {}), Context(seconds=120))

    return run


def measured(world: Issuing, run: Callable[[], Any]) -> Run:
    """Everything that it does in this process, whichever function does it."""
    client = world.stack.database.client
    with _requests() as asked, _log() as log, metered(client) as meter:
        run()
    return Run(asked.requests, asked.steps, asked.read_units, meter.units, log.getvalue())


@dataclass
class _Asked:
    requests: Counter[tuple[str, str]] = field(default_factory=Counter)
    steps: int = 0
    read_units: float = 0.0


@contextmanager
def _requests() -> Iterator[_Asked]:
    """The requests of every botocore client, and of the KMS in memory, which no client asks."""
    counted, clock = _Asked(), StepClock()

    def note(service: str, operation: str) -> None:
        clock.steps += 1
        counted.steps = max(counted.steps, clock.steps)
        counted.requests[service, operation] += 1

    client: Any = BaseClient
    real_call, real_sign = client._make_api_call, LocalKms.sign

    def call(self: Any, operation: str, parameters: Any) -> Any:
        if operation == "GetItem" and not acting_folders():
            return real_call(self, operation, parameters)  # the meter's own
        note(self.meta.service_model.service_name, operation)
        answer = real_call(self, operation, parameters)
        counted.read_units += units_of(operation, parameters, answer)
        return answer

    def sign(self: LocalKms, **named: Any) -> Any:
        note("kms", "Sign")
        return real_sign(self, **named)

    with threads_tell(clock), pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "_make_api_call", call)
        patch.setattr(LocalKms, "sign", sign)
        yield counted


@contextmanager
def _log() -> Iterator[io.StringIO]:
    """Printed lines, and the logger's: its own handler has the output of the import's time."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logger.registered_formatter)
    logging.getLogger(logger.name).addHandler(handler)
    try:
        with redirect_stdout(written):
            yield written
    finally:
        logging.getLogger(logger.name).removeHandler(handler)
