"""Nonces of requests (RFC 8555 section 6.5, ADR 71)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from certctl.crypto.acme.nonces import bad_nonce, check_nonce, new_nonce
from certctl.store.acme.nonces import NonceStore


@dataclass(frozen=True)
class Nonces:
    """Making one writes nothing. The key is read once for each process."""

    store: NonceStore
    now: Callable[[], datetime]

    def new(self) -> str:
        return new_nonce(self._key, self.now())

    def use(self, nonce: str) -> None:
        """Uses up a nonce of a request whose signature was verified, by one conditional write: of concurrent
        requests with one nonce, one succeeds. A process that dies after this has used up a nonce, and its
        client repeats the request with another. Raises AcmeProblem, badNonce."""
        now = self.now()
        check_nonce(self._key, nonce, now)
        if not self.store.use(nonce, now):
            raise bad_nonce("it was used before")

    @cached_property
    def _key(self) -> bytes:
        return self.store.key()
