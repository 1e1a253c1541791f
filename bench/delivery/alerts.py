"""An alert from its nudge to its settlement, one request in five refused: beside an earlier commit, and
beside Celery with Redis."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import uuid4

from bench.harness.base import BASE, HERE, base_tree, ran_in
from bench.harness.peers import peers_python, program
from bench.harness.rows import Row
from bench.harness.turns import Pair, by_turns, ran
from tests.support.aws.dynamodb_local import credentials, new_database, running

_HERE = Path(__file__).parent
_ROWS = 300
_TURNS = 5
_Figures = dict[str, float]


def rows() -> Iterator[Row]:
    python, redis = str(peers_python()), program("redis-server")
    with running() as endpoint:
        sides = {
            "ours": lambda: _engine(HERE, endpoint),
            "before": lambda: _engine(base_tree(), endpoint),
            "celery": lambda: _celery(python, redis),
        }
        figures: dict[str, list[_Figures]] = {name: [] for name in sides}
        acts = {name: partial(_noted, figures[name], side) for name, side in sides.items()}
        by_turns(acts, _TURNS)
    yield replace(_pair(figures, "before", "cpu_ms").row("alert, CPU", "ms", f"base {BASE}"), at_most=0.65)
    beside_celery = _pair(figures, "celery", "cpu_ms").row("alert, CPU beside", "ms", "Celery, Redis")
    yield replace(beside_celery, note=_WHY)
    pace = _pair(figures, "celery", "wall_ms").row("alert, time beside", "ms", "Celery, Redis")
    yield replace(pace, at_most=1 / 0.6, note=_WHY)


_WHY = (
    "Celery acknowledges by commands to Redis on this machine; here each attempt is two conditional writes "
    "over HTTP to DynamoDB Local, which takes the second core."
)


def _noted(figures: list[_Figures], side: Callable[[], _Figures]) -> float:
    figures.append(side())
    return figures[-1]["cpu_ms"]


def _pair(figures: dict[str, list[_Figures]], peer: str, unit: str) -> Pair:
    """Without the first turn, which does not count."""
    return Pair(*(tuple(turn[unit] for turn in figures[side][1:]) for side in ("ours", peer)))


def _engine(tree: Path, endpoint: str) -> _Figures:
    environment = credentials(uuid4().hex)
    os.environ.update(environment)
    new_database(endpoint)
    with _receiver() as port:
        done = ran_in(tree, _HERE / "engine_side.py", endpoint, port, str(_ROWS), environment=environment)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _celery(python: str, redis: str) -> _Figures:
    with _receiver() as port, _redis(redis) as broker:
        done = ran(
            [python, str(_HERE / "celery_side.py"), broker, port, str(_ROWS)], environment=dict(os.environ)
        )
    return dict(json.loads(done.stdout.splitlines()[-1]))


@contextmanager
def _receiver() -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, str(_HERE / "receiver.py")], stdout=subprocess.PIPE, text=True
    )
    try:
        yield process.stdout.readline().strip() if process.stdout else ""
    finally:
        process.kill()
        process.wait()


@contextmanager
def _redis(program: str) -> Iterator[str]:
    """Redis at its most durable: each command is on the disk before it is answered."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    with tempfile.TemporaryDirectory() as folder:
        durable = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""]
        process = subprocess.Popen(
            [program, "--port", port, "--bind", "127.0.0.1", "--dir", folder, *durable],
            stdout=subprocess.DEVNULL,
        )
        try:
            time.sleep(0.5)
            yield port
        finally:
            process.kill()
            process.wait()
