"""Conditional requests (RFC 9110 sections 8.8 and 13).

Every 200 of a GET carries a strong entity tag: a digest of its body, preceded by the revision if the response
is a record that has one (`"7-1b2c..."`). `If-Match` compares the revision only, so `"7"` suffices, and a
certificate that became Expiring since the read still matches.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from certctl.api.request import Call
from certctl.crypto.audit.canonical import sha256_hex
from certctl.domain.errors import InvalidInput

ANY = "*"
_DIGEST_LENGTH = 32
# Caches that compress make a strong tag weak (CloudFront does); the revision in it is as good.
_REVISION_TAG = re.compile(r'(?:W/)?"([1-9][0-9]{0,14})(?:-[!#-~]*)?"')
_OPAQUE_TAG = re.compile(r'"([!#-~]*)"')
# A cached response must be revalidated, with the caller's own key.
_KEEPING = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}
_OF_A_BODY = frozenset({"content-type", "content-length"})


def expected_revision(headers: Mapping[str, str]) -> int | None:
    """The revision that `If-Match` requires; None without one, and for `*`. Names of `headers` are in lower
    case. Raises InvalidInput for anything but an entity tag of a record."""
    value = headers.get("if-match", ANY).strip()
    if value == ANY:
        return None
    tag = _REVISION_TAG.fullmatch(value)
    if tag is None:
        raise InvalidInput.of("header.If-Match", 'must be the ETag of the record as it was read ("7"), or *')
    return int(tag[1])


def conditional(answer: dict[str, Any], call: Call) -> dict[str, Any]:
    """The response with its entity tag; 304 without a body if `If-None-Match` names that (among several, or
    weakened). Other responses, and those to a method that writes no record, are unchanged."""
    if not _has_tag(answer, call):
        return answer
    tag = _tag(answer["body"], call.revision)
    headers = answer["headers"] | _KEEPING | {"ETag": f'"{tag}"'}
    if call.method != "GET" or tag not in _known(call.headers.get("if-none-match", "")):
        return {**answer, "headers": headers}
    kept = {name: value for name, value in headers.items() if name.lower() not in _OF_A_BODY}
    return {**answer, "statusCode": HTTPStatus.NOT_MODIFIED.value, "headers": kept, "body": ""}


def _has_tag(answer: Mapping[str, Any], call: Call) -> bool:
    """Responses without a key may be cached by anyone; the published objects have a cache of their own."""
    if call.caller is None or not answer.get("body") or answer.get("isBase64Encoded"):
        return False
    status: int = answer["statusCode"]
    if call.method == "GET":
        return status == HTTPStatus.OK
    return call.revision is not None and status in (HTTPStatus.OK, HTTPStatus.CREATED)


def _tag(body: str, revision: int | None) -> str:
    digest = sha256_hex(body.encode())[:_DIGEST_LENGTH]
    return digest if revision is None else f"{revision}-{digest}"


def _known(if_none_match: str) -> frozenset[str]:
    """`*` (any representation) makes sense for writes only, and invalid tags match nothing."""
    return frozenset(_OPAQUE_TAG.findall(if_none_match))
