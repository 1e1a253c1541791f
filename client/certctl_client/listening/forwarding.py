"""Sends deliveries to one URL, in order, each until it was accepted or refused."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from certctl_client.errors import CommandError, ConfigurationError
from certctl_client.listening.deliveries import Delivery

_SECONDS, _LONGEST_PAUSE = 10.0, 30.0
_TOO_MANY, _SERVER_ERROR, _NO_SUCCESS = 429, 500, 300

type Say = Callable[[str], None]


@dataclass(frozen=True)
class Forwarder:
    """`key` signs. `say` gets a line for each attempt that fails."""

    url: str
    key: bytes
    client: httpx.Client
    say: Say
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time

    def deliver(self, delivery: Delivery) -> str:
        """Returns the answer in words. Repeats after an error of the connection, 429 and 5xx, for ever: what
        comes later must not overtake. Any other status ends it, as it ends a webhook's delivery."""
        pause = 1.0
        while True:
            answer, is_final = self.tried(delivery)
            if is_final:
                return answer
            self.say(f"{answer}; next try in {pause:g} s")
            self.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def tried(self, delivery: Delivery) -> tuple[str, bool]:
        """One attempt: the answer in words, and whether it is final."""
        headers = delivery.headers(int(self.now()), self.key)
        try:
            status = self.client.post(self.url, content=delivery.body, headers=headers).status_code
        except httpx.HTTPError as error:
            return f"no answer ({type(error).__name__})", False
        if status == _TOO_MANY or status >= _SERVER_ERROR:
            return f"{status}", False
        return (f"{status}" if status < _NO_SUCCESS else f"{status}, refused"), True


def sent_once(url: str, key: bytes, delivery: Delivery) -> str:
    """Returns the status. Raises CommandError unless the receiver accepts the delivery."""
    with new_client() as client:
        answer, is_final = Forwarder(url, key, client, lambda _: None).tried(delivery)
    if not is_final or "refused" in answer:
        raise CommandError(f"{url} did not accept it: {answer}.")
    return answer


def new_client() -> httpx.Client:
    """Follows no redirect, and uses no proxy: the receiver is near."""
    return httpx.Client(timeout=_SECONDS, follow_redirects=False, trust_env=False)


def checked_receiver(url: str) -> str:
    """Raises ConfigurationError unless it is a URL of HTTP."""
    try:
        parts = urlsplit(url)
        is_http = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_http = False
    if not is_http:
        raise ConfigurationError(f"{url!r} is not a URL to forward to.", "Like http://127.0.0.1:4242/hooks.")
    return url
