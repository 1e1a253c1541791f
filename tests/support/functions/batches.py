"""Event source mappings of SQS as AWS runs them, on a clock that each request to DynamoDB advances."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from tests.support.aws.transformed import resources, transformed
from tests.support.clock import Clock
from tests.support.functions.deployed import Deployed, compose
from tests.support.functions.lambda_context import Context
from tests.support.functions.queues import queue_into
from tests.support.template import references

_FULL_BATCH = 10
"""At least: a mapping of single records may become one of more."""

_MOST_RUNS = 60


@dataclass(frozen=True)
class Consumer:
    """A function that a queue invokes. `timeout`: what Lambda gives a run."""

    folder: str
    queue: str
    timeout: timedelta
    batch: int


def consumers() -> dict[str, Consumer]:
    """The consumers by folder, as the transformed template deploys them."""
    template = transformed()
    functions = resources(template, "AWS::Lambda::Function")
    found = {}
    for mapping in resources(template, "AWS::Lambda::EventSourceMapping").values():
        (alias,) = references(mapping["Properties"]["FunctionName"])
        (queue,) = references(mapping["Properties"]["EventSourceArn"])
        function = alias.removesuffix("Aliaslive")
        folder = _snake(function.removesuffix("Function"))
        timeout = timedelta(seconds=functions[function]["Properties"]["Timeout"])
        size = max(mapping["Properties"]["BatchSize"], _FULL_BATCH)
        found[folder] = Consumer(folder, _snake(queue.removesuffix("Queue")), timeout, size)
    return found


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


@dataclass(frozen=True)
class Running:
    """The context of a run that Lambda ends at `ends`."""

    clock: Clock
    ends: datetime
    function_name: str = Context.function_name
    memory_limit_in_mb: int = Context.memory_limit_in_mb
    invoked_function_arn: str = Context.invoked_function_arn
    aws_request_id: str = Context.aws_request_id

    def get_remaining_time_in_millis(self) -> int:
        return int((self.ends - self.clock()).total_seconds() * 1000)


@dataclass(frozen=True)
class _Message:
    due_at: datetime
    body: dict[str, Any]


@dataclass
class SlowStack:
    """`waiting`: the messages of each queue. `runs`: how long each took, and how many records it had."""

    stack: Deployed
    waiting: dict[str, list[_Message]] = field(default_factory=dict)
    runs: list[tuple[timedelta, int]] = field(default_factory=list)

    def compose(self, **replaced: Any) -> None:
        self.stack.overrides = replace(self.stack.overrides, queue=self._queue, **replaced)
        compose(self.stack.overrides)

    def put(self, queue: str, *bodies: dict[str, Any], delay: int = 0) -> None:
        due_at = self.stack.clock() + timedelta(seconds=delay)
        self.waiting.setdefault(queue, []).extend(_Message(due_at, body) for body in bodies)

    @contextmanager
    def slow(self, seconds: float) -> Iterator[None]:
        """Each request to DynamoDB takes so long; those that run concurrently take turns."""

        def wait(**_: Any) -> None:
            self.stack.clock.advance(timedelta(seconds=seconds))

        events = self.stack.database.client.meta.events
        events.register("before-call.dynamodb", wait)
        try:
            yield
        finally:
            events.unregister("before-call.dynamodb", wait)

    def work(self, consumer: Consumer, is_done: Callable[[], bool]) -> None:
        """Until it is done. Fails if a run outlives the function or returns a record as failed, and if
        work is left that no message names."""
        handler = import_module(f"functions.{consumer.folder}.app").lambda_handler
        confined = self.stack.privileges.of(consumer.folder, handler)
        clock = self.stack.clock
        for _ in range(_MOST_RUNS):
            if is_done():
                return
            batch = self._received(consumer)
            assert batch, "no message is left"
            began = clock()
            context = Running(clock, began + consumer.timeout)
            assert confined({"Records": batch}, context) == {"batchItemFailures": []}
            self.runs.append((clock() - began, len(batch)))
            assert clock() <= context.ends, f"the run took {clock() - began} of {consumer.timeout}"
        raise AssertionError(f"it does not end: {self.waiting[consumer.queue]}")

    def _received(self, consumer: Consumer) -> list[dict[str, str]]:
        """The next batch; the clock moves on to it."""
        waiting = sorted(self.waiting.get(consumer.queue, []), key=lambda message: message.due_at)
        if not waiting:
            return []
        clock = self.stack.clock
        clock.time = max(clock.time, waiting[0].due_at)
        batch = [message for message in waiting if message.due_at <= clock.time][: consumer.batch]
        self.waiting[consumer.queue] = [message for message in waiting if message not in batch]
        return [{"messageId": f"m-{n}", "body": json.dumps(each.body)} for n, each in enumerate(batch)]

    def _queue(self, name: str) -> Any:
        return queue_into(lambda body, delay: self.put(name, body, delay=delay), name)
