"""Sealed audit trails for tests of the verifier, made from the format alone, without code of the server's
sealer or the client: the Merkle tree follows RFC 9162's recursive definition literally."""

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

BEGAN = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
EVERY = timedelta(minutes=5)
RETENTION = {"c": 400, "e": 3650}
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def event_id(moment: datetime, number: int) -> str:
    value = int(moment.timestamp() * 1000) << 80 | number
    return "aud-" + "".join(_ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))


def event_line(moment: datetime, number: int, kind: str) -> bytes:
    """A domain event (`e`) or an API call (`c`) in canonical bytes, with text that is not ASCII."""
    event: dict[str, Any] = {
        "id": event_id(moment, number),
        "actor": f"key-{number % 7}",
        "actor_type": "User",
        "action": "certificate_updated" if kind == "e" else "GET /api/v1/certificates",
        "resource_type": "certificate" if kind == "e" else "api",
        "resource_id": f"mc-{number % 91}",
        "team_id": None if number % 3 else "team-é",
        "details": {"before": {"name": f"n{number}"}, "after": {"name": f"ñ{number}", "dns": ["a", "b"]}},
        "timestamp": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return bytes(rfc8785.dumps(event))


def tree_hash(entries: Sequence[bytes]) -> bytes:
    """MTH of RFC 9162 2.1.1."""
    if not entries:
        return hashlib.sha256().digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    split = _split(len(entries))
    return hashlib.sha256(b"\x01" + tree_hash(entries[:split]) + tree_hash(entries[split:])).digest()


def tree_path(index: int, entries: Sequence[bytes]) -> list[bytes]:
    """PATH of RFC 9162 2.1.3.1."""
    if len(entries) <= 1:
        return []
    split = _split(len(entries))
    if index < split:
        return [*tree_path(index, entries[:split]), tree_hash(entries[split:])]
    return [*tree_path(index - split, entries[split:]), tree_hash(entries[:split])]


def _split(size: int) -> int:
    power = 1
    while power * 2 < size:
        power *= 2
    return power


class Sealer:
    """Seals with its own key, each seal five minutes after the previous one."""

    def __init__(self, stack: str = "certctl-test") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        public = self.key.public_key()
        self.pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.key_sha256 = hashlib.sha256(der).hexdigest()
        self.stack = stack
        self.sealed: list[SealedEvents] = []

    def seal(self, lines: Sequence[bytes], kinds: str, ids: Sequence[str], **changed: Any) -> "SealedEvents":
        """`kinds` has a letter per line. `changed` are fields of the head that a bad sealer gets wrong."""
        manifest = [[i, _sha256(line), k] for i, line, k in zip(ids, lines, kinds, strict=True)]
        cutoff = BEGAN + EVERY * (len(self.sealed) + 1)
        head = {
            "version": 1,
            "stack": self.stack,
            "seq": len(self.sealed) + 1,
            "sealed_at": _wire(cutoff + timedelta(minutes=1)),
            "cutoff": _wire(cutoff),
            "count": len(lines),
            "total": len(lines) + (self.sealed[-1].head["total"] if self.sealed else 0),
            "root": tree_hash([bytes.fromhex(entry[1]) for entry in manifest]).hex(),
            "manifest_sha256": _sha256(rfc8785.dumps(manifest)),
            "previous": _sha256(rfc8785.dumps(self.sealed[-1].head)) if self.sealed else "",
            "key_sha256": self.key_sha256,
            "late": [],
            "retention_days": RETENTION,
        } | changed
        sealed = SealedEvents(head, self.sign(head), manifest, tuple(lines))
        self.sealed.append(sealed)
        return sealed

    def relink(self, sealed: "SealedEvents") -> None:
        """The same events once more, after another seal before them."""
        before = self.sealed[-1].head
        previous = _sha256(rfc8785.dumps(before))
        head = sealed.head | {"previous": previous, "total": before["total"] + sealed.head["count"]}
        self.sealed.append(replace(sealed, head=head, signature=self.sign(head)))

    def sign(self, head: Mapping[str, Any]) -> str:
        return base64.b64encode(self.key.sign(rfc8785.dumps(dict(head)), ec.ECDSA(SHA256()))).decode()


@dataclass(frozen=True)
class SealedEvents:
    head: dict[str, Any]
    signature: str
    manifest: list[list[str]]
    lines: tuple[bytes, ...]

    @cached_property
    def object(self) -> bytes:
        """The seal as stored in the bucket."""
        parts: dict[str, Any] = {"head": self.head, "signature": self.signature, "manifest": self.manifest}
        return bytes(rfc8785.dumps(parts))

    def signed_head(self) -> dict[str, Any]:
        return {"head": self.head, "signature": self.signature}

    def proof(self, index: int) -> dict[str, Any]:
        leaves = [bytes.fromhex(entry[1]) for entry in self.manifest]
        path = [node.hex() for node in tree_path(index, leaves)]
        return {"seq": self.head["seq"], "index": index, "size": len(leaves), "path": path}


@dataclass(frozen=True)
class Files:
    """A bundle in memory: each file as its lines. Lines that hold a line feed are several, as in a file."""

    files: Mapping[str, Sequence[bytes]] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return name in self.files

    def lines(self, name: str) -> Iterator[bytes]:
        return iter(self.files[name])

    def with_file(self, name: str, lines: Sequence[bytes]) -> "Files":
        return replace(self, files={**self.files, name: lines})

    def write(self, directory: Path) -> Path:
        directory.mkdir(exist_ok=True)
        for name, lines in self.files.items():
            (directory / name).write_bytes(b"".join(line + b"\n" for line in lines))
        return directory


def new_trail(events: int, seals: int, sealer: Sealer | None = None) -> Sealer:
    """`events` spread evenly over `seals`, with one seal in seven that has none."""
    sealer = sealer or Sealer()
    busy = [number for number in range(seals) if number % 7 != 3] or [0]
    shares = {number: len(range(place, events, len(busy))) for place, number in enumerate(busy)}
    made = 0
    for number in range(seals):
        moments = [BEGAN + EVERY * number + timedelta(milliseconds=i) for i in range(shares.get(number, 0))]
        kinds = "".join("c" if (made + i) % 3 else "e" for i in range(len(moments)))
        lines = [event_line(m, made + i, kinds[i]) for i, m in enumerate(moments)]
        sealer.seal(lines, kinds, [event_id(m, made + i) for i, m in enumerate(moments)])
        made += len(moments)
    return sealer


def full_bundle(sealer: Sealer) -> Files:
    return Files(
        {
            "seals.jsonl": [sealed.object for sealed in sealer.sealed],
            "events.jsonl": [line for sealed in sealer.sealed for line in sealed.lines],
            "key.pem": sealer.pem.splitlines(),
        }
    )


def filtered_bundle(sealer: Sealer, every: int = 5) -> Files:
    """Every fifth event, newest first, with the heads from the first proof's seal on."""
    places = [(sealed, index) for sealed in sealer.sealed for index in range(len(sealed.lines))][::every]
    places.reverse()
    first = places[-1][0].head["seq"]
    return Files(
        {
            "events.jsonl": [sealed.lines[index] for sealed, index in places],
            "proofs.jsonl": [rfc8785.dumps(sealed.proof(index)) for sealed, index in places],
            "heads.jsonl": [rfc8785.dumps(s.signed_head()) for s in sealer.sealed if s.head["seq"] >= first],
            "key.pem": sealer.pem.splitlines(),
        }
    )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _wire(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
