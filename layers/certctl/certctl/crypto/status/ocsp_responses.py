"""OCSP responses (RFC 6960, 4.2): building the bytes. Loads no library: the signer is a callable."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from certctl.crypto.status.ocsp_requests import NONCE
from certctl.crypto.status.tlv import (
    BIT_STRING,
    ENUMERATED,
    GENERALIZED_TIME,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    explicit,
    implicit,
    tlv,
)

_BASIC_RESPONSE = tlv(OBJECT_IDENTIFIER, bytes.fromhex("2b0601050507300101"))
_GOOD, _REVOKED, _UNKNOWN = implicit(0), explicit(1), implicit(2)


class OcspError(IntEnum):
    """The status of a response without an answer. `UNAUTHORIZED`: this responder is not the CA's."""

    MALFORMED_REQUEST = 1
    INTERNAL_ERROR = 2
    TRY_LATER = 3
    UNAUTHORIZED = 6


@dataclass(frozen=True)
class RevokedSince:
    """`reason_code` is None for unspecified (RFC 5280, 5.3.1: it should be absent)."""

    revoked_at: datetime
    reason_code: int | None


@dataclass(frozen=True)
class SingleAnswer:
    """About one CertID, which is repeated byte for byte. `revoked` is None unless it is revoked or on hold;
    then `is_issued` does not matter."""

    certificate_id: bytes
    is_issued: bool
    revoked: RevokedSince | None = None


@dataclass(frozen=True)
class Responder:
    """A certificate for OCSP signing, as DER, with its key. `key_hash`: the SHA-1 of the public key
    (RFC 6960, 4.2.1). `algorithm`: the AlgorithmIdentifier, as DER, of what `sign` returns."""

    certificate: bytes
    key_hash: bytes
    algorithm: bytes
    sign: Callable[[bytes], bytes]


def error_response(error: OcspError) -> bytes:
    return tlv(SEQUENCE, tlv(ENUMERATED, bytes([error])))


def build_response(
    responder: Responder,
    answers: Sequence[SingleAnswer],
    produced_at: datetime,
    next_update: datetime,
    nonce: bytes | None,
) -> bytes:
    """DER. thisUpdate of each answer is `produced_at`; times are UTC, cut to seconds."""
    times = _generalized(produced_at), tlv(explicit(0), _generalized(next_update))
    data = tlv(
        SEQUENCE,
        tlv(explicit(2), tlv(OCTET_STRING, responder.key_hash)),
        _generalized(produced_at),
        tlv(SEQUENCE, *(_single(answer, *times) for answer in answers)),
        _response_extensions(nonce),
    )
    return _successful(
        tlv(
            SEQUENCE,
            data,
            responder.algorithm,
            tlv(BIT_STRING, b"\x00", responder.sign(data)),
            tlv(explicit(0), tlv(SEQUENCE, responder.certificate)),
        )
    )


def key_hash_of(public_key_octets: bytes) -> bytes:
    """`public_key_octets`: the content of the subjectPublicKey, an uncompressed point (RFC 5480, 2.2) or an
    RSAPublicKey (RFC 3279, 2.3.1)."""
    return hashlib.sha1(public_key_octets, usedforsecurity=False).digest()


def _successful(basic_response: bytes) -> bytes:
    status = tlv(ENUMERATED, b"\x00")
    return tlv(
        SEQUENCE,
        status,
        tlv(explicit(0), tlv(SEQUENCE, _BASIC_RESPONSE, tlv(OCTET_STRING, basic_response))),
    )


def _single(answer: SingleAnswer, this_update: bytes, next_update: bytes) -> bytes:
    return tlv(SEQUENCE, answer.certificate_id, _status(answer), this_update, next_update)


def _status(answer: SingleAnswer) -> bytes:
    if answer.revoked is None:
        return tlv(_GOOD if answer.is_issued else _UNKNOWN)
    code = answer.revoked.reason_code
    reason = b"" if code is None else tlv(explicit(0), tlv(ENUMERATED, bytes([code])))
    return tlv(_REVOKED, _generalized(answer.revoked.revoked_at), reason)


def _response_extensions(nonce: bytes | None) -> bytes:
    if nonce is None:
        return b""
    extension = tlv(SEQUENCE, tlv(OBJECT_IDENTIFIER, NONCE), tlv(OCTET_STRING, nonce))
    return tlv(explicit(1), tlv(SEQUENCE, extension))


def _generalized(moment: datetime) -> bytes:
    return tlv(GENERALIZED_TIME, moment.strftime("%Y%m%d%H%M%SZ").encode("ascii"))
