"""The seals in their bucket, which is authoritative: nothing in it is ever replaced."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from certctl.connectors.aws.objects import Objects
from certctl.crypto.audit.seals import seal_bytes, seal_of_bytes
from certctl.domain.audit.seals import KEY_OBJECT, Seal, SealBroken, SignedHead, seal_object
from certctl.domain.errors import ChangedMeanwhile, Conflict, NotFound

_CACHED_SEALS = 16
_SEAL_TYPE, _KEY_TYPE = "application/json", "application/x-pem-file"
_CACHE_CONTROL = "private, max-age=31536000, immutable"


class SealArchive:
    """`check` gets the signed head of each seal that is read, and raises SealBroken; so does every method for
    an unreadable object. Raises Unavailable if S3 does not respond."""

    def __init__(self, objects: Objects, check: Callable[[SignedHead], None]) -> None:
        self._objects = objects
        self._check = check
        self._cached = lru_cache(_CACHED_SEALS)(self._load)

    def stored(self, seq: int) -> bytes:
        """The object's bytes. Raises NotFound."""
        stored = self._objects.get(seal_object(seq))
        if stored is None:
            raise NotFound("There is no such seal.")
        return stored.body

    def get(self, seq: int) -> Seal:
        """Raises NotFound."""
        return self._cached(seq)

    def newest_seq(self, hint: int) -> int:
        """0 if there is none. One request to S3 more than needed if `hint` is right; otherwise a number that
        grows with the logarithm of the distance."""
        low = hint if hint and self._exists(hint) else 0
        step = 1
        while self._exists(low + step):
            low += step
            step *= 2
        return self._last_between(low, low + step)

    def first_after(self, moment: datetime, newest: int) -> int:
        """The least number of a seal with a cutoff after `moment`; `newest` + 1 if there is none."""
        high, step = newest + 1, 1
        while high - step > 0 and self._is_after(high - step, moment):
            high, step = high - step, step * 2
        low = max(high - step, 0)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self._is_after(middle, moment) else (middle, high)
        return high

    def add(self, seal: Seal) -> Seal:
        """The seal that has this number from now on: `seal`, or an earlier one. Raises ChangedMeanwhile while
        another is being written."""
        try:
            self._create(seal_object(seal.head.seq), seal_bytes(seal), _SEAL_TYPE)
        except Conflict:
            return self._winner(seal.head.seq)
        return seal

    def key(self) -> bytes | None:
        """The public key that verifies the seals, as PEM."""
        stored = self._objects.get(KEY_OBJECT)
        return stored.body if stored else None

    def keep_key(self, pem: bytes) -> None:
        """Raises SealBroken if the bucket holds another."""
        try:
            self._create(KEY_OBJECT, pem, _KEY_TYPE)
        except Conflict:
            if self.key() != pem:
                raise SealBroken("The bucket holds the public key of another seal key.") from None

    def _create(self, key: str, body: bytes, content_type: str) -> None:
        self._objects.put(key, body, content_type, _CACHE_CONTROL, if_match=None)

    def _winner(self, seq: int) -> Seal:
        try:
            return self.get(seq)
        except NotFound:
            raise ChangedMeanwhile(f"Seal {seq} is being written by another sealer.") from None

    def _load(self, seq: int) -> Seal:
        seal = seal_of_bytes(self.stored(seq), seq)
        self._check(seal.signed)
        return seal

    def _exists(self, seq: int) -> bool:
        return self._objects.etag(seal_object(seq)) is not None

    def _is_after(self, seq: int, moment: datetime) -> bool:
        return self.get(seq).head.cutoff > moment

    def _last_between(self, low: int, high: int) -> int:
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._exists(middle) else (low, middle)
        return low
