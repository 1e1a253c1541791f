"""Seals as bytes: digests, signatures and parsing."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certctl.crypto.audit.canonical import canonical_json, sha256_hex
from certctl.crypto.audit.merkle import merkle_root
from certctl.domain.audit.seals import Entry, Seal, SealBroken, SealHead, SignedHead, head_of_record

_ALGORITHM = ec.ECDSA(SHA256())
_FIELDS = frozenset({"head", "manifest", "signature"})


def manifest_root(manifest: Sequence[Entry]) -> str:
    """Hex."""
    return merkle_root([bytes.fromhex(leaf) for _, leaf, _ in manifest]).hex()


def manifest_sha256(manifest: Sequence[Entry]) -> str:
    """Hex."""
    return sha256_hex(canonical_json([list(entry) for entry in manifest]))


def head_sha256(head: SealHead) -> str:
    """The value of `previous` in the next head: hex."""
    return sha256_hex(canonical_json(head.as_record()))


def key_pem(public_key: ec.EllipticCurvePublicKey) -> bytes:
    return public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def sign_head(head: SealHead, key: ec.EllipticCurvePrivateKey) -> SignedHead:
    """Raises SealBroken if the signature does not verify, also for another key than the head names."""
    signature = key.sign(canonical_json(head.as_record()), _ALGORITHM)
    signed = SignedHead(head, base64.b64encode(signature).decode())
    check_signature(signed, key.public_key())
    return signed


def check_signature(signed: SignedHead, public_key: ec.EllipticCurvePublicKey) -> None:
    """Raises SealBroken."""
    try:
        signature = base64.b64decode(signed.signature, validate=True)
        public_key.verify(signature, canonical_json(signed.head.as_record()), _ALGORITHM)
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise SealBroken(f"The signature of seal {signed.head.seq} does not verify.") from error


def seal_bytes(seal: Seal) -> bytes:
    """The object in the bucket: canonical JSON."""
    manifest = [list(entry) for entry in seal.manifest]
    return canonical_json(seal.signed.as_record() | {"manifest": manifest})


def seal_of_bytes(body: bytes, seq: int) -> Seal:
    """Checks the form, the number, and that the manifest belongs to the head; not the signature. Raises
    SealBroken."""
    try:
        stored = json.loads(body)
        if set(stored) != _FIELDS:
            raise ValueError("not the fields of a seal")
        head = head_of_record(stored["head"])
        manifest = tuple(_entry(entry) for entry in stored["manifest"])
        signed = SignedHead(head, str(stored["signature"]))
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise SealBroken(f"The object of seal {seq} is not a seal.") from error
    if (head.seq, head.count, head.manifest_sha256) != (seq, len(manifest), manifest_sha256(manifest)):
        raise SealBroken(f"The manifest of seal {seq} does not match its head.")
    return Seal(signed, manifest)


def _entry(value: Any) -> Entry:
    event_id, leaf, kind = value
    if not all(isinstance(part, str) for part in value):
        raise ValueError("not an entry of a manifest")
    return (event_id, leaf, kind)
