"""One Celery worker process with Redis that does the same: a POST for each task, acknowledged late, tried
again after a failure. Runs in the peers' environment, and prints its figures as JSON.

Arguments: port of Redis, port of the receiver, tasks.
"""

import json
import os
import sys
import threading
import time
from typing import Any

import requests
from celery import Celery  # type: ignore[import-not-found]  # of the peers' environment

_AT_ONCE, _WARM, _WAIT = 10, 20, 0.02
_BROKER, _RECEIVER, _TASKS = sys.argv[1], sys.argv[2], int(sys.argv[3])
_BODY = json.dumps(
    {
        "type": "Revocation",
        "timestamp": "2026-12-01T12:00:00Z",
        "data": {
            "subject": "Certificate shop was revoked",
            "message": "Replace it on every target.",
            "x": "x" * 400,
        },
    }
)

app = Celery("peer", broker=f"redis://127.0.0.1:{_BROKER}/0")
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    worker_redirect_stdouts=False,
)
_local = threading.local()
_lock = threading.Lock()
_seen: dict[str, float] = {"sent": 0}


@app.task(bind=True, max_retries=50)  # type: ignore[untyped-decorator]
def deliver(task: Any, notification_id: str) -> None:
    if not hasattr(_local, "session"):
        _local.session = requests.Session()
    headers = {
        "Content-Type": "application/json",
        "webhook-id": notification_id,
        "webhook-timestamp": "1796126400",
    }
    reply = _local.session.post(f"http://127.0.0.1:{_RECEIVER}/hook", data=_BODY, headers=headers, timeout=10)
    if reply.status_code >= 500:
        raise task.retry(countdown=_WAIT)
    _count()


def _count() -> None:
    with _lock:
        _seen["sent"] += 1
        if _seen["sent"] == _WARM:
            _seen.update(cpu=time.process_time(), wall=time.monotonic())
        if _seen["sent"] == _WARM + _TASKS:
            cpu, wall = time.process_time() - _seen["cpu"], time.monotonic() - _seen["wall"]
            print(json.dumps({"cpu_ms": cpu / _TASKS * 1000, "wall_ms": wall / _TASKS * 1000}), flush=True)
            os._exit(0)


if __name__ == "__main__":
    for number in range(_WARM + _TASKS):
        deliver.delay(f"notif-{number}")
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "CRITICAL"]
    app.worker_main(["worker", "-P", "threads", "-c", str(_AT_ONCE), *quiet])
