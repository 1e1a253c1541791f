"""From a name to the addresses that stand behind it."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from typing import Any


@dataclass(frozen=True)
class Place:
    """`address` is what a socket of this family connects to: the IP address, the port, and for IPv6 more.
    Nothing connects to one that `is_hidden`: it is not seen from here, or must not be looked at."""

    family: int
    address: tuple[Any, ...]
    is_hidden: bool = False


type Resolver = Callable[[str, int], Awaitable[Sequence[Place]]]
"""Raises OSError if the name does not exist or has no address."""


async def resolved(host: str, port: int) -> Sequence[Place]:
    """Asks the system's resolver, which cannot be interrupted: the thread that waits for it is abandoned with
    its caller. Raises OSError, UnicodeError."""
    with suppress(socket.gaierror):
        return _places(host, port, socket.AI_NUMERICHOST)  # asks nobody
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Sequence[Place]] = loop.create_future()

    def ask() -> None:
        try:
            report = answer.set_result, _places(host, port, socket.AI_ADDRCONFIG)
        except (OSError, UnicodeError) as error:
            report = answer.set_exception, error  # type: ignore[assignment]
        with suppress(RuntimeError):  # nobody waits any more
            loop.call_soon_threadsafe(_settle, answer, *report)

    Thread(target=ask, daemon=True).start()
    return await answer


def _settle(answer: asyncio.Future[Any], settle: Callable[[Any], None], value: object) -> None:
    if not answer.done():
        settle(value)


def _places(host: str, port: int, flags: int) -> Sequence[Place]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return [Place(family, address) for family, address in dict.fromkeys((each[0], each[4]) for each in found)]
