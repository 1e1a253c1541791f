"""The AWS requests, writes and logs of the scheduled functions of an idle stack: the real handlers on
moto."""

import io
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from botocore.client import BaseClient

from certctl.observability import logger
from tests.support.audit.seals import seal_key
from tests.support.authorities.pki import BUCKET, HOST
from tests.support.aws.local_kms import LocalKms
from tests.support.costs.write_units import metered
from tests.support.functions.deployed import compose
from tests.support.functions.lambda_context import Context
from tests.support.insights.emf import Sent, metrics_of
from tests.support.issuing.issuing import Issuing
from tests.support.status.relying_party import serving

SCHEDULED = (
    "crl_publisher",
    "status_watch",
    "retry_sweep_schedule",
    "maintenance_schedule",
    "renewal_schedule",
)
_PER_LOG_EVENT = 26
"""The bytes that CloudWatch Logs adds to each event."""


@dataclass(frozen=True)
class Run:
    """`requests` by service and operation; `log` is the output to CloudWatch Logs, with the metrics."""

    requests: Counter[tuple[str, str]]
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

    @property
    def reads(self) -> int:
        return self.count("dynamodb", "GetItem", "Query", "BatchGetItem")


def idle_runs(world: Issuing) -> dict[str, Run]:
    """One run of each scheduled function, after a first one that does the initial work of a new stack."""
    world.pki.keys["arn:seal"] = seal_key()
    with pytest.MonkeyPatch.context() as patch, serving(world.pki.s3, _answers_nothing) as host:
        patch.setenv("CERTCTL_PKI_BUCKET", BUCKET)
        patch.setenv("CERTCTL_PKI_HOST", HOST)
        compose(replace(world.stack.overrides, relying_party=host.relying_party))
        for folder in SCHEDULED:
            handler_of(world, folder, patch)()
        host.freeze()  # CloudFront's requests to the bucket are not the functions'
        world.stack.clock.advance(timedelta(minutes=5))
        runs = {folder: measured(world, handler_of(world, folder, patch)) for folder in SCHEDULED}
    compose(world.stack.overrides)
    return runs


def _answers_nothing(path: str) -> bytes:
    raise AssertionError(f"no certificate names {path}")


def handler_of(world: Issuing, folder: str, patch: pytest.MonkeyPatch) -> Callable[[], Any]:
    handler = world.stack.privileges.of(folder, import_module(f"functions.{folder}.app").lambda_handler)

    def run() -> Any:
        patch.setenv("POWERTOOLS_SERVICE_NAME", folder)
        return handler({}, Context(seconds=120))

    return run


def measured(world: Issuing, run: Callable[[], Any]) -> Run:
    """Everything that it does in this process, whichever function does it."""
    with _requests() as requests, _log() as log, metered(world.stack.database.client) as meter:
        run()
    return Run(requests, meter.units, log.getvalue())


@contextmanager
def _requests() -> Iterator[Counter[tuple[str, str]]]:
    """Of every botocore client, and of the KMS in memory, which no client asks."""
    counted: Counter[tuple[str, str]] = Counter()
    client: Any = BaseClient
    real_call, real_sign = client._make_api_call, LocalKms.sign

    def call(self: Any, operation: str, parameters: Any) -> Any:
        counted[self.meta.service_model.service_name, operation] += 1
        return real_call(self, operation, parameters)

    def sign(self: LocalKms, **named: Any) -> Any:
        counted["kms", "Sign"] += 1
        return real_sign(self, **named)

    with pytest.MonkeyPatch.context() as patch:
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
