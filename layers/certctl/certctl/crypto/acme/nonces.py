"""Replay nonces (RFC 8555 section 6.5) that are made without writing anything (ADR 71)."""

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.base64url import from_strict_base64url, to_base64url
from certctl.domain.times import from_millis, to_millis

LIFETIME = timedelta(hours=1)
_SKEW = timedelta(seconds=5)
_VERSION = b"\x01"
_TIME_BYTES, _RANDOM_BYTES, _MAC_BYTES = 6, 10, 16
# ADR 71: whole groups of three octets, so that the text has no bits to spare
_NONCE_BYTES = len(_VERSION) + _TIME_BYTES + _RANDOM_BYTES + _MAC_BYTES
_PURPOSE = b"certctl acme nonce\0"


def new_nonce(key: bytes, now: datetime, random: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """44 characters, none of which is known before."""
    facts = _VERSION + to_millis(now).to_bytes(_TIME_BYTES) + random(_RANDOM_BYTES)
    return to_base64url(facts + _mac(key, facts))


def check_nonce(key: bytes, nonce: str, now: datetime) -> None:
    """Raises AcmeProblem, badNonce, unless the nonce was made with this key within the hour. Whether it was
    used is not known here."""
    made = _time_made(key, nonce)
    if made is None:
        raise bad_nonce("it was not made by this server")
    if not -_SKEW <= now - made <= LIFETIME:
        raise bad_nonce("it is older than an hour")


def bad_nonce(reason: str) -> AcmeProblem:
    # acme.sh tries again if it finds these words
    return AcmeProblem(ProblemType.BAD_NONCE, f"JWS has an invalid anti-replay nonce: {reason}.")


def _time_made(key: bytes, nonce: str) -> datetime | None:
    octets = _octets(nonce)
    if len(octets) != _NONCE_BYTES or octets[:1] != _VERSION:
        return None
    facts, mac = octets[:-_MAC_BYTES], octets[-_MAC_BYTES:]
    if not hmac.compare_digest(_mac(key, facts), mac):
        return None
    return from_millis(int.from_bytes(facts[1 : 1 + _TIME_BYTES]))


def _octets(nonce: str) -> bytes:
    """Nothing for a text that is not canonical: two texts of one nonce would be two uses of it."""
    try:
        return from_strict_base64url(nonce)
    except ValueError:
        return b""


def _mac(key: bytes, facts: bytes) -> bytes:
    return hmac.digest(key, _PURPOSE + facts, "sha256")[:_MAC_BYTES]
