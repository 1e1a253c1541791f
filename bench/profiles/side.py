"""One side of a profile of requests or of CRLs, with the modules of one tree. Threads' work is done at once
where it is handed out, since a profiler sees one thread. Arguments: `requests` and DynamoDB's endpoint, or
`crls`, the endpoint and a number of entries."""

import sys
from collections.abc import Callable
from concurrent import futures
from typing import Any


class _AtOnce(futures.Executor):
    """An executor without threads."""

    def __init__(self, *_: Any, **__: Any) -> None:
        """Takes what a pool of threads takes."""

    def submit[R](self, work: Callable[..., R], /, *arguments: Any, **named: Any) -> futures.Future[R]:
        done = futures.Future[R]()
        try:
            done.set_result(work(*arguments, **named))
        except Exception as error:
            done.set_exception(error)
        return done


futures.ThreadPoolExecutor = _AtOnce  # type: ignore[assignment, misc]

from bench.harness.sides import answering  # noqa: E402  # imports what the line above changes
from bench.profiles.folding import profiled  # noqa: E402

_WARM, _TIMES = 2, 10
type Prepare = Callable[[], Callable[[], object]]


def _requests(endpoint: str) -> Callable[[str], Prepare]:
    from bench.requests.hot_paths_side import Requests
    from bench.requests.world import World

    requests = Requests(World(endpoint))
    return lambda name: lambda: requests.prepared(name)


def _crls(endpoint: str, entries: str) -> Callable[[str], Prepare]:
    from bench.crls.publishing_side import prepared_publisher

    publisher = prepared_publisher(endpoint, int(entries))
    return lambda shard: lambda: lambda: publisher.publish(shard)


_KINDS: dict[str, Callable[..., Callable[[str], Prepare]]] = {"requests": _requests, "crls": _crls}


def main(kind: str, *arguments: str) -> None:
    prepare_of = _KINDS[kind](*arguments)

    def profile(name: str, times: int) -> Any:
        prepare = prepare_of(name)
        for _ in range(_WARM):
            prepare()()
        found = profiled([prepare() for _ in range(times)])
        return [found.packages, found.functions]

    answering({"profile": profile})


if __name__ == "__main__":
    main(*sys.argv[1:])
