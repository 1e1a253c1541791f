"""Batches of an SQS queue: one record's failure never stops the others, and no run outlives its function.

A record that a run has no time for is sent again, as a new message. Returned as a failure it would wait for
its visibility timeout, and each return counts towards failed_nudges, although nobody has tried the record
(ADR 10 says why this is not Powertools' BatchProcessor)."""

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from certctl.observability import logger

Body = Mapping[str, Any]
Record = Mapping[str, Any]


class Context(Protocol):
    """What Lambda passes to a handler beside the event."""

    def get_remaining_time_in_millis(self) -> int: ...


def time_left(context: Context) -> timedelta:
    """Until Lambda ends the run."""
    return timedelta(milliseconds=context.get_remaining_time_in_millis())


@dataclass(frozen=True)
class Batch:
    """`process` gets the body of a record. None begins with less than `needs` left of the run. `send_again`
    takes the texts of those bodies, ten at most, and raises if one of them was not sent. `at_once` records
    are processed concurrently."""

    process: Callable[[Body], None]
    send_again: Callable[[Sequence[str]], None]
    needs: timedelta
    at_once: int = 1
    _left: list[Record] = field(default_factory=list, init=False)

    def work_off(self, records: Sequence[Record], context: Context) -> dict[str, list[dict[str, str]]]:
        """The response to SQS: failed records come back after their visibility timeout."""
        ended = self._ended(records, context)
        failed = [record for record in records if record["messageId"] not in ended]
        return failures([record["messageId"] for record in [*failed, *self._not_sent_again()]])

    def _ended(self, records: Sequence[Record], context: Context) -> set[str]:
        """The messages of the records that did not fail. The caller's thread is one of those at work."""
        waiting: SimpleQueue[Record] = SimpleQueue()
        for record in records:
            waiting.put(record)
        ended: set[str] = set()
        helpers = self._helping(len(records), waiting, ended, context)
        try:
            self._work(waiting, ended, context)
        finally:
            wait([helper for helper in helpers if not helper.cancel()])
        return ended

    def _helping(
        self, records: int, waiting: SimpleQueue[Record], ended: set[str], context: Context
    ) -> list[Future[None]]:
        helpers = min(self.at_once, records) - 1
        if helpers < 1:
            return []
        threads = _threads(self.at_once - 1)
        return [threads.submit(self._work, waiting, ended, context) for _ in range(helpers)]

    def _work(self, waiting: SimpleQueue[Record], ended: set[str], context: Context) -> None:
        with suppress(Empty):
            while True:
                record = waiting.get_nowait()
                if self._has_ended(record, context):
                    ended.add(record["messageId"])

    def _has_ended(self, record: Record, context: Context) -> bool:
        """False if it failed."""
        if time_left(context) < self.needs:
            self._left.append(record)
            return True
        try:
            self.process(json.loads(record["body"]))
        except Exception as error:
            logger.error("a record failed", exc_info=error, extra={"nudge": record["body"]})
            return False
        return True

    def _not_sent_again(self) -> Sequence[Record]:
        """All or none of those that were left."""
        if not self._left:
            return []
        logger.info("no time for all records of a batch", extra={"left": len(self._left)})
        try:
            self.send_again([record["body"] for record in self._left])
        except Exception:
            logger.warning("records were not sent again", exc_info=True)
            return self._left
        return []


@cache
def _threads(count: int) -> ThreadPoolExecutor:
    """Threads that later runs use again: to start nine for each batch takes a fourteenth of what ten sends
    do. Between runs they wait for work and hold nothing, so that it does not matter when Lambda freezes
    them (ADR 86)."""
    return ThreadPoolExecutor(count, "batch")


def failures(message_ids: Sequence[str]) -> dict[str, list[dict[str, str]]]:
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in message_ids]}
