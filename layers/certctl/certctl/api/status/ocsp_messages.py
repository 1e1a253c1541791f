"""OCSP over HTTP (RFC 6960, appendix A; RFC 9919): requests out of gateway events, responses into them.

In AWS, stacks/ocsp_edge.js has already rewritten a GET to one form; locally, and by the API's own host,
every form arrives here. tests/vectors/ocsp_paths.json tests both.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from certctl.services.status.ocsp_answers import OcspAnswer

PREFIX = "/ocsp/"
LONGEST_GET = 2048
"""Characters of the request in the path, decoded."""

_CONTENT_TYPE = "application/ocsp-response"
_FRESH_SECONDS = 900
_NO_STORE = "no-store"
_TO_STANDARD = bytes.maketrans(b"-_ ", b"+/+")


def request_body(event: Mapping[str, Any]) -> bytes:
    """The DER of the request: of a POST its body, of a GET its path. Empty, which is malformed, if it is
    unreadable."""
    if event["requestContext"]["http"]["method"] == "GET":
        return request_in_path(event["rawPath"])
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(body).encode()
    return base64.b64decode(body)


def request_in_path(path: str) -> bytes:
    """`/ocsp/{ca_id}/{base64}`: percent-encoded or not, base64 or base64url, with or without padding, and
    with more slashes between. A space is a `+` that somebody took for one. Empty if it is none of these."""
    text = path.removeprefix(PREFIX).partition("/")[2]
    encoded = unquote_to_bytes(text).lstrip(b"/").translate(_TO_STANDARD).rstrip(b"=")
    if len(encoded) > LONGEST_GET:
        return b""
    try:
        return base64.b64decode(encoded + b"=" * (-len(encoded) % 4), validate=True)
    except binascii.Error:
        return b""


def http_response(answer: "OcspAnswer") -> dict[str, Any]:
    """Always 200: the status of an error is in the response (RFC 6960, appendix A.2)."""
    return {
        "statusCode": 200,
        "headers": {"content-type": _CONTENT_TYPE, **_freshness(answer)},
        "body": base64.b64encode(answer.der).decode("ascii"),
        "isBase64Encoded": True,
    }


def _freshness(answer: "OcspAnswer") -> dict[str, str]:
    """RFC 9919, 6.2. Clients keep an answer for a quarter of an hour, the edge for seconds. Neither gives it
    out after its time when this function fails."""
    if answer.produced_at is None or answer.next_update is None or not answer.may_be_cached:
        return {"cache-control": _NO_STORE}
    left = int((answer.next_update - answer.produced_at).total_seconds())
    control = (
        f"max-age={min(_FRESH_SECONDS, left)}, s-maxage=5, public, no-transform, must-revalidate, "
        "stale-if-error=0"
    )
    return {
        "cache-control": control,
        "last-modified": _http_date(answer.produced_at),
        "expires": _http_date(answer.next_update),
        "etag": f'"{hashlib.sha256(answer.der).hexdigest()}"',
    }


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _http_date(moment: datetime) -> str:
    """RFC 9110, 5.6.7. Not by `email.utils`, which costs a cold start."""
    day, month = _DAYS[moment.weekday()], _MONTHS[moment.month - 1]
    return f"{day}, {moment.day:02} {month} {moment.year:04} {moment:%H:%M:%S} GMT"
