"""Trust that the verifying person provides: a pinned key, a trusted head. Both override the bundle."""

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import rfc8785

from certctl_client.trail.bundle import KEY, Bundle, read_small
from certctl_client.trail.faults import FaultKind, refuse
from certctl_client.trail.heads import Head, check_signature, parse_head
from certctl_client.trail.keys import NotASealKey, SealKey, seal_key

_HEAD_FILE = "the trusted head"


class NotAHead(ValueError):
    """The file is neither {"head": ..., "signature": ...} nor a bare head."""


@dataclass(frozen=True)
class TrustedHead:
    """`raw` are the canonical bytes. A bare head has no signature: it is trusted because of its source."""

    raw: bytes
    signature: str | None

    @property
    def digest(self) -> str:
        return sha256(self.raw).hexdigest()


@dataclass(frozen=True)
class Trust:
    """`key` is a pinned key, `key_sha256` the fingerprint of one; with neither, the bundle's key is used."""

    key: SealKey | None = None
    key_sha256: str | None = None
    head: TrustedHead | None = None


@dataclass(frozen=True)
class Anchors:
    """The trust that applies to one bundle."""

    key: SealKey
    key_pinned: bool
    head: Head | None


def trusted_head(text: bytes) -> TrustedHead:
    """Parses a head; spaces and the order of names do not matter. Raises NotAHead."""
    try:
        value = json.loads(text)
        inner, signature = (value["head"], value["signature"]) if "head" in value else (value, None)
        raw = rfc8785.dumps(inner)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise NotAHead("it is not the head of a seal") from None
    if not isinstance(inner, dict) or not _is_text_or_none(signature):
        raise NotAHead("it is not the head of a seal")
    return TrustedHead(raw, signature)


def anchors(bundle: Bundle, trust: Trust) -> Anchors:
    """Raises FaultFound if the bundle's key is not the pinned one, or did not sign the trusted head."""
    head = parse_head(trust.head.raw, _HEAD_FILE) if trust.head else None
    key = trust.key or _own_key(bundle)
    pins = {trust.key_sha256, head.key_sha256 if head else None} - {None}
    if pins - {key.sha256}:
        what = (
            f"the key with SHA-256 {key.sha256} is not the trusted one, {', '.join(sorted(map(str, pins)))}"
        )
        refuse(FaultKind.WRONG_KEY, what, file=None if trust.key else KEY)
    if head and trust.head and trust.head.signature is not None:
        check_signature(trust.head.raw, trust.head.signature, head, key, _HEAD_FILE, None)
    return Anchors(key, bool(trust.key or pins), head)


def _own_key(bundle: Bundle) -> SealKey:
    try:
        return seal_key(read_small(bundle, KEY))
    except NotASealKey as error:
        refuse(FaultKind.UNREADABLE, str(error), file=KEY)


def _is_text_or_none(value: Any) -> bool:
    return value is None or isinstance(value, str)
