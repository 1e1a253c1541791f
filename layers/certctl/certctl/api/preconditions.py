"""Conditional requests, and the content coding that entity tags depend on (RFC 9110 8.4, 8.8, 13).

Every 200 of a GET carries a strong entity tag: a digest of its body, preceded by the revision if the response
is a record that has one (`"7-1b2c..."`). `If-Match` compares the revision only, so `"7"` suffices, and a
certificate that became Expiring since the read still matches. The tag of a compressed body ends in `-gzip`.
"""

import base64
import re
import zlib
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
# A cached response must be revalidated, with the caller's own credential.
_KEEPING = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}
_OF_A_BODY = frozenset({"content-type", "content-length"})
_GZIP = "gzip"
_GZIPPED_TAG = f"-{_GZIP}"
_WORTH_COMPRESSING = 1024
"""Bytes: below this, the packet is the same."""
_LEVEL, _WITH_GZIP_HEADER = 6, 31
_NOT_AT_ALL = re.compile(r"q=0(\.0*)?")


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


def conditional(response: dict[str, Any], call: Call) -> dict[str, Any]:
    """The response with its entity tag; 304 without a body if `If-None-Match` names that (among several, or
    weakened). Other responses, and those to a method that writes no record, are unchanged."""
    if not _has_tag(response, call):
        return response
    tag = _tag(response["body"], call.revision)
    headers = response["headers"] | _KEEPING | {"ETag": f'"{tag}"'}
    known = _known(call.headers.get("if-none-match", "")) & {tag, tag + _GZIPPED_TAG}
    if call.method != "GET" or not known:
        return {**response, "headers": headers}
    headers["ETag"] = f'"{min(known)}"'
    kept = {name: value for name, value in headers.items() if name.lower() not in _OF_A_BODY}
    return {**response, "statusCode": HTTPStatus.NOT_MODIFIED.value, "headers": kept, "body": ""}


def compressed(response: dict[str, Any], call: Call) -> dict[str, Any]:
    """The response in gzip if it is large and the caller accepts that. Only of a GET: the response to a write
    may show a new secret, and its length would depend on the secret and on what the caller sent."""
    body = response.get("body") or ""
    if call.method != "GET" or response.get("isBase64Encoded") or len(body) < _WORTH_COMPRESSING:
        return response
    headers = _varying(response["headers"])
    if not _accepts_gzip(call.headers.get("accept-encoding", "")):
        return {**response, "headers": headers}
    coded = zlib.compress(body.encode(), level=_LEVEL, wbits=_WITH_GZIP_HEADER)
    headers = {**headers, "Content-Encoding": _GZIP}
    if "ETag" in headers:
        headers["ETag"] = headers["ETag"][:-1] + _GZIPPED_TAG + '"'
    text = base64.b64encode(coded).decode()
    return {**response, "headers": headers, "body": text, "isBase64Encoded": True}


def _varying(headers: dict[str, str]) -> dict[str, str]:
    others = [headers["Vary"]] if "Vary" in headers else []
    return headers | {"Vary": ", ".join([*others, "Accept-Encoding"])}


def _accepts_gzip(accept_encoding: str) -> bool:
    codings = (part.partition(";") for part in accept_encoding.lower().replace(" ", "").split(","))
    return any(name == _GZIP and not _NOT_AT_ALL.fullmatch(weight) for name, _, weight in codings)


def _has_tag(response: Mapping[str, Any], call: Call) -> bool:
    """Responses without a key may be cached by anyone; the published objects have a cache of their own."""
    if call.caller is None or not response.get("body") or response.get("isBase64Encoded"):
        return False
    status: int = response["statusCode"]
    if call.method == "GET":
        return status == HTTPStatus.OK
    return call.revision is not None and status in (HTTPStatus.OK, HTTPStatus.CREATED)


def _tag(body: str, revision: int | None) -> str:
    digest = sha256_hex(body.encode())[:_DIGEST_LENGTH]
    return digest if revision is None else f"{revision}-{digest}"


def _known(if_none_match: str) -> frozenset[str]:
    """`*` (any representation) makes sense for writes only, and invalid tags match nothing."""
    return frozenset(_OPAQUE_TAG.findall(if_none_match))
